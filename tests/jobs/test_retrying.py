"""Many runs are started once more, and those that cannot be are counted by the reason."""

import pytest
from django.contrib.auth.models import User

from jobs.models.run import Origin, Run
from jobs.models.state import State
from jobs.retrying import retry_all


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna")


def failed(job: str, **parameters: object) -> Run:
    return Run.objects.create(job=job, state=State.FAILED, parameters=parameters, queue="elsewhere")


def test_each_becomes_a_new_run_with_the_same_parameters(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.retrying.AT_ONCE", 2)
    old = [failed("import_products", path=f"/srv/{number}.csv") for number in range(5)]

    retried = retry_all([run.pk for run in old], started_by=anna, jobs=["import_products"])

    new = Run.objects.filter(state=State.QUEUED).order_by("pk")
    assert (retried.started, retried.refused) == (5, {})
    assert [run.parameters for run in new] == [run.parameters for run in old]
    assert {(run.queue, run.origin, run.started_by) for run in new} == {("bulk", Origin.CONSOLE, anna)}


def test_runs_keep_the_lane_of_their_job(anna: User) -> None:
    retry_all([failed("compute_daily_stats").pk], started_by=anna, jobs=["compute_daily_stats"])

    assert Run.objects.get(state=State.QUEUED).lane == "compute_daily_stats"


def test_of_a_job_that_runs_one_at_a_time_one_is_started(anna: User) -> None:
    old = [failed("cleanup_runs"), failed("cleanup_runs")]

    retried = retry_all([run.pk for run in old], started_by=anna, jobs=["cleanup_runs"])

    [(sentence, count)] = retried.refused.items()
    assert (retried.started, count) == (1, 1)
    assert "cleanup_runs runs one at a time" in sentence


def test_what_may_not_or_cannot_be_run_is_refused_with_a_reason(anna: User) -> None:
    old = [failed("gone"), failed("greet"), failed("greet")]

    retried = retry_all([run.pk for run in old], started_by=anna, jobs=["import_products"])

    assert retried.started == 0
    assert retried.refused == {"There is no job 'gone' any more": 1, "You may not run greet": 2}


def test_a_file_that_a_command_has_named_is_not_written_over_from_the_console(anna: User) -> None:
    old = failed("export_products", output="/srv/products.csv"), failed("export_products", output=None)

    retried = retry_all([run.pk for run in old], started_by=anna, jobs=["export_products"])

    [sentence] = retried.refused
    assert retried.started == 1
    assert "only a command or code may name a place on the server's disk" in sentence


def test_what_has_to_be_confirmed_is_not_run_again_among_many(anna: User) -> None:
    old = failed("bulk_update_prices", percent="10")

    retried = retry_all([old.pk], started_by=anna, jobs=["bulk_update_prices"])

    assert retried.started == 0
    assert Run.objects.count() == 1
