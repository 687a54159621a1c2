"""Errors make their own sentence."""

from jobs.exceptions import LeaseLost, OverlapRefused, StopReason, StopRequested, UnknownJob, did_you_mean


def test_an_unknown_job_names_the_nearest_one() -> None:
    error = UnknownJob("gret", ["greet", "import_products"])

    assert str(error) == "There is no job named 'gret'; did you mean 'greet'?"


def test_nothing_near_is_no_suggestion() -> None:
    assert did_you_mean("zzz", ["greet"]) == ""


def test_a_refused_overlap_names_the_active_run() -> None:
    assert "run 42 is active" in str(OverlapRefused("cleanup_runs", "42"))


def test_a_lost_lease_names_run_and_attempt() -> None:
    assert str(LeaseLost("42", 3)).startswith("Attempt 3 of run 42 is over")


def test_a_stop_is_not_eaten_by_a_job_that_catches_every_exception() -> None:
    assert not isinstance(StopRequested(StopReason.CANCELLED), Exception)
