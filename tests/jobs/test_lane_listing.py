"""The limits that jobs declare, and who is under them."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import catalog
from jobs.job import Job, Overlap
from jobs.lane_listing import Rule, rule_words, rules
from jobs.models import Run
from jobs.models.state import Awaits, State
from tests.jobs.declared import do_everything

pytestmark = pytest.mark.django_db


def active(job: Job, state: State = State.QUEUED, **facts: Any) -> Run:
    parameters = facts.pop("parameters", {})
    return Run.objects.create(job=job.name, state=state, lane=job.lane(parameters), **facts)


def found(*running: Run) -> dict[str, Rule]:
    return {each.job: each for each in rules(running)}


def test_a_limit_says_how_many_run_and_how_many_wait() -> None:
    job = catalog.BULK_UPDATE_PRICES
    first = active(job, State.RUNNING)
    for _ in range(3):
        active(job)
    active(job, not_before=timezone.now() + timedelta(hours=1))
    active(job, awaits=Awaits.ENDS)
    active(job, State.SUCCEEDED, finished_at=timezone.now())

    (lane,) = found(first)[job.name].lanes

    assert (lane.running, lane.limit, lane.waiting, lane.runs) == (1, 1, 3, (first,))


def test_each_value_has_a_lane_of_its_own() -> None:
    job = catalog.MIGRATE_DATA
    runs = [active(job, State.RUNNING, parameters={"name": name}) for name in ("merge", "split")]

    lanes = found(*runs)[job.name].lanes

    assert [(each.value, each.runs) for each in lanes] == [("merge", (runs[0],)), ("split", (runs[1],))]


def test_every_job_with_a_limit_is_listed_and_those_with_active_runs_come_first() -> None:
    active(catalog.NORMALIZE_EMAILS)

    listed = [each.job for each in rules(())]

    assert listed[0] == "normalize_emails"
    assert sorted(listed) == sorted(job.name for job in catalog.JOBS.values() if job.has_lanes)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"overlap": Overlap.SKIP}, "one at a time: another is refused"),
        ({"overlap": Overlap.QUEUE}, "one at a time: others wait for their turn"),
        ({"at_most": 3}, "3 at a time: others wait for their turn"),
        (
            {"at_most": 3, "overlap_by": ("name",)},
            "3 at a time for each name: others wait for their turn",
        ),
    ],
)
def test_a_limit_in_words(options: dict[str, Any], words: str) -> None:
    assert rule_words(Job(function=do_everything, **options)) == words


def test_a_listing_takes_one_statement(django_assert_num_queries: Any) -> None:
    for name in "abcdef":
        active(catalog.MIGRATE_DATA, parameters={"name": name})

    with django_assert_num_queries(1):
        rules(())
