from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from jobs.models import Attempt, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return Run.objects.create(job="greet")


def test_an_attempt_is_named_by_its_run_and_number(run: Run):
    attempt = Attempt.objects.create(run=run, number=2, worker="a@b:1", started_at=timezone.now())

    assert str(attempt) == f"{run.pk} attempt 2"


def test_a_finished_attempt_lasted_until_its_end(run: Run):
    began = timezone.now() - timedelta(days=1)
    attempt = Attempt(run=run, number=1, started_at=began, finished_at=began + timedelta(seconds=5))

    assert attempt.duration == timedelta(seconds=5)


def test_a_running_attempt_lasts_until_now(run: Run):
    attempt = Attempt(run=run, number=1, started_at=timezone.now())

    with time_machine.travel(attempt.started_at + timedelta(minutes=3), tick=False):
        assert attempt.duration == timedelta(minutes=3)


def test_attempts_come_in_order(run: Run):
    for number in (2, 1, 3):
        Attempt.objects.create(run=run, number=number, worker="a@b:1", started_at=timezone.now())

    assert [each.number for each in run.attempts.all()] == [1, 2, 3]


def test_a_number_is_given_once(run: Run):
    Attempt.objects.create(run=run, number=1, worker="a@b:1", started_at=timezone.now())

    with pytest.raises(IntegrityError, match="attempt_once"):
        Attempt.objects.create(run=run, number=1, worker="c@d:1", started_at=timezone.now())
