"""Queues held and let go from their page."""

from typing import Any

import pytest
from django.test import Client

from jobs.models import AuditLog, Heartbeat, Queue, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun

PAUSE, RESUME = "/queues/bulk/pause/", "/queues/bulk/resumption/"


def test_a_pause_is_kept_with_who_and_why(as_operator: Client, make_run: MakeRun) -> None:
    make_run(State.RUNNING, queue="bulk")

    page = as_operator.post(PAUSE, {"reason": " the <disk> is full "}, follow=True).content.decode()

    held = Queue.objects.get()
    assert (str(held.paused_by), held.reason) == ("operator", "the <disk> is full")
    assert "what runs goes on (1 now)" in page
    assert "by operator: “the &lt;disk&gt; is full”" in page


def test_a_pause_needs_no_reason(as_operator: Client) -> None:
    as_operator.post(PAUSE)

    assert Queue.objects.paused() == {"bulk"}


def test_a_resumption_opens_it_again(as_operator: Client, make_run: MakeRun) -> None:
    Queue.objects.pause("bulk")
    make_run(queue="bulk")

    page = as_operator.post(RESUME, follow=True).content.decode()

    assert Queue.objects.paused() == set()
    assert "what is due (1 now) begins" in page


def test_each_change_is_in_the_audit_once(as_operator: Client) -> None:
    for path in (PAUSE, PAUSE, RESUME, RESUME):
        as_operator.post(path, {"reason": "the disk is full"})

    assert list(AuditLog.objects.order_by("pk").values_list("action", "target", "details")) == [
        ("paused queue", "bulk", {"before": "open", "after": "paused", "reason": "the disk is full"}),
        ("resumed queue", "bulk", {"before": "paused", "after": "open"}),
    ]


def test_a_second_pause_leaves_the_first_as_it_was(as_operator: Client) -> None:
    Queue.objects.pause("bulk", reason="the first")

    page = as_operator.post(PAUSE, {"reason": "the second"}, follow=True).content.decode()

    assert Queue.objects.get().reason == "the first"
    assert "was paused already" in page


@pytest.mark.parametrize("path", [PAUSE, RESUME, "/queues/made-up/pause/"])
def test_a_reader_changes_nothing(path: str, as_reader: Client) -> None:
    assert as_reader.post(path).status_code == 403
    assert Queue.objects.count() == 0


@pytest.mark.parametrize("name", ["bulkk", "a/b", "%00"])
def test_a_queue_that_there_is_not_cannot_be_paused(name: str, as_operator: Client) -> None:
    assert as_operator.post(f"/queues/{name}/pause/").status_code == 404
    assert Queue.objects.count() == 0


def test_a_queue_of_any_name_has_its_page_and_its_pause(as_operator: Client, make_run: MakeRun) -> None:
    name = "a/b c\"'<é>"
    make_run(queue=name)

    assert as_operator.get("/queues/").status_code == 200
    as_operator.post(f"/queues/{name}/pause/")

    assert Queue.objects.paused() == {name}


def test_a_reason_has_an_end(as_operator: Client) -> None:
    as_operator.post(PAUSE, {"reason": "x\x00" * 2_000})

    assert Queue.objects.get().reason == "x" * 500


def test_a_reader_sees_everything_and_is_offered_nothing(as_reader: Client) -> None:
    Queue.objects.pause("bulk", reason="the disk is full")

    page = as_reader.get("/queues/").content.decode()

    assert "the disk is full" in page
    assert "data-offer" not in page


@pytest.mark.parametrize(("address", "is_linked"), [("https://flower.example.org/", True), ("", False)])
def test_flower_is_linked_where_it_is(
    address: str, is_linked: bool, as_reader: Client, settings: Any
) -> None:
    settings.FLOWER_URL = address

    assert ("Open Flower" in as_reader.get("/queues/").content.decode()) is is_linked


def test_it_answers_in_twelve_queries(
    as_operator: Client, make_run: MakeRun, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        Heartbeat.objects.beat("worker", f"celery@{number}", queues=["bulk"], processes=2)
        make_run(State.RUNNING, worker=f"celery@{number}", queue=f"queue {number}")

    with django_assert_max_num_queries(12):
        as_operator.get("/queues/")
    assert Run.objects.count() == 12
