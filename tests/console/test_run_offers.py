"""What may be done to a run; the page's own tests hold the table of states."""

import pytest

from console.run_offers import RunOffers
from jobs.models.run import Run
from jobs.models.state import State


def offers(state: State, *, known: bool = True, preview: bool = False, rejects: bool = False) -> set[str]:
    run = Run(job="greet", state=state)
    return set(RunOffers(run=run, is_known=known, is_preview=preview, can_repeat_rejects=rejects).names)


def test_only_a_preview_that_went_well_is_run_for_real() -> None:
    found = [offers(state, preview=True) for state in (State.SUCCEEDED, State.FAILED, State.RUNNING)]

    assert ["real-run" in each for each in found] == [True, False, False]


def test_of_a_job_that_is_gone_a_run_can_only_be_deleted() -> None:
    assert offers(State.FAILED, known=False, rejects=True) == {"deletion"}


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.PAUSED])
def test_what_is_not_over_is_neither_deleted_nor_repeated(state: State) -> None:
    assert not offers(state, rejects=True) & {"deletion", "retry", "edit", "rejects"}
