"""The form of a job as one starts it: now, as a preview, or later; or keeps it as a preset."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from console import confirming
from console.forms import JobForm
from console.prefill import PREVIEW
from jobs.exceptions import NotAllowed, NotConfirmed, OverlapRefused, WrongParameters
from jobs.models.run import Origin, Run
from jobs.queue import enqueue
from jobs.values import read_moment

# Buttons, and what goes with each.
LATER, AT = "start-later", "start-at"
SAVE, NAME, SHARED = "preset-save", "preset-name", "preset-shared"


class StartForm(JobForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.not_before: datetime | None = None
        self.confirming = confirming.of_form(self.job, self.data)
        self.fields[AT] = forms.CharField(
            required=False,
            label="Start at",
            help_text=f"In the zone {timezone.get_current_timezone_name()}.",
            widget=forms.TextInput(attrs={"type": "datetime-local", "autocomplete": "off"}),
        )
        name = forms.TextInput(attrs={"autocomplete": "off"})
        self.fields[NAME] = forms.CharField(required=False, label="Name", max_length=100, widget=name)
        self.fields[SHARED] = forms.BooleanField(required=False, label="For everybody who may run this job")

    @property
    def at(self) -> BoundField:
        return self[AT]

    @property
    def preset_name(self) -> BoundField:
        return self[NAME]

    @property
    def preset_shared(self) -> BoundField:
        return self[SHARED]

    @property
    def headline(self) -> str:
        """Above all that is wrong."""
        if not self.is_bound:
            return "It cannot be started as it is filled in."
        return "Nothing was saved." if SAVE in self.data else "Nothing was started."

    def start(self) -> Run | None:
        """The new run; None where `errors` say what is wrong."""
        run = self._enqueue() if self.is_valid() else None
        if run is None:
            self.ask_for_secrets_again()
        return run

    def raw(self) -> dict[str, Any]:
        values = super().raw()
        return {**values, PREVIEW: False} if self.not_before and self.job.has_preview else values

    def clean(self) -> None:
        super().clean()
        if LATER in self.data:
            self._clean_moment()
        elif SAVE not in self.data and self.data.get(PREVIEW) != "true":
            self._refuse_the_wrong_button()

    def _clean_moment(self) -> None:
        try:
            self.not_before = read_moment(self.cleaned_data[AT])
        except (ValueError, KeyError):
            self.add_error(AT, "Say when: a date and a time, such as 2026-12-01 02:00")
            return
        if self.not_before <= timezone.now():
            self.add_error(AT, "That time has passed; choose one to come, or run it now")

    def _refuse_the_wrong_button(self) -> None:
        """Enter in one of these fields presses the button that the form has first."""
        if self.cleaned_data.get(AT):
            self.add_error(AT, "Press “Run later” to start it then; to run it now, empty this")
        if self.cleaned_data.get(NAME):
            self.add_error(NAME, "Press “Save” to keep this as a preset; to run it now, empty this")

    def _enqueue(self) -> Run | None:
        try:
            return enqueue(
                self.job,
                self.raw(),
                origin=Origin.CONSOLE,
                started_by=self.user,
                not_before=self.not_before,
                confirmation=confirming.said_in(self.data),
            )
        except WrongParameters as wrong:
            self.refuse(wrong.errors)
        except NotConfirmed as missing:
            self.confirming = confirming.of_form(self.job, self.data, missing)
            self.add_error(None, str(missing))
        except (OverlapRefused, NotAllowed) as refused:
            self.add_error(None, str(refused))
        return None
