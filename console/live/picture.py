"""What an open page is shown of something that changes."""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A piece of a text that grows; `start` is its place in the whole, in characters."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def after(self, shown: "Lines | None") -> "Lines":
        """What is to be added to what is shown; all of it where that does not fit."""
        if shown is None or not (shown.start <= self.start <= shown.end <= self.end):
            return self
        return Lines(start=shown.end, text=self.text[shown.end - self.start :])


NO_LINES = Lines(start=0, text="")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Shared by all who look: nothing in it depends on the person.

    `render` gives the HTML of each region by its name; it is called where `fingerprint` is another than last
    time. `offers` are the names of the forms that make sense now (`data-offer`), None where there are none.
    `is_last`: nothing will ever change again, so nobody has to look again.
    """

    render: Callable[[], Mapping[str, str]]
    fingerprint: Hashable = None
    offers: frozenset[str] | None = None
    lines: Mapping[str, Lines] = field(default_factory=dict)
    is_last: bool = False


# Of each key that there is, its picture; with a number of queries that does not depend on how many they are.
Read: TypeAlias = Callable[[Collection[str]], Mapping[str, Picture]]
