"""How a schedule is kept: its name, what becomes of missed slots, and where its runs wait."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django_celery_beat.models import PeriodicTask

from console.texts import duration_text
from jobs import catalog
from jobs.job import Job, Missed
from jobs.values import read_duration
from tasks.missed import AT_MOST, Policy, WrongPolicy, policy_of

PREFIX = "schedule"
MISSED = {
    Missed.SKIP: "None is made up for",
    Missed.LATEST: "The latest is made up for",
    Missed.ALL: "All, up to a number",
}
LONGEST = timedelta(days=366 * 10)


class ScheduleForm(forms.Form):
    """What is left empty is as the job says."""

    name = forms.CharField(max_length=200, help_text="What it is called in lists and in its runs.")
    missed = forms.ChoiceField(label="Missed slots", required=False)
    missed_at_most = forms.IntegerField(
        label="At most", required=False, min_value=1, max_value=1_000,
        help_text=f"Of all the missed slots, so many of the latest. Default: {AT_MOST}.",
    )  # fmt: skip
    late_for = forms.CharField(
        label="Late for at most",
        required=False,
        help_text="A slot older than this is not run late. For example 2h or 1d; empty is any age.",
    )
    queue = forms.ChoiceField(required=False)
    priority = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    one_off = forms.BooleanField(
        label="Once only", required=False, help_text="It switches itself off after its next run."
    )
    description = forms.CharField(required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self, job: Job, data: QueryDict | None = None, *, schedule: PeriodicTask | None = None
    ) -> None:
        self.schedule = schedule
        super().__init__(data, prefix=PREFIX, initial=_initial(job, schedule), label_suffix="")
        if schedule and schedule.pk:
            del self.fields["name"]
        _choose(
            self.fields["missed"],
            f"As the job says ({job.missed})",
            [(each.value, MISSED[each]) for each in Missed],
        )
        queues = sorted({*catalog.QUEUES, *filter(None, [schedule and schedule.queue])})
        _choose(self.fields["queue"], f"As the job says ({job.queue})", [(each, each) for each in queues])
        numbers = sorted(
            {*range(10), *({schedule.priority} if schedule and schedule.priority is not None else ())}
        )
        _choose(
            self.fields["priority"],
            f"As the job says ({job.priority})",
            [(each, _priority(each)) for each in numbers],
        )

    def clean_late_for(self) -> timedelta | None:
        text = self.cleaned_data["late_for"]
        if not text:
            return None
        if self.schedule and self.schedule.expires:
            raise forms.ValidationError("It has an end, and a schedule cannot have both: leave this empty")
        try:
            length = read_duration(text)
        except ValueError:
            length = timedelta()
        if not timedelta(seconds=1) <= length <= LONGEST:
            raise forms.ValidationError(f"{text!r} is no length of time: write 30m, 2h or 1d")
        return length

    @property
    def policy(self) -> Policy | None:
        missed, at_most = self.cleaned_data["missed"], self.cleaned_data["missed_at_most"]
        return Policy(missed=Missed(missed), at_most=at_most or AT_MOST) if missed else None

    @property
    def options(self) -> dict[str, Any]:
        """The rest of a Plan."""
        names = ("late_for", "queue", "priority", "one_off", "description")
        return {"policy": self.policy, **{name: self.cleaned_data[name] for name in names}}


def _initial(job: Job, schedule: PeriodicTask | None) -> dict[str, Any]:
    if schedule is None:
        return {"description": job.summary}
    late_for = timedelta(seconds=schedule.expire_seconds) if schedule.expire_seconds else None
    return {
        **{"name": schedule.name, "queue": schedule.queue or "", "priority": schedule.priority},
        **{"one_off": schedule.one_off, "description": schedule.description},
        **{"late_for": duration_text(late_for) if late_for else "", **_policy(job, schedule)},
    }


def _policy(job: Job, schedule: PeriodicTask) -> dict[str, Any]:
    try:
        policy = policy_of(schedule, job)
    except WrongPolicy:
        return {}
    is_own = '"missed"' in (schedule.headers or "")
    return {
        "missed": policy.missed.value if is_own else "",
        "missed_at_most": policy.at_most if is_own else None,
    }


def _choose(field: forms.Field, usual: str, choices: list[tuple[Any, str]]) -> None:
    field.choices = [("", usual), *choices]  # type: ignore[attr-defined]


def _priority(number: int) -> str:
    return f"{number} (first)" if number == 0 else str(number)
