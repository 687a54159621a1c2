"""The second person, at the page of a run."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from console.approvals import approval_of
from jobs import audit
from jobs.models import AuditLog, Run
from jobs.models.state import Awaits, State
from tests.console.conftest import MakeRun, signed_in


@pytest.fixture
def approver(db: None) -> User:
    user = User.objects.create_user("approver")
    user.user_permissions.set(Permission.objects.filter(codename="approve_run"))
    return user


@pytest.fixture
def run(make_run: MakeRun, operator: User) -> Run:
    run = make_run(awaits=Awaits.PERSON, started_by=operator)
    audit.write("confirmed", run.pk, user=operator, reason="The feed is wrong", counted="7 changed")
    return run


@pytest.fixture
def as_approver(approver: User) -> Client:
    return signed_in(approver)


def test_who_may_decide_reads_who_started_it_and_why(as_approver: Client, run: Run) -> None:
    page = as_approver.get(f"/runs/{run.pk}/").content.decode()

    assert "operator started it: “The feed is wrong”" in page
    assert "7 changed" in page
    assert f'action="/runs/{run.pk}/approval/"' in page


def test_who_started_it_reads_who_may_decide(as_operator: Client, approver: User, run: Run) -> None:
    page = as_operator.get(f"/runs/{run.pk}/").content.decode()

    assert "somebody else has to decide: approver." in page
    assert "/approval/" not in page


def test_where_nobody_may_decide_it_says_so(run: Run, operator: User) -> None:
    found = approval_of(run, operator)

    assert found is not None
    assert found.who == "nobody yet; somebody has to be given the right to approve"


def test_what_is_decided_shows_it_no_more(as_approver: Client, make_run: MakeRun) -> None:
    page = as_approver.get(f"/runs/{make_run(State.CANCELLED, awaits=Awaits.PERSON).pk}/").content.decode()

    assert "approval of a second person" not in page


def test_approved_it_goes_on_and_is_in_the_audit(as_approver: Client, approver: User, run: Run) -> None:
    answer = as_approver.post(f"/runs/{run.pk}/approval/", follow=True)

    run.refresh_from_db()
    entry = AuditLog.objects.get(action="approved")
    assert (run.state, run.awaits) == (State.QUEUED, "")
    assert (entry.user, entry.target, entry.job) == (approver, str(run.pk), "greet")
    assert "Approved: it begins" in answer.content.decode()


def test_declined_it_is_cancelled_with_the_reason(as_approver: Client, run: Run) -> None:
    as_approver.post(f"/runs/{run.pk}/refusal/", {"reason": "Not\x00 today"})

    run.refresh_from_db()
    assert (run.state, run.error) == (State.CANCELLED, "Declined by approver: Not today")
    assert AuditLog.objects.get(action="declined").details == {"reason": "Not today"}


def test_nothing_is_declined_without_a_reason(as_approver: Client, run: Run) -> None:
    answer = as_approver.post(f"/runs/{run.pk}/refusal/", {"reason": "  "}, follow=True)

    run.refresh_from_db()
    assert run.state == State.QUEUED
    assert "Say why you decline it" in answer.content.decode()


def test_nobody_approves_their_own(as_operator: Client, operator: User, run: Run) -> None:
    operator.user_permissions.add(Permission.objects.get(codename="approve_run"))

    answer = as_operator.post(f"/runs/{run.pk}/approval/", follow=True)

    run.refresh_from_db()
    assert run.awaits == Awaits.PERSON
    assert "somebody else has to decide" in answer.content.decode()


@pytest.mark.parametrize("action", ["approval", "refusal"])
def test_what_does_not_wait_is_not_decided(as_approver: Client, make_run: MakeRun, action: str) -> None:
    answer = as_approver.post(f"/runs/{make_run().pk}/{action}/", {"reason": "No"}, follow=True)

    assert "There was nothing to decide" in answer.content.decode()


@pytest.mark.parametrize("action", ["approval", "refusal"])
def test_who_may_start_may_not_therefore_decide(as_operator: Client, run: Run, action: str) -> None:
    assert as_operator.post(f"/runs/{run.pk}/{action}/").status_code == 403
