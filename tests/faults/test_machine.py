"""No order of events breaks a run; and without its safeguards, some order does."""

from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from jobs.models import run as run_module
from jobs.models import run_queryset
from jobs.models.statements import CHECKPOINT, FINISH, OWN, REPORT
from tests.faults.conftest import FULL
from tests.faults.machine import HUNT, PROFILE, Machine
from tests.jobs.claimed import END_NO_SESSIONS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fence_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of dead attempts stay open: it is for the fence to refuse them."""
    monkeypatch.setattr(run_queryset, "END_SESSIONS", END_NO_SESSIONS)


class Zombies(Machine):
    """What is broken shows sooner where nobody asks for anything, and all act on the same run."""

    most_runs = 1
    ask = resume = renew = lose = report = None


class Reclaimed(Zombies):
    """Only leases that end let two attempts of a run meet."""

    end = deliver_and_forget = None


class Forgotten(Zombies):
    """Only a claim that the server forgot does."""

    end = die = reap = lease_ends = None


class Reporting(Zombies):
    report = Machine.report


class WithCheckpointOfItsOwn(Zombies):
    """The effects are committed before the checkpoint."""

    def batch(self) -> Any:
        return nullcontext()


STATE_ALONE = "id = %(id)s AND state = 'running'"
FENCES = {
    "none": ("id = %(id)s", Reclaimed),
    "no token": ("id = %(id)s AND attempt = %(attempt)s AND state = 'running'", Forgotten),
    "no token, no state": ("id = %(id)s AND attempt = %(attempt)s", Reclaimed),
}


# The search for some takes seconds.
SHOWN = FENCES if FULL else {"no token": FENCES["no token"]}


def test_no_order_of_events_breaks_a_run() -> None:
    run_state_machine_as_test(Machine, settings=PROFILE)


@pytest.mark.parametrize(("fence", "machine"), SHOWN.values(), ids=SHOWN)
def test_without_its_whole_fence_a_checkpoint_breaks_a_run(
    monkeypatch: pytest.MonkeyPatch, fence: str, machine: type[Machine]
) -> None:
    monkeypatch.setattr(run_module, "CHECKPOINT", CHECKPOINT.replace(OWN, fence))

    with pytest.raises(AssertionError, match=r"nobody but the owner may write|the effects are"):
        run_state_machine_as_test(machine, settings=HUNT)


@pytest.mark.parametrize(
    ("name", "statement", "machine"),
    [("FINISH", FINISH, Zombies), ("REPORT", REPORT, Reporting)][: 2 if FULL else 1],
)
def test_without_its_fence_no_other_write_is_safe(
    monkeypatch: pytest.MonkeyPatch, name: str, statement: str, machine: type[Machine]
) -> None:
    monkeypatch.setattr(run_module, name, statement.replace(OWN, STATE_ALONE))

    with pytest.raises(AssertionError, match="nobody but the owner may write"):
        run_state_machine_as_test(machine, settings=HUNT)


def test_a_checkpoint_in_a_transaction_of_its_own_breaks_a_run() -> None:
    with pytest.raises(AssertionError, match="the effects are"):
        run_state_machine_as_test(WithCheckpointOfItsOwn, settings=HUNT)
