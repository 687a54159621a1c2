"""The night: in order, to its end or to the first failure."""

import pytest

from jobs import catalog
from jobs.exceptions import CalledJobFailed
from jobs.foreground import run_here
from jobs.models import Run
from jobs.services.nightly import NIGHTLY, nightly

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_jobs_of_the_night_can_be_run_without_a_parameter() -> None:
    for name in NIGHTLY:
        job = catalog.get(name)
        assert job.parameters.parse({}) is not None


def test_each_job_has_a_run_below_the_night_in_their_order() -> None:
    run = run_here(catalog.NIGHTLY, {"jobs": ["cleanup_runs", "cleanup_runs"]})

    below = [(each.job, each.state) for each in Run.objects.filter(parent=run).order_by("pk")]
    assert (run.state, run.done, run.total, below) == (
        "succeeded",
        2,
        2,
        [("cleanup_runs", "succeeded")] * 2,
    )
    assert run.result["succeeded"] == 2


@pytest.mark.parametrize(("keep_going", "begun"), [(False, []), (True, ["cleanup_runs"])])
def test_a_job_that_fails_fails_the_night_and_ends_it_where_it_is_not_to_go_on(
    keep_going: bool, begun: list[str]
) -> None:
    run = run_here(catalog.NIGHTLY, {"jobs": ["greet", "cleanup_runs"], "keep_going": keep_going})

    assert [each.job for each in Run.objects.filter(parent=run)] == begun
    assert run.state == "failed"
    assert run.error.startswith("greet did not succeed; greet needs 'name'")


def test_from_plain_python_it_raises_what_went_wrong() -> None:
    with pytest.raises(CalledJobFailed, match="2 of 2 jobs did not succeed: greet, greeet; greet needs"):
        nightly(jobs=["greet", "greeet"], keep_going=True)
