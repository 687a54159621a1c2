"""The second person."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from jobs import queue
from jobs.approval import approve, decline, may_decide, waits_for_approval
from jobs.models import Run
from jobs.models.state import Awaits, State
from tests.jobs.claimed import claim, fresh, queued, these
from tests.jobs.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return person("add_run", "approve_run")


@pytest.fixture
def bob() -> User:
    return person("approve_run")


@pytest.fixture
def run(ada: User) -> Run:
    return queued(awaits=Awaits.PERSON, started_by=ada)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    runs: list[Run] = []
    monkeypatch.setattr(queue, "announce", runs.append)
    return runs


@pytest.mark.parametrize("attended", [True, False])
def test_nobody_begins_what_waits_for_a_person(run: Run, attended: bool) -> None:
    assert claim(run, attended=attended) is None


def test_the_dispatcher_wakes_no_run_that_waits_for_a_person(run: Run) -> None:
    Run.objects.wake()

    assert fresh(run).awaits == Awaits.PERSON


def test_approved_by_another_it_goes_on(
    run: Run, bob: User, announced: list[Run], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert approve(run, bob)

    assert announced == [run]
    assert claim(run) is not None


def test_nobody_approves_or_declines_what_they_have_started(run: Run, ada: User) -> None:
    assert not may_decide(ada, run)
    assert not approve(run, ada)
    assert not decline(run, ada, "No")
    assert waits_for_approval(fresh(run))


def test_without_the_permission_one_may_not_decide(run: Run, bob: User) -> None:
    assert may_decide(bob, run)
    assert not may_decide(person("add_run"), run)


def test_what_was_started_by_somebody_who_is_gone_is_approved_by_anybody(ada: User) -> None:
    assert approve(queued(awaits=Awaits.PERSON), ada)


def test_declined_it_is_cancelled_with_the_sentence(run: Run, bob: User) -> None:
    assert decline(run, bob, "Not before Monday")

    after = fresh(run)
    assert (after.state, after.awaits, after.finished_at is None) == (State.CANCELLED, "", False)
    assert after.error == f"Declined by {bob.username}: Not before Monday"


def test_it_is_decided_once(run: Run, bob: User) -> None:
    approve(run, bob)

    assert not approve(run, bob)
    assert not decline(run, bob, "No")


def test_a_run_for_later_waits_for_its_time_after_the_approval(ada: User, bob: User) -> None:
    later = timezone.now() + timedelta(hours=1)
    run = queued(awaits=Awaits.PERSON, started_by=ada, not_before=later, publish_after=later)

    approve(run, bob)

    assert fresh(run).publish_after == later


def test_paused_and_resumed_it_waits_still(run: Run, bob: User) -> None:
    these(run).pause()
    these(run).resume()

    assert waits_for_approval(fresh(run))


def test_approved_while_it_is_paused_it_is_not_announced(
    run: Run, bob: User, announced: list[Run], django_capture_on_commit_callbacks: Any
) -> None:
    these(run).pause()

    with django_capture_on_commit_callbacks(execute=True):
        assert approve(run, bob)

    assert (announced, fresh(run).awaits) == ([], "")
