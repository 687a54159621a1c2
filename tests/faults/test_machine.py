"""No order of events breaks a run; and without its safeguards, some order does."""

from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from jobs.models import run as run_module
from jobs.models.statements import CHECKPOINT, FINISH, OWN, REPORT
from tests.faults.machine import HUNT, PROFILE, Machine

pytestmark = pytest.mark.django_db(transaction=True)

FENCES = {
    "none": "id = %(id)s",
    "the state alone": "id = %(id)s AND state = 'running'",
    "no token": "id = %(id)s AND attempt = %(attempt)s AND state = 'running'",
    "no token, no state": "id = %(id)s AND attempt = %(attempt)s",
}


class WithCheckpointOfItsOwn(Machine):
    """The effects are committed before the checkpoint."""

    def batch(self) -> Any:
        return nullcontext()


def test_no_order_of_events_breaks_a_run() -> None:
    run_state_machine_as_test(Machine, settings=PROFILE)


@pytest.mark.parametrize("fence", FENCES.values(), ids=FENCES)
def test_without_its_whole_fence_a_checkpoint_breaks_a_run(
    monkeypatch: pytest.MonkeyPatch, fence: str
) -> None:
    monkeypatch.setattr(run_module, "CHECKPOINT", CHECKPOINT.replace(OWN, fence))

    with pytest.raises(AssertionError, match="nobody but the owner may write|the effects are"):
        run_state_machine_as_test(Machine, settings=HUNT)


@pytest.mark.parametrize(("name", "statement"), [("REPORT", REPORT), ("FINISH", FINISH)])
def test_without_its_fence_no_other_write_is_safe(
    monkeypatch: pytest.MonkeyPatch, name: str, statement: str
) -> None:
    monkeypatch.setattr(run_module, name, statement.replace(OWN, FENCES["none"]))

    with pytest.raises(AssertionError, match="nobody but the owner may write"):
        run_state_machine_as_test(Machine, settings=HUNT)


def test_a_checkpoint_in_a_transaction_of_its_own_breaks_a_run() -> None:
    with pytest.raises(AssertionError, match="the effects are"):
        run_state_machine_as_test(WithCheckpointOfItsOwn, settings=HUNT)
