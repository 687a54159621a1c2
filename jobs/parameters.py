"""A function's signature, read once: the one parser of command lines, forms, API bodies and messages."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo
from typing_extensions import Doc

from jobs.accepts import Accepts
from jobs.exceptions import WrongDeclaration, WrongParameters, did_you_mean
from jobs.kinds import Kind, Reading, read_annotation
from jobs.progress import Progress

REQUIRED: Any = inspect.Parameter.empty
EVERYTHING = Accepts()


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`default` is REQUIRED where there is none; `bounds` are the annotated ones (Ge, Gt, Le, Lt), `accepts`
    is for files that are uploaded."""

    name: str
    reading: Reading
    default: Any
    help: str
    bounds: tuple[Ge | Gt | Le | Lt, ...] = ()
    accepts: Accepts = EVERYTHING
    is_positional: bool = False

    @property
    def kind(self) -> Kind:
        return self.reading.kind

    @property
    def is_list(self) -> bool:
        return self.reading.is_list

    @property
    def is_required(self) -> bool:
        return self.default is REQUIRED

    @property
    def choices(self) -> tuple[str, ...]:
        return self.reading.choices

    @property
    def minimum(self) -> Any:
        return next((bound.ge for bound in self.bounds if isinstance(bound, Ge)), None)

    @property
    def maximum(self) -> Any:
        return next((bound.le for bound in self.bounds if isinstance(bound, Le)), None)


class Parameters:
    """Raises WrongDeclaration where the signature is not one a job can have."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.job = function.__name__
        hints = get_type_hints(function, include_extras=True)
        signature = inspect.signature(function).parameters.values()
        self.takes_progress = any(_is_progress(hints.get(each.name)) for each in signature)
        self.items = tuple(
            self._read(each, hints.get(each.name, REQUIRED))
            for each in signature
            if not _is_progress(hints.get(each.name))
        )
        self.by_name = {item.name: item for item in self.items}

    @cached_property
    def model(self) -> type[BaseModel]:
        return self._model({item.name: _field(item) for item in self.items})

    @cached_property
    def partial_model(self) -> type[BaseModel]:
        """The same with nothing required."""
        return self._model({item.name: (item.reading.annotation, None) for item in self.items})

    def parse(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Python values for the function, defaults included, from texts or JSON or Python values.

        Raises WrongParameters, with a sentence for each wrong one.
        """
        try:
            parsed = self.model.model_validate(dict(raw))
        except ValidationError as error:
            raise WrongParameters(self.job, self._sentences(error)) from error
        return {name: getattr(parsed, name) for name in self.by_name}

    def parse_some(self, raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """What can be read of them, with no defaults; and a sentence for each that is wrong."""
        wrong: dict[str, str] = {}
        try:
            parsed = self.partial_model.model_validate(dict(raw))
        except ValidationError as error:
            wrong = self._sentences(error)
            right = {name: value for name, value in raw.items() if name not in wrong}
            parsed = self.partial_model.model_validate(right)
        return {name: getattr(parsed, name) for name in parsed.model_fields_set}, wrong

    def dump(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same as JSON, secrets sealed: what a run stores, and what `parse` reads again."""
        return self.model.model_construct(**values).model_dump(mode="json")

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments as one would call the function with them, by name."""
        if len(args) > len(self.items):
            most = len(self.items)
            raise WrongParameters(self.job, {"": f"{self.job} takes {most} parameters, not {len(args)}"})
        named = dict(zip(self.by_name, args, strict=False))
        if twice := named.keys() & kwargs.keys():
            name = min(twice)
            raise WrongParameters(self.job, {name: f"{name!r} of {self.job} was given twice"})
        return {**named, **kwargs}

    def _model(self, fields: dict[str, Any]) -> type[BaseModel]:
        config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False)
        return create_model(self.job, __config__=config, **fields)

    def _read(self, each: inspect.Parameter, hint: Any) -> Parameter:
        if each.kind not in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY):
            sentence = f"{self.job}: parameter {each} cannot be filled by name"
            raise WrongDeclaration(sentence, "Name every parameter; * and / forms fit no form or command.")
        if hint is REQUIRED:
            sentence = f"{self.job}: parameter {each.name!r} has no type"
            raise WrongDeclaration(sentence, f"Annotate it, for example {each.name}: str.")
        plain, notes = _unwrap(hint)
        bounds = tuple(note for note in notes if isinstance(note, Ge | Gt | Le | Lt))
        return Parameter(
            name=each.name,
            reading=read_annotation(self.job, each.name, plain, bounds),
            default=each.default,
            help=next((note.documentation for note in notes if isinstance(note, Doc)), ""),
            is_positional=each.kind is each.POSITIONAL_OR_KEYWORD,
            bounds=bounds,
            accepts=next((note for note in notes if isinstance(note, Accepts)), EVERYTHING),
        )

    def _sentences(self, error: ValidationError) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in error.errors(include_url=False):
            name = str(each["loc"][0]) if each["loc"] else ""
            found.setdefault(name, self._sentence(name, dict(each)))
        return found

    def _sentence(self, name: str, error: dict[str, Any]) -> str:
        if error["type"] == "extra_forbidden":
            return f"{name!r} is no parameter of {self.job}{did_you_mean(name, self.by_name)}"
        parameter = self.by_name[name]
        if error["type"] == "missing":
            about = f" ({parameter.help})" if parameter.help else ""
            return f"{self.job} needs {name!r}{about}"
        reason = error["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
        shown = _short(error["input"])
        given = "" if parameter.kind is Kind.SECRET or shown in reason else f", not {shown}"
        nearest = did_you_mean(str(error["input"]), parameter.choices)
        return f"{name!r} of {self.job}: {reason}{given}{nearest}"


def _is_progress(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Progress)


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if get_origin(hint) is not Annotated:
        return hint, ()
    plain, *notes = get_args(hint)
    return plain, tuple(notes)


def _field(item: Parameter) -> tuple[Any, Any]:
    return item.reading.annotation, FieldInfo(default=... if item.is_required else item.default)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
