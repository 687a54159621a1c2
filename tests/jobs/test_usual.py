"""How long the runs of a job usually take."""

from datetime import UTC, datetime, timedelta
from typing import Any

from jobs.models import Run
from jobs.models.state import State
from jobs.usual import LOOKED_AT, MOST_OF_RUN, RUNS, Usual, usual_durations

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def usual_duration(job: str) -> Usual | None:
    return usual_durations([job]).get(job)


def ended(seconds: int, state: State = State.SUCCEEDED, **parameters: Any) -> Run:
    times = {"started_at": BEGAN, "finished_at": BEGAN + timedelta(seconds=seconds)}
    return Run(job="greet", state=state, parameters=parameters, **times)


def test_half_of_the_last_runs_take_up_to_the_median(db: None) -> None:
    Run.objects.bulk_create(ended(seconds) for seconds in range(1, 21))

    assert usual_duration("greet") == Usual(
        runs=20, median=timedelta(seconds=10.5), most=timedelta(seconds=19)
    )


def test_only_the_last_ones_count(db: None) -> None:
    Run.objects.bulk_create([ended(1_000), *(ended(5) for _ in range(RUNS))])

    assert usual_duration("greet") == Usual(runs=RUNS, median=timedelta(seconds=5), most=timedelta(seconds=5))


def test_previews_failures_and_other_jobs_do_not_count(db: None) -> None:
    other = ended(7)
    other.job = "other"
    Run.objects.bulk_create([ended(1, dry_run=True), ended(2, State.FAILED), other, ended(3, dry_run=False)])

    usual = usual_duration("greet")

    assert usual
    assert (usual.runs, usual.median) == (1, timedelta(seconds=3))


def test_of_several_jobs_each_has_its_own_with_one_statement(
    db: None, django_assert_num_queries: Any
) -> None:
    other = ended(7)
    other.job = "other"
    Run.objects.bulk_create([other, ended(3)])

    with django_assert_num_queries(1):
        usual = usual_durations(["greet", "other", "nightly"])

    assert {job: each.median.seconds for job, each in usual.items()} == {"greet": 3, "other": 7}


def test_beside_a_run_stands_what_its_job_usually_takes_at_most(db: None) -> None:
    other = Run(job="other")
    Run.objects.bulk_create([ended(3), ended(9), other])

    most = dict(Run.objects.annotate(most=MOST_OF_RUN).values_list("job", "most"))

    assert most == {"greet": timedelta(seconds=9), "other": None}


def test_a_job_without_a_success_has_none(db: None) -> None:
    Run.objects.bulk_create([ended(2, State.FAILED), Run(job="greet")])

    assert usual_duration("greet") is None


def test_what_failed_all_day_is_not_searched_to_its_beginning(db: None) -> None:
    Run.objects.bulk_create([ended(2), *(ended(2, State.FAILED) for _ in range(LOOKED_AT))])

    assert usual_duration("greet") is None
