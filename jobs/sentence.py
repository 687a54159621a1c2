"""A sentence with facts in it, which a terminal writes out and a page marks up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobs.run_listing import moment
from jobs.services.diagnosis import duration_words

Fact = str | int | datetime | timedelta | UUID  # a UUID is that of a run


@dataclass(frozen=True)
class Sentence:
    """`text` is our own and has a slot for each of the facts, which may come from anywhere."""

    text: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format(**self.shown(plain))

    def shown(self, show: Callable[[Fact], Any]) -> dict[str, Any]:
        """What to fill the slots with."""
        return {name: show(fact) for name, fact in self.facts.items()}


def plain(fact: Fact) -> str:
    """As a terminal has it."""
    if isinstance(fact, datetime):
        return moment(fact)
    if isinstance(fact, timedelta):
        return duration_words(fact)
    return f"{fact:,}" if isinstance(fact, int) else str(fact)
