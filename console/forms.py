"""The form of a job, made from its parameters."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from console.fields import field_of, initial_of
from console.prefill import GONE, NO_FILE, PREVIEW, Prefill
from console.uploads import Kept, keep, kept_by
from jobs.job import Job
from jobs.kinds import Kind
from jobs.parameters import Parameter

# What a form says besides its parameters has a hyphen in its name, which no parameter can have.
KEPT = "kept-{}"
NOT_PARAMETERS = {"csrfmiddlewaretoken", PREVIEW}  # that has no field: the form has a button for each value
AGAIN = "Type it again: a secret is never sent back"
NOTHING = Prefill()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A parameter in the form; `files` were sent before, and are kept for the next try."""

    field: BoundField
    item: Parameter
    files: list[Kept]

    @property
    def kept_name(self) -> str:
        return KEPT.format(self.item.name)

    @property
    def input(self) -> str:
        # What is there already is not asked for again.
        return self.field.as_widget(attrs={"required": False}) if self.files else str(self.field)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """`anchor` is the id of the input that has it, empty where it is a matter of the whole."""

    anchor: str
    label: str
    sentence: str


class JobForm(forms.Form):
    """Raises WrongDeclaration where the job's signature cannot be read. Files are kept for `user` only."""

    def __init__(
        self,
        job: Job,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        user: User | None = None,
        prefill: Prefill = NOTHING,
    ) -> None:
        super().__init__(data, files, label_suffix="", initial=dict(prefill.texts))
        self.job = job
        self.user = user
        self.prefill = prefill
        self.kept: dict[str, list[Kept]] = dict(prefill.files)
        self.items = [
            item for item in job.parameters.items if item.name != PREVIEW and item.kind is not Kind.OUTPUT
        ]
        self.fields.update({item.name: field_of(item, job.name) for item in self.items})
        if not self.is_bound:
            self.cleaned_data: dict[str, Any] = {}
            self.full_clean()
            self.refuse(prefill.errors)

    @property
    def rows(self) -> list[Row]:
        return [
            Row(field=self[item.name], item=item, files=self.kept.get(item.name, [])) for item in self.items
        ]

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong, for the head of the form."""
        found = []
        for name, errors in self.errors.items():
            field = self[name] if name in self.fields else None
            first = "_0" if field and field.use_fieldset else ""
            anchor = f"{field.auto_id}{first}" if field else ""
            label = str(field.label) if field else ""
            found.append(Problem(anchor=anchor, label=label, sentence=" ".join(map(str, errors))))
        return found

    @property
    def values(self) -> dict[str, Any]:
        """Python's, as far as they can be read; neither files nor secrets, and no defaults."""
        if not self.is_bound:
            return dict(self.prefill.values)
        _ = self.errors
        return self.job.parameters.parse_some(self.plain())[0]

    def plain(self) -> dict[str, Any]:
        """What `Parameters.parse_some` takes: all that is neither a file nor a secret, and can be read."""
        items = (item for item in self.items if item.kind not in (Kind.FILE, Kind.SECRET))
        said = (item for item in items if item.name in self.cleaned_data and not self._is_left_out(item))
        return {item.name: self._value(item) for item in said}

    def raw(self) -> dict[str, Any]:
        """What `Parameters.parse` takes."""
        values = self.plain()
        for item in self.items:
            if item.kind is Kind.FILE and (kept := self.kept.get(item.name)):
                paths = [str(each.path) for each in kept]
                values[item.name] = paths if item.is_list else paths[0]
            elif item.kind is Kind.SECRET and self.cleaned_data.get(item.name):
                values[item.name] = self.cleaned_data[item.name]
        if self.job.has_preview and PREVIEW in self.data:
            values[PREVIEW] = self.data[PREVIEW]
        # Names that are no field go to the parser too: it refuses them by name.
        strangers = self.data.keys() - self.fields.keys() - NOT_PARAMETERS
        return {**values, **{name: self.data[name] for name in strangers if "-" not in name}}

    def clean(self) -> None:
        for item in self.items:
            if item.kind is Kind.FILE:
                self._keep_files(item)
            if item.name in self.data and not self.cleaned_data.get(item.name) and _needs_a_value(item):
                self.add_error(item.name, f"Fill this in; its default is {initial_of(item)}")

    def names_of(self, item: Parameter) -> list[str]:
        """Of the files that are kept, or else of those that the browser has chosen and not yet sent."""
        chosen = self.data.getlist(item.name) if self.is_bound else []  # type: ignore[attr-defined]
        return [kept.name for kept in self.kept.get(item.name, [])] or list(filter(None, chosen))

    def refuse(self, errors: Any) -> None:
        """Each sentence beside its field, which says whose it is; those of no field stand above all."""
        for name, sentence in errors.items():
            if name in self.fields:
                reason = sentence.removeprefix(f"{name!r} of {self.job.name}: ")
                self.add_error(name, reason[0].upper() + reason[1:])
            else:
                self.add_error(None, sentence)

    def ask_for_secrets_again(self) -> None:
        for item in self.items:
            if item.kind is Kind.SECRET and self.data.get(item.name):
                self.add_error(item.name, AGAIN)

    def _keep_files(self, item: Parameter) -> None:
        """At once, whatever is wrong elsewhere: a file is chosen and sent only once."""
        if self.data.get(item.name):
            self.add_error(item.name, NO_FILE)
        if self.user is None:
            return
        tokens = self.data.getlist(KEPT.format(item.name))  # type: ignore[attr-defined]
        before = [kept for token in tokens if (kept := kept_by(token, self.user))]
        if len(before) < len(tokens):
            self.add_error(item.name, GONE)
        new = self._new_files(item)
        self.kept[item.name] = [*before, *new] if item.is_list else (new or before)[:1]

    def _new_files(self, item: Parameter) -> list[Kept]:
        assert self.user is not None  # noqa: S101 files are kept for somebody
        sent = self.cleaned_data.get(item.name) or []
        uploads = sent if isinstance(sent, list) else [sent]
        refusals = {each: item.accepts.refusal(each.name, each.size) for each in uploads}
        for sentence in filter(None, refusals.values()):
            self.add_error(item.name, sentence)
        return [Kept(path=keep(each), user=self.user) for each, refused in refusals.items() if not refused]

    def _is_left_out(self, item: Parameter) -> bool:
        # A browser sends every field but an unchecked box and an empty selection.
        if not item.is_list and item.kind is not Kind.SWITCH and item.name not in self.data:
            return True
        # Empty is no value for what is required.
        return self.cleaned_data[item.name] in (None, "", []) and item.is_required

    def _value(self, item: Parameter) -> Any:
        value = self.cleaned_data[item.name]
        if item.is_list and not value:
            return None if item.reading.is_optional else []
        return value


def _needs_a_value(item: Parameter) -> bool:
    """Whether emptied means nothing; of a required one the parser says so."""
    may_be_empty = (Kind.TEXT, Kind.FILE, Kind.SECRET, Kind.SWITCH)
    return not (item.is_required or item.is_list or item.reading.is_optional or item.kind in may_be_empty)
