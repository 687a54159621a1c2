"""Failures that nobody has looked at."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from console import failures
from console.failures import acknowledge_all, unseen_failures
from jobs.models import Acknowledgement, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun

pytestmark = pytest.mark.django_db


def failed(make_run: MakeRun, *, minutes: int = 0, **facts: object) -> Run:
    ended = timezone.now() - timedelta(minutes=minutes)
    return make_run(State.FAILED, **{"error": "It broke", "finished_at": ended, **facts})


def test_the_failures_of_a_job_are_told_together_with_the_last_one(make_run: MakeRun) -> None:
    first, last = failed(make_run, minutes=9), failed(make_run, minutes=1, error="It broke again\nTraceback")
    failed(make_run, minutes=5, job="nightly")

    greet, nightly = unseen_failures()

    assert (greet.job, greet.count, greet.last.pk, greet.error) == ("greet", 2, last.pk, "It broke again")
    assert greet.since == first.finished_at
    assert (nightly.title, nightly.count) == ("Nightly", 1)


def test_one_that_left_no_error_is_told_too(make_run: MakeRun) -> None:
    failed(make_run, error="")

    assert [each.error for each in unseen_failures()] == [""]


@pytest.mark.parametrize("state", sorted(set(State) - {State.FAILED}))
def test_what_has_not_failed_is_no_failure(make_run: MakeRun, state: State) -> None:
    make_run(state, error="Cancelled before it began")

    assert unseen_failures() == []


def test_what_failed_more_than_a_week_ago_is_history(make_run: MakeRun) -> None:
    failed(make_run, minutes=8 * 24 * 60)

    assert unseen_failures() == []


def test_a_failure_below_one_that_failed_too_is_told_by_that_one(make_run: MakeRun) -> None:
    parent = failed(make_run, job="nightly")
    failed(make_run, parent=parent)

    assert [each.job for each in unseen_failures()] == ["nightly"]


def test_a_failure_below_a_run_that_bore_it_is_told(make_run: MakeRun) -> None:
    failed(make_run, parent=make_run(State.SUCCEEDED, job="nightly"))

    assert [each.job for each in unseen_failures()] == ["greet"]


def test_of_very_many_only_the_last_are_told(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "MOST", 2)
    for minutes in range(5):
        failed(make_run, minutes=minutes)

    assert [each.count for each in unseen_failures()] == [2]


def test_marking_all_leaves_out_other_jobs_and_what_came_later(make_run: MakeRun, operator: User) -> None:
    seen = failed(make_run, minutes=9)
    failed(make_run, minutes=9, job="nightly")
    failed(make_run, minutes=1)

    count = acknowledge_all(operator, until=timezone.now() - timedelta(minutes=5), job="greet")

    assert count == 1
    assert list(Acknowledgement.objects.values_list("run", flat=True)) == [seen.pk]


def test_opening_a_failed_run_is_to_have_seen_it(
    as_operator: Client, operator: User, make_run: MakeRun
) -> None:
    run = failed(make_run)

    for _ in range(2):
        as_operator.get(f"/runs/{run.pk}/")

    assert Acknowledgement.objects.get().user == operator
    assert unseen_failures() == []


def test_a_look_of_somebody_who_can_do_nothing_about_it_does_not_count(
    as_reader: Client, make_run: MakeRun
) -> None:
    run = failed(make_run)

    as_reader.get(f"/runs/{run.pk}/")

    assert len(unseen_failures()) == 1


def test_running_it_again_is_to_have_seen_it(as_operator: Client, make_run: MakeRun) -> None:
    run = failed(make_run, parameters={"name": "World"})

    as_operator.post(f"/runs/{run.pk}/retries/")

    assert unseen_failures() == []
    assert Run.objects.count() == 2


def test_a_run_that_has_not_failed_is_not_marked(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.SUCCEEDED)

    as_operator.get(f"/runs/{run.pk}/")

    assert not Acknowledgement.objects.exists()
