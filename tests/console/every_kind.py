"""A job with a parameter of every kind, and one with a list of files."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le
from django.contrib.auth.models import User
from pydantic import SecretStr
from typing_extensions import Doc

from jobs.job import Job


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def everything(
    path: Annotated[Path, Doc("the file")],
    text: Annotated[str, Doc("some words")],
    key: SecretStr,
    owner: User,
    whole: Annotated[int, Ge(1), Le(10)] = 5,
    share: float = 0.5,
    price: Decimal = Decimal("1.50"),
    day: date = date(2026, 1, 2),
    at: datetime = datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    keep: timedelta = timedelta(days=30),
    loud: bool = True,
    colour: Colour = Colour.RED,
    size: Literal["small", "big"] = "small",
    words: list[str] = ["one", "two"],  # noqa: B006
    colours: list[Colour] = [],  # noqa: B006
    limit: int | None = None,
    dry_run: bool = False,
) -> None:
    """Take one of each."""


def merge(paths: list[Path]) -> None:
    """Take several files."""


JOB = Job(function=everything)
MERGE = Job(function=merge)
