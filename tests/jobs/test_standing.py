"""How a run stands, in one sentence."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs.models import Run
from jobs.models.state import State
from jobs.standing import standings

pytestmark = pytest.mark.django_db
CURSOR = {"write": {"at": 12_000, "done": 12_000}}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": State.RUNNING, "began": True}, ", and runs on celery@here."),
        (
            {"state": State.RUNNING, "began": True, "wish": "pause"},
            "it stops at its next checkpoint, and can",
        ),
        ({"state": State.RUNNING, "began": True, "wish": "cancel"}, "killed after a grace"),
        ({"state": State.RUNNING, "began": True, "wish": "kill"}, "ends its process within seconds"),
        (
            {"state": State.PAUSED, "began": True, "cursor": CURSOR},
            "Resumed, it goes on after 12,000 (write).",
        ),
        ({"state": State.PAUSED}, "Resumed, it begins at the beginning."),
        ({"state": State.SUCCEEDED, "began": True, "ended": True}, "It succeeded "),
        ({"state": State.FAILED, "began": True, "ended": True}, ", after 90 s, in attempt 1."),
        ({"state": State.CANCELLED, "began": True, "ended": True}, "It was cancelled "),
        ({"state": State.CANCELLED, "ended": True}, "and never began."),
        ({"state": State.QUEUED, "awaits": "person"}, "a second person's approval"),
    ],
)
def test_each_state_has_its_sentence(values: dict[str, Any], said: str) -> None:
    ended = timezone.now()
    began = ended - timedelta(seconds=90)
    if values.pop("began", False):
        values |= {"attempt": 1, "worker": "celery@here", "started_at": began, "wished_at": ended}
    if values.pop("ended", False):
        values["finished_at"] = ended
    run = Run.objects.create(job="greet", **values)

    assert said in str(standings(list(Run.objects.placed()))[run.pk])


def test_a_lease_that_is_over_is_told() -> None:
    past = timezone.now() - timedelta(seconds=5)
    run = Run.objects.create(job="greet", state=State.RUNNING, worker="celery@here", lease_until=past)

    assert "another one takes the run over" in str(standings(list(Run.objects.placed()))[run.pk])
