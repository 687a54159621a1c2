"""The queues, and what waits in each."""

import pytest

from jobs.models import Queue, Run
from jobs.models.state import State
from jobs.queue_listing import UnknownQueue, find_queue, queue_table, queues
from jobs.terminal import printed

pytestmark = pytest.mark.django_db


def test_the_queues_of_the_catalog_are_listed_with_their_runs() -> None:
    for state in (State.QUEUED, State.QUEUED, State.RUNNING, State.PAUSED):
        Run.objects.create(job="greet", state=state)

    counts = {each.queue: (each.queued, each.running, each.paused_at) for each in queues()}

    assert counts == {"bulk": (0, 0, None), "default": (2, 1, None)}


def test_a_queue_that_only_a_run_names_is_listed() -> None:
    Run.objects.create(job="greet", queue="night")

    assert [each.queue for each in queues()] == ["bulk", "default", "night"]


def test_a_paused_queue_says_since_when() -> None:
    Queue.objects.pause("bulk")

    paused = find_queue("bulk").paused_at

    assert paused is not None
    assert f"{paused:%Y-%m-%d %H:%M:%S}" in printed(queue_table(queues()), is_terminal=False)


def test_a_mistyped_name_is_told_the_nearest_one() -> None:
    with pytest.raises(UnknownQueue, match="did you mean 'bulk'"):
        find_queue("bulkk")
