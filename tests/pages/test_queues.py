"""Queues and workers as people see them."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from jobs.models import Heartbeat, Queue, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.pages.axe import SCHEMES, violations
from tests.pages.conftest import OpenPage


@pytest.fixture(autouse=True)
def _nobody_works(transactional_db: None) -> None:
    """A worker of another test may have taken its leave only just now."""
    Heartbeat.objects.all().delete()


@pytest.fixture
def busy(make_run: MakeRun) -> Run:
    Heartbeat.objects.beat("worker", "celery@a", queues=["bulk"], processes=2)
    Heartbeat.objects.beat("beat", "beat")
    make_run(queue="bulk")
    make_run(job="bulk_update_prices", lane="bulk_update_prices", queue="bulk")
    return make_run(State.RUNNING, worker="celery@a", queue="bulk", done=10, total=100, message="Reading")


def test_a_queue_is_paused_with_a_reason_and_resumed(page: Page, busy: Run) -> None:
    page.goto("/queues/")
    queue = page.get_by_role("region", name="Queue bulk")

    queue.get_by_text("Pause…").click()
    queue.get_by_label("Why").fill("the disk is full")
    queue.get_by_role("button", name="Pause bulk").click()
    expect(page.get_by_text("bulk is paused: no worker begins a run of it")).to_be_visible()
    expect(queue.get_by_text("by boss: “the disk is full”")).to_be_visible()
    held = Queue.objects.paused()
    queue.get_by_role("button", name="Resume bulk").click()

    expect(queue.get_by_text("Open")).to_be_visible()
    assert (held, Queue.objects.paused()) == ({"bulk"}, set())


def test_what_others_do_is_shown_without_a_reload(page: Page, busy: Run) -> None:
    page.goto("/queues/")
    page.evaluate("window.stayed = true")
    expect(page.locator(".work progress")).to_have_attribute("value", "10")

    Queue.objects.pause("bulk", reason="the disk is full")
    Run.objects.filter(pk=busy.pk).update(done=60)

    expect(page.locator(".work progress")).to_have_attribute("value", "60")
    expect(page.get_by_role("button", name="Resume bulk")).to_be_visible()
    expect(page.get_by_text("the disk is full")).to_be_visible()
    assert page.evaluate("window.stayed")


def test_a_reason_that_is_being_typed_is_left_alone(page: Page, busy: Run) -> None:
    page.goto("/queues/")
    queue = page.get_by_role("region", name="Queue bulk")
    queue.get_by_text("Pause…").click()
    queue.get_by_label("Why").fill("the disk is")

    Run.objects.filter(pk=busy.pk).update(done=60)

    expect(page.locator(".work progress")).to_have_attribute("value", "60")
    expect(queue.get_by_label("Why")).to_have_value("the disk is")
    expect(queue.get_by_label("Why")).to_be_focused()


def test_a_reader_sees_it_and_has_no_buttons(reader_page: Page, busy: Run) -> None:
    reader_page.goto("/queues/")

    expect(reader_page.get_by_text("1 of 2 busy")).to_be_visible()
    expect(reader_page.get_by_text("Pause…")).to_have_count(0)


def test_where_nobody_works_it_says_how_to_start_one(reader_page: Page) -> None:
    reader_page.goto("/queues/")

    expect(reader_page.get_by_text("Nobody works yet")).to_be_visible()
    expect(reader_page.get_by_text("celery -A project beat")).to_be_visible()


@pytest.mark.parametrize("narrow", [False, True])
def test_everybody_can_use_it_on_every_screen(
    open_page: OpenPage, boss: User, busy: Run, narrow: bool
) -> None:
    Queue.objects.pause("default", by=boss, reason="a_very_long_word_" * 12)
    Heartbeat.objects.create(kind="worker", name="w" * 80, seen_at=timezone.now(), queues=["q" * 50])
    page = open_page(boss, narrow=narrow)
    page.goto("/queues/")
    page.get_by_text("Pause…").first.click()

    assert [violations(page, scheme) for scheme in SCHEMES] == [[], []]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
