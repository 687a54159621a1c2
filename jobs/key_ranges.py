"""The rows of a queryset as ranges of their keys, for work that one statement a batch can do."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.functions import Mod
from django.db.models.lookups import Exact, GreaterThan, LessThanOrEqual

from jobs.sources import Source

ModelRow = TypeVar("ModelRow", bound=Model)
Key = tuple[Any, ...]

# Of more rows, the planner's guess is had at once, while a count takes a tenth of a second for a million.
COUNTED = 100_000


def expected_rows(rows: QuerySet[Any]) -> int:
    """How many there are; where there are very many, how many the planner thinks there are."""
    (plan,) = json.loads(rows.explain(format="json"))
    guess = int(plan["Plan"]["Plan Rows"])
    return guess if guess > COUNTED else rows.count()


class KeyRange(Sequence[ModelRow]):
    """So many rows, behind the key `after` and up to the key `last`; none is read before somebody asks."""

    def __init__(self, rows: QuerySet[ModelRow], length: int, *, after: Key | None, last: Key) -> None:
        self.rows = rows
        self.after = after
        self.last = last
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __iter__(self) -> Iterator[ModelRow]:
        return iter(self.rows)


class KeyRanges(Source[ModelRow]):
    """Walks a queryset in the order of `by`: columns of an index, unique together, and none of them NULL."""

    def __init__(self, rows: QuerySet[ModelRow], by: Sequence[str] = ("pk",)) -> None:
        self._rows = rows.order_by(*by)
        meta = rows.model._meta
        self._fields: list[Any] = [meta.pk if name == "pk" else meta.get_field(name) for name in by]
        self._by = tuple(by)

    def batches(self, position: Any, size: int) -> Iterator[tuple[KeyRange[ModelRow], list[str]]]:
        after = None if position is None else self._read(position)
        while (found := self._end(after, size)) is not None:
            last, length = found
            yield self._range(after, last, length), _written(last)
            after = last

    def remaining(self, position: Any) -> int:
        return expected_rows(self._behind(None if position is None else self._read(position)))

    def _end(self, after: Key | None, size: int) -> tuple[Key, int] | None:
        """The last key of the next range, and how many rows it has."""
        behind = self._behind(after)
        keys = behind.values_list(*self._by)
        if full := list(keys[size - 1 : size]):
            return full[0], size
        rest = list(keys.reverse()[:1])
        return (rest[0], behind.count()) if rest else None

    def _range(self, after: Key | None, last: Key, length: int) -> KeyRange[ModelRow]:
        rows = self._behind(after).filter(LessThanOrEqual(self._row(), self._row(last)))
        return KeyRange(rows, length, after=after, last=last)

    def _behind(self, after: Key | None) -> QuerySet[ModelRow]:
        if after is None:
            return self._rows.all()
        return self._rows.filter(GreaterThan(self._row(), self._row(after)))

    def _row(self, key: Key | None = None) -> Func:
        """That key, or else each row's own."""
        # A comparison of rows is a place in the index, which (a > x OR (a = x AND b > y)) is not.
        if key is None:
            values: list[Any] = [F(name) for name in self._by]
        else:
            values = [Value(value, field) for value, field in zip(key, self._fields, strict=True)]
        return Func(*values, function="ROW", output_field=BooleanField())

    def _read(self, position: list[str]) -> Key:
        return tuple(field.to_python(text) for field, text in zip(self._fields, position, strict=True))


class InTurns(KeyRanges[ModelRow]):
    """The same by a whole number as the key, each range in five batches: a fifth of its rows, then the next.

    For an UPDATE of most rows. PostgreSQL writes a new version of each row, and an entry in every index where
    the version finds no room in the page of the old one. Here it finds the room of those that the turns
    before left behind: that is faster than one UPDATE of them all, and the table grows by a fifth as much.
    """

    TURNS = 5

    def batches(self, position: Any, size: int) -> Iterator[tuple[KeyRange[ModelRow], Any]]:
        behind, begun = position or (None, None)
        if begun is not None:
            last, length, turn = begun
            after = None if behind is None else self._read(behind)
            yield from self._turns(self._range(after, self._read(last), length), turn)
            behind = last
        for whole, _ in super().batches(behind, size):
            yield from self._turns(whole, 0)

    def remaining(self, position: Any) -> int:
        behind, begun = position or (None, None)
        _, length, turn = begun or (None, 0, 0)
        return super().remaining(behind) - self._done(length, turn)

    def _turns(self, whole: KeyRange[ModelRow], begin: int) -> Iterator[tuple[KeyRange[ModelRow], Any]]:
        length = len(whole)
        after, last = whole.after and _written(whole.after), _written(whole.last)
        for turn in range(begin, self.TURNS):
            rows = whole.rows.filter(Exact(Mod(F("pk"), self.TURNS), turn))
            share = self._done(length, turn + 1) - self._done(length, turn)
            is_over = turn + 1 == self.TURNS
            position = (last, None) if is_over else (after, (last, length, turn + 1))
            yield KeyRange(rows, share, after=whole.after, last=whole.last), position

    def _done(self, length: int, turns: int) -> int:
        return length * turns // self.TURNS


def _written(key: Key) -> list[str]:
    return [str(value) for value in key]
