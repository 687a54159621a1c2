from datetime import UTC, datetime, timedelta

import pytest
from django_celery_beat.models import PeriodicTask

from jobs.catalog import GREET
from jobs.job import Missed
from jobs.models.slot import Outcome
from tasks.missed import GRACE, Policy, WrongPolicy, policy_of, sort_out

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
NIGHTS = [datetime(2026, 3, day, 3, 30, tzinfo=UTC) for day in (2, 3, 4)]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(missed=Missed.SKIP), ["missed", "missed", "missed"]),
        (Policy(missed=Missed.LATEST), ["missed", "missed", "late"]),
        (Policy(missed=Missed.ALL), ["late", "late", "late"]),
        (Policy(missed=Missed.ALL, at_most=2), ["missed", "late", "late"]),
    ],
    ids=str,
)
def test_three_missed_nights(policy: Policy, expected: list[str]) -> None:
    assert [str(each.outcome) for each in sort_out(NIGHTS, NOW, policy)] == expected


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        (Missed.SKIP, ["missed", "missed", "ran"]),
        (Missed.LATEST, ["missed", "missed", "ran"]),
        (Missed.ALL, ["late", "late", "ran"]),
    ],
)
def test_a_slot_on_time_is_run_and_is_the_latest(missed: Missed, expected: list[str]) -> None:
    found = sort_out(NIGHTS, NIGHTS[-1] + GRACE, Policy(missed=missed))

    assert [str(each.outcome) for each in found] == expected


def test_what_is_older_than_it_may_be_is_not_run_late() -> None:
    found = sort_out(NIGHTS, NOW, Policy(missed=Missed.ALL), expire_after=timedelta(hours=30))

    assert [each.outcome for each in found] == [Outcome.MISSED, Outcome.LATE, Outcome.LATE]


def test_a_missed_slot_says_for_how_long() -> None:
    (_, _, latest) = sort_out(NIGHTS, NOW, Policy(missed=Missed.LATEST))

    assert latest.reason == "Missed, and made up for 5:30:00 later (latest)"


def test_nothing_is_due_when_nothing_is_due() -> None:
    assert list(sort_out([], NOW, Policy(missed=Missed.ALL))) == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("{}", Policy(missed=Missed.LATEST)),
        ("", Policy(missed=Missed.LATEST)),
        (None, Policy(missed=Missed.LATEST)),
        ('{"missed": "skip"}', Policy(missed=Missed.SKIP)),
        ('{"missed": "all"}', Policy(missed=Missed.ALL, at_most=24)),
        ('{"missed": "all", "missed_at_most": 3, "other": 1}', Policy(missed=Missed.ALL, at_most=3)),
    ],
)
def test_people_override_the_policy_in_the_headers(headers: str | None, expected: Policy) -> None:
    assert policy_of(PeriodicTask(name="morning", headers=headers), GREET) == expected


@pytest.mark.parametrize(
    "headers",
    [
        "skip",
        "[]",
        '{"missed": "none"}',
        '{"missed": null}',
        '{"missed_at_most": "x"}',
        '{"missed_at_most": 0}',
    ],
)
def test_headers_that_are_no_policy_are_refused_with_a_sentence(headers: str) -> None:
    with pytest.raises(WrongPolicy, match="The headers of schedule morning are no policy"):
        policy_of(PeriodicTask(name="morning", headers=headers), GREET)
