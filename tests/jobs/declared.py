"""Functions with every kind of parameter."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le
from django.contrib.auth.models import User
from pydantic import SecretStr
from typing_extensions import Doc

from jobs.progress import Progress, silent


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def do_everything(
    text: Annotated[str, Doc("some words")],
    *,
    whole: Annotated[int, Ge(1), Le(10)] = 1,
    number: float = 0.5,
    switch: bool = False,
    price: Decimal = Decimal("1.10"),
    day: date | None = None,
    moment: datetime | None = None,
    wait: timedelta = timedelta(minutes=5),
    path: Path | None = None,
    level: Literal["low", "high"] = "low",
    size: Literal[1, 2] = 1,
    colour: Colour = Colour.RED,
    tags: list[str] = [],  # noqa: B006 read, never changed
    sizes: list[int] = [],  # noqa: B006
    password: SecretStr | None = None,
    user: User | None = None,
    progress: Progress = silent,
) -> str:
    """Take one of each."""
    return text
