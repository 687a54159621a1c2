"""The runs that somebody has chosen in the list: rows, or everything that matches its filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from console.run_filter import Filter
from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.run_search import first_key

MOST = 5_000  # runs that are changed by one request
NOTHING = "Nothing is selected: tick the rows that you mean, or everything that matches."


@dataclass(frozen=True, kw_only=True)
class Selection:
    """`until` keeps out what began after the person was asked."""

    asked: Filter
    rows: Sequence[UUID]
    is_everything: bool
    until: UUID

    @property
    def is_empty(self) -> bool:
        return bool(self.asked.problems) or not (self.is_everything or self.rows)

    def runs(self) -> RunQuerySet:
        """The latest first."""
        if self.is_everything:
            search = self.asked.search & Q(pk__lt=self.until)
        else:
            search = self.asked.visible & Q(pk__in=self.rows)
        return Run.objects.filter(search).latest_first()

    def keys(self, applies: Q) -> list[UUID]:
        """Of those to which it applies, the latest: one more than `MOST` where there are more."""
        return list(self.runs().filter(applies).values_list("pk", flat=True)[: MOST + 1])


def selection_of(data: QueryDict, asked: Filter, *, is_everything: bool = False) -> Selection:
    rows = [key for text in data.getlist("run") if (key := key_of(text))]
    until = key_of(data.get("until", "")) or first_key(timezone.now())
    is_everything = is_everything or "everything" in data
    return Selection(asked=asked, rows=rows, is_everything=is_everything, until=until)


def key_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
