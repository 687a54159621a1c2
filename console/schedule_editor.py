"""The whole form of a schedule: when, with which parameters, and how it is kept."""

from contextlib import suppress
from datetime import datetime
from itertools import chain, count
from typing import Any

from django.contrib.auth.models import User
from django.http import QueryDict
from django_celery_beat.models import PeriodicTask

from console.argument_form import ArgumentForm
from console.schedule_form import ScheduleForm
from console.timing_form import TimingForm
from jobs.confirmation import refuse_to_schedule
from jobs.exceptions import NightshiftError, NotAllowed
from jobs.job import Job
from tasks import editing
from tasks.coming import Outlook
from tasks.drift import declared_parameters
from tasks.editing import NameTaken, Plan
from tasks.ledger import given

SEEN = "form-seen"  # when the schedule was changed last, as its editor has seen it
CHECK = "form-check"  # the button that only shows what the form means


class ScheduleEditor:
    """`schedule` is the one to edit, or, without a key, what a new one begins with."""

    def __init__(
        self,
        job: Job,
        schedule: PeriodicTask | None = None,
        data: QueryDict | None = None,
        *,
        user: User | None = None,
    ) -> None:
        self.job = job
        self.user = user
        self.schedule = schedule
        self.unreadable = ""
        self.timing = TimingForm(data, schedule=schedule)
        self.options = ScheduleForm(job, data, schedule=schedule)
        self.arguments = ArgumentForm(job, self._given(), data)
        self._forms = (self.timing, self.options, self.arguments)
        self._data = data

    @property
    def is_new(self) -> bool:
        return self.schedule is None or self.schedule.pk is None

    @property
    def has_errors(self) -> bool:
        return self._data is not None and any(form.errors for form in self._forms)

    @property
    def seen(self) -> str:
        """What the next form says it has seen; after a refusal it is still what the person has seen."""
        if self._data is not None:
            return str(self._data.get(SEEN, ""))
        return self.schedule.date_changed.isoformat() if self.schedule and self.schedule.pk else ""

    @property
    def only_checks(self) -> bool:
        return self._data is not None and CHECK in self._data

    @property
    def outlook(self) -> Outlook | None:
        """The next times by what the form says; None where it cannot be read."""
        return self.timing.outlook() if self.timing.is_valid() else None

    def plan(self) -> Plan | None:
        """None where the forms say what is wrong; each of them is asked, so that all is said at once."""
        parameters = self._permitted(self.arguments.chosen())
        is_valid = self.timing.is_valid(), self.options.is_valid()
        if parameters is None or not all(is_valid):
            return None
        when = self.timing.cleaned_data
        return Plan(line=when["line"], zone=when["zone"], parameters=parameters, **self.options.options)

    def save(self) -> PeriodicTask | None:
        """In the caller's transaction. Raises DeletedMeanwhile, EditedMeanwhile, NotSaved."""
        plan = self.plan()
        if plan is None or self.only_checks:
            return None
        if self.schedule and self.schedule.pk:
            return editing.revise(self.schedule, plan, seen=moment(self.seen))
        try:
            return editing.create(self.options.cleaned_data["name"], self.job.name, plan)
        except NameTaken as taken:
            self.options.add_error("name", str(taken))
            return None

    def _permitted(self, parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        """When it runs, whoever edits schedules says; what is run is for who may run it."""
        if parameters is None or self.user is None:
            return parameters
        parsed = self.job.parameters.parse(parameters)
        try:
            if not self._is_as_before(parsed):
                refuse_to_schedule(self.job, parsed, self.user)
        except NotAllowed as refused:
            self.arguments.add_error(None, str(refused))
            return None
        return parameters

    def _is_as_before(self, parsed: dict[str, Any]) -> bool:
        if self.is_new or self.unreadable:
            return False
        # Parsed, since a secret is stored in another way each time.
        with suppress(NightshiftError):
            return self.job.parameters.parse(self.arguments.given) == parsed
        return False

    def _given(self) -> dict[str, Any]:
        if self.schedule is None:
            return declared_parameters(self.job) if self.job.schedule else {}
        try:
            return given(self.schedule, self.job)
        except (NightshiftError, ValueError) as error:
            self.unreadable = str(error)
            return {}


def starting_point(schedule: PeriodicTask) -> PeriodicTask:
    """A new one like that, not saved, under a name that is free; a start or an end it does not share."""
    first = f"{schedule.name} copy"
    names = chain([first], (f"{first} {number}" for number in count(2)))
    known = set(PeriodicTask.objects.filter(name__startswith=schedule.name).values_list("name", flat=True))
    copy = PeriodicTask.objects.select_related("crontab").get(pk=schedule.pk)
    copy.pk, copy.name = None, next(name for name in names if name not in known)
    copy.start_time = copy.expires = None
    return copy


def moment(text: str) -> datetime:
    """Of a form that has lost it, long ago: then whoever has edited since is asked for again."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min
