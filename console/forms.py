"""The form of a job, made from its parameters."""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from console import confirming, uploads
from console.fields import field_of, initial_of
from jobs.exceptions import NotAllowed, NotConfirmed, OverlapRefused, WrongParameters
from jobs.job import Job
from jobs.kinds import Kind
from jobs.models.run import Origin, Run
from jobs.parameters import Parameter
from jobs.queue import enqueue

PREVIEW = "dry_run"  # no field: the form has a button for each of its two values
NOT_PARAMETERS = {"csrfmiddlewaretoken", PREVIEW, *confirming.NAMES}


class JobForm(forms.Form):
    """Raises WrongDeclaration where the job's signature cannot be read."""

    def __init__(
        self,
        job: Job,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
    ) -> None:
        super().__init__(data, files, label_suffix="")
        self.job = job
        self.confirming = confirming.of_form(job, self.data)
        self.items = [
            item for item in job.parameters.items if item.name != PREVIEW and item.kind is not Kind.OUTPUT
        ]
        self.fields.update({item.name: field_of(item) for item in self.items})

    def start(self, user: User) -> Run | None:
        """The new run; None where `errors` say what is wrong, and then no upload is kept."""
        if not self.is_valid():
            return None
        saved: list[Path] = []
        run = None
        try:
            said = confirming.said_in(self.data)
            run = enqueue(
                self.job, self.raw(saved), origin=Origin.CONSOLE, started_by=user, confirmation=said
            )
        except WrongParameters as wrong:
            self._refuse(wrong.errors)
        except NotConfirmed as missing:
            self.confirming = confirming.of_form(self.job, self.data, missing)
            self.add_error(None, str(missing))
        except (OverlapRefused, NotAllowed) as refused:
            self.add_error(None, str(refused))
        finally:
            for path in saved if run is None else ():
                uploads.discard(path)
        return run

    def raw(self, saved: list[Path]) -> dict[str, Any]:
        """What `Parameters.parse` takes. Uploads are kept, and their paths added to `saved`."""
        values = {item.name: self._value(item, saved) for item in self.items if not self._is_left_out(item)}
        if self.job.has_preview and PREVIEW in self.data:
            values[PREVIEW] = self.data[PREVIEW]
        # Names that are no field go to the parser too: it refuses them by name.
        strangers = self.data.keys() - self.fields.keys() - NOT_PARAMETERS
        return {**values, **{name: self.data[name] for name in strangers}}

    def clean(self) -> None:
        for item in self.items:
            if item.kind is Kind.FILE and self.data.get(item.name):
                self.add_error(item.name, "Choose a file to upload: no path on the server is taken")
            if item.name in self.data and not self.cleaned_data.get(item.name) and _needs_a_value(item):
                self.add_error(item.name, f"Fill this in; its default is {initial_of(item)}")

    def _is_left_out(self, item: Parameter) -> bool:
        # A browser sends every field but an unchecked box and an empty selection.
        if not item.is_list and item.kind not in (Kind.SWITCH, Kind.FILE) and item.name not in self.data:
            return True
        # Empty is no value for what is required; files and secrets are never shown, so never cleared.
        is_empty = self.cleaned_data[item.name] in (None, "", [])
        return is_empty and (item.is_required or item.kind in (Kind.FILE, Kind.SECRET))

    def _value(self, item: Parameter, saved: list[Path]) -> Any:
        value = self.cleaned_data[item.name]
        if item.is_list and not value:
            return None if item.reading.is_optional else []
        if item.kind is not Kind.FILE:
            return value
        paths = [uploads.keep(each) for each in (value if item.is_list else [value])]
        saved.extend(paths)
        return [str(path) for path in paths] if item.is_list else str(paths[0])

    def _refuse(self, errors: dict[str, str]) -> None:
        for name, sentence in errors.items():
            self.add_error(name if name in self.fields else None, sentence)
        for item in self.items:
            if item.kind is Kind.FILE and self.files.get(item.name):
                self.add_error(item.name, "Choose the file again: a browser does not send it twice")


def _needs_a_value(item: Parameter) -> bool:
    """Whether emptied means nothing; of a required one the parser says so."""
    may_be_empty = (Kind.TEXT, Kind.FILE, Kind.SECRET, Kind.SWITCH)
    return not (item.is_required or item.is_list or item.reading.is_optional or item.kind in may_be_empty)
