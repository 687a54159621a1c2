"""Which types a parameter may have, and how each is read from text and written to JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model
from pydantic import AfterValidator, BeforeValidator, PlainSerializer, PlainValidator, SecretStr

from jobs.exceptions import WrongDeclaration
from jobs.secret import seal, unseal
from jobs.values import duration, length, moment, storable, tellable, whole_path

# A path that a job writes. It is in no form: jobs/output.py says who may name one.
Output = Annotated[Path, "written"]
STDOUT = Path("-")


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    SWITCH = "yes or no"
    DECIMAL = "decimal number"
    DATE = "date"
    MOMENT = "date and time"
    DURATION = "duration"
    FILE = "file"
    OUTPUT = "file to write"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105 a word, not a secret
    ROW = "row"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What an annotation means; `annotation` is the one that pydantic parses by, `model` that of a ROW."""

    kind: Kind
    annotation: Any
    is_list: bool = False
    is_optional: bool = False
    choices: tuple[str, ...] = ()
    model: type[Model] | None = None


def read_annotation(job: str, name: str, hint: Any, bounds: Sequence[Any] = ()) -> Reading:
    """`bounds` hold for each value of a list, and not for None.

    Raises WrongDeclaration for a type that has no form field, option and JSON form.
    """
    optional, hint = _without_none(hint)
    is_list = get_origin(hint) in (list, tuple) and get_args(hint)
    plain = get_args(hint)[0] if is_list else hint
    found = _read_plain(plain)
    if found is None:
        raise _no_kind(job, name, hint)
    kind, annotation, choices, model = found
    if bounds:
        annotation = Annotated[(annotation, *bounds)]
    if is_list:
        annotation = list[annotation]  # type: ignore[valid-type] # built at run time
    if optional:
        annotation = Annotated[annotation | None, BeforeValidator(_empty_is_none)]
    facts: dict[str, Any] = {
        "is_list": bool(is_list),
        "is_optional": optional,
        "choices": choices,
        "model": model,
    }
    return Reading(kind=kind, annotation=annotation, **facts)


def _no_kind(job: str, name: str, hint: Any) -> WrongDeclaration:
    typed = getattr(hint, "__name__", hint)
    allowed = "str, int, float, bool, Decimal, date, datetime, timedelta, Path, Literal, Enum, SecretStr"
    return WrongDeclaration(
        f"{job}: parameter {name!r} is of type {typed}, which no job can take",
        f"Use {allowed}, a Django model, or a list of one of these.",
    )


def _without_none(hint: Any) -> tuple[bool, Any]:
    if get_origin(hint) not in (Union, UnionType):
        return False, hint
    rest = [each for each in get_args(hint) if each is not NoneType]
    return len(rest) < len(get_args(hint)), rest[0] if len(rest) == 1 else hint


def _read_plain(hint: Any) -> tuple[Kind, Any, tuple[str, ...], type[Model] | None] | None:
    if get_origin(hint) is Literal:
        choices = {str(each): each for each in get_args(hint)}
        return Kind.CHOICE, Annotated[hint, BeforeValidator(_named(choices))], tuple(choices), None
    if hint in PLAIN:
        kind, *notes = PLAIN[hint]
        return kind, Annotated[(hint, *notes)] if notes else hint, (), None
    if not isinstance(hint, type):
        return None
    if issubclass(hint, Enum):
        return Kind.CHOICE, hint, tuple(str(each.value) for each in hint), None
    if issubclass(hint, Model):
        return Kind.ROW, _row(hint), (), hint
    return None


def _row(model: type[Model]) -> Any:
    return Annotated[model, PlainValidator(_finder(model)), PlainSerializer(lambda row: row.pk)]


def _finder(model: type[Model]) -> Callable[[Any], Model]:
    """Finds a row by its key, or by its natural key (a user by name)."""

    def find(value: Any) -> Model:
        if isinstance(value, model):
            return value
        storable(str(value))
        manager = model._default_manager
        try:
            return manager.get(pk=value)
        except (ObjectDoesNotExist, ValueError, TypeError, OverflowError, ValidationError):
            pass
        try:
            return manager.get_by_natural_key(value)  # type: ignore[attr-defined,no-any-return]
        except (AttributeError, ObjectDoesNotExist, ValueError, TypeError):
            raise ValueError(f"there is no {model._meta.verbose_name} {str(value)!r}") from None

    return find


def _output(value: Any) -> Any:
    return STDOUT if str(value) == str(STDOUT) else whole_path(value)


def _path(value: Path) -> Path:
    storable(str(value))
    return value


def _secret(value: SecretStr) -> SecretStr:
    storable(value.get_secret_value())
    return value


def _named(choices: dict[str, Any]) -> Callable[[Any], Any]:
    """A form and a command line say '1' where the function says 1."""
    return lambda value: choices.get(value, value) if isinstance(value, str) else value


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


PLAIN: dict[Any, tuple[Any, ...]] = {
    str: (Kind.TEXT, AfterValidator(storable)),
    int: (Kind.WHOLE,),
    float: (Kind.NUMBER,),
    bool: (Kind.SWITCH,),
    Decimal: (Kind.DECIMAL,),
    date: (Kind.DATE, AfterValidator(tellable)),
    datetime: (Kind.MOMENT, AfterValidator(moment)),
    timedelta: (Kind.DURATION, BeforeValidator(duration), AfterValidator(length)),
    Path: (Kind.FILE, BeforeValidator(whole_path), AfterValidator(_path)),
    Output: (Kind.OUTPUT, BeforeValidator(_output), AfterValidator(_path)),
    SecretStr: (
        *(Kind.SECRET, BeforeValidator(unseal), AfterValidator(_secret)),
        PlainSerializer(seal, when_used="json"),
    ),
}
