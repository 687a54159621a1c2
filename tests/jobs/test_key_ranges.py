"""Rows as ranges of their keys."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs import key_ranges
from jobs.key_ranges import InTurns, KeyRanges
from jobs.models.audit_log import AuditLog

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
BY_TIME = ("created_at", "id")


@pytest.fixture
def entries() -> list[AuditLog]:
    """Nine of them, three at each moment, so that a moment alone is no place among them."""
    times = [BEGIN + timedelta(microseconds=number // 3) for number in range(9)]
    return AuditLog.objects.bulk_create(
        [AuditLog(action=str(number), created_at=time) for number, time in enumerate(times)]
    )


def walked(ranges: KeyRanges[Any], size: int, position: Any = None) -> list[tuple[list[str], int, Any]]:
    """The entries of each range, how many it says they are, and the place behind it as JSON gives it back."""
    return [
        ([row.action for row in batch], len(batch), json.loads(json.dumps(behind)))
        for batch, behind in ranges.batches(position, size)
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 9, 100])
@pytest.mark.usefixtures("entries")
def test_each_row_is_in_one_range_and_the_ranges_are_in_order(size: int) -> None:
    ranges = walked(KeyRanges(AuditLog.objects.all(), BY_TIME), size)

    assert [action for actions, *_ in ranges for action in actions] == list("012345678")
    assert all(len(actions) == length <= size for actions, length, _ in ranges)


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.usefixtures("entries")
def test_a_walk_goes_on_behind_any_range(size: int) -> None:
    ranges = KeyRanges(AuditLog.objects.all(), BY_TIME)

    rests = [
        [action for actions, *_ in walked(ranges, 5, position) for action in actions]
        for *_, position in walked(ranges, size)
    ]

    assert rests == [list("012345678")[done:] for done in [*range(size, 9, size), 9]]


@pytest.mark.usefixtures("entries")
def test_rows_that_go_while_they_are_walked_skip_no_other() -> None:
    seen = []

    for batch, _ in KeyRanges(AuditLog.objects.all(), BY_TIME).batches(None, 2):
        seen += [row.action for row in batch]
        batch.rows.delete_old()

    assert (seen, AuditLog.objects.count()) == (list("012345678"), 0)


def test_only_the_rows_of_the_queryset_are_in_the_ranges(entries: list[AuditLog]) -> None:
    chosen = AuditLog.objects.filter(action__in=["1", "4", "7", "8"])

    assert [actions for actions, *_ in walked(KeyRanges(chosen), 3)] == [["1", "4", "7"], ["8"]]


def test_a_range_knows_between_which_keys_it_is(entries: list[AuditLog]) -> None:
    first, second, *_ = (batch for batch, _ in KeyRanges(AuditLog.objects.all()).batches(None, 4))

    assert (first.after, first.last) == (None, (entries[3].pk,))
    assert (second.after, second.last) == ((entries[3].pk,), (entries[7].pk,))
    assert second[0] == entries[4]


def test_a_walk_through_no_rows_has_no_range() -> None:
    assert walked(KeyRanges(AuditLog.objects.all(), BY_TIME), 3) == []


def test_keys_may_be_texts() -> None:
    for name in "cab":
        Session.objects.create(session_key=name, session_data="", expire_date=BEGIN)

    batches = KeyRanges(Session.objects.all(), ("expire_date", "session_key")).batches(None, 2)

    assert [[row.pk for row in batch] for batch, _ in batches] == [["a", "b"], ["c"]]


def test_one_statement_changes_a_range_and_no_row_of_it_is_fetched(entries: list[AuditLog]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        changed = [
            batch.rows.update(user=None) for batch, _ in KeyRanges(AuditLog.objects.all()).batches(None, 9)
        ]

    assert changed == [9]
    assert [query["sql"].split()[0] for query in captured if "user_id" in query["sql"]] == ["UPDATE"]


@pytest.mark.usefixtures("entries")
@pytest.mark.parametrize("counted", [0, 100])
def test_how_many_are_left_is_counted_or_guessed(monkeypatch: pytest.MonkeyPatch, counted: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs_auditlog")
    monkeypatch.setattr(key_ranges, "COUNTED", counted)
    ranges = KeyRanges(AuditLog.objects.all(), BY_TIME)
    (*_, position), *_ = walked(ranges, 4)

    assert (ranges.remaining(None), ranges.remaining(position)) in [(9, 5), (9, 4), (9, 6), (9, 3)]


def test_a_place_among_many_rows_of_one_moment_is_found_by_the_index() -> None:
    AuditLog.objects.bulk_create([AuditLog(action="a", created_at=BEGIN) for _ in range(3_000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs_auditlog")
    ranges = [batch for batch, _ in KeyRanges(AuditLog.objects.all(), BY_TIME).batches(None, 1_000)]

    plan = ranges[1].rows.explain()

    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert condition.count("ROW(created_at, id)") == 2
    assert "Filter" not in plan


# In turns


@pytest.mark.parametrize("size", [1, 4, 5, 7, 100])
def test_in_turns_each_row_is_walked_once(entries: list[AuditLog], size: int) -> None:
    batches = walked(InTurns(AuditLog.objects.all()), size)

    assert sorted(action for actions, *_ in batches for action in actions) == list("012345678")
    assert sum(length for _, length, _ in batches) == len(entries)


def test_rows_that_are_neighbours_have_their_turns_one_after_the_other(entries: list[AuditLog]) -> None:
    batches = walked(InTurns(AuditLog.objects.all()), 5)

    assert [len(actions) for actions, *_ in batches[:5]] == [1, 1, 1, 1, 1]


@pytest.mark.parametrize("size", [1, 4, 7, 100])
@pytest.mark.usefixtures("entries")
def test_in_turns_a_walk_goes_on_behind_any_batch_of_any_turn(size: int) -> None:
    ranges = InTurns(AuditLog.objects.all())
    batches = walked(ranges, size)

    for number, (*_, position) in enumerate(batches):
        assert walked(ranges, size, position) == batches[number + 1 :]
        assert ranges.remaining(position) == sum(length for _, length, _ in batches[number + 1 :])


def test_a_range_that_was_begun_keeps_its_end_whoever_comes_or_goes(entries: list[AuditLog]) -> None:
    ranges = InTurns(AuditLog.objects.all())
    before = walked(ranges, 6)
    AuditLog.objects.filter(pk=entries[1].pk).delete_old()

    rest = walked(ranges, 6, before[2][2])

    actions = {action for actions, *_ in [*before[:3], *rest] for action in actions}
    assert actions | {"1"} == set("012345678")
