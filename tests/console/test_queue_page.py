"""What the page of queues and workers makes of what there is."""

from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from console.live.kinds import KINDS
from console.queue_page import QueuesPage, queues_page
from jobs.models import Heartbeat, Queue, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.jobs.people import make_private

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_works(db: None) -> None:
    """A worker of another test may have taken its leave only just now."""
    Heartbeat.objects.all().delete()


def works(name: str = "celery@a", kind: str = "worker", **facts: Any) -> None:
    values = {"queues": ["bulk", "default"], "processes": 2, **facts}
    Heartbeat.objects.create(kind=kind, name=name, **{"seen_at": timezone.now(), **values})


def sentences(page: QueuesPage) -> list[str]:
    return [each.sentence for each in page.notices]


def shown(name: str, page: QueuesPage) -> str:
    return render_to_string(f"console/queues_{name}.html", {"page": page})


def test_where_nobody_works_each_missing_process_has_its_command() -> None:
    page = queues_page()

    assert [each.command for each in page.notices] == [
        "celery -A project worker --queues bulk,default",
        "celery -A project beat",
    ]
    assert "A worker shows itself here within seconds" in shown("workers", page)


def test_a_service_that_is_well_has_no_notices() -> None:
    works()
    works("beat", "beat")

    assert queues_page().notices == []


def test_a_queue_that_no_worker_takes_is_told_with_the_command_for_it() -> None:
    works(queues=["default"])
    works("beat", "beat")
    Run.objects.create(job="greet", queue="bulk")
    Run.objects.create(job="greet", queue="night", not_before=timezone.now() + timedelta(hours=1))

    page = queues_page()

    assert sentences(page) == [
        "No worker takes the queue bulk: runs wait for one.",
        "No worker takes the queue night: what is queued there will wait.",
    ]
    assert page.notices[1].command == "celery -A project worker --queues night"


def test_a_beat_that_went_silent_is_missed() -> None:
    works()
    works("beat", "beat", seen_at=timezone.now() - timedelta(minutes=5))

    assert sentences(queues_page()) == ["No beat was heard from: no schedule fires."]


def test_who_stopped_as_asked_is_apart_from_who_went_silent() -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    works("celery@silent", seen_at=long_ago)
    works("celery@stopped", seen_at=long_ago, ended_at=long_ago)

    page = queues_page()

    assert [each.name for each in page.present] == ["celery@silent"]
    assert [each.name for each in page.gone] == ["celery@stopped"]
    assert "It died, hangs, or cannot reach the database" in shown("workers", page)


def test_of_beats_only_the_one_that_was_heard_from_last_is_shown() -> None:
    works("beat", "beat", seen_at=timezone.now() - timedelta(minutes=5))
    works("beat, standing in", "beat")

    page = queues_page()

    assert [each.name for each in page.present] == ["beat, standing in"]
    assert "cut off with its lock in hand" in shown("workers", page)


def test_a_worker_says_what_it_is_doing(make_run: MakeRun) -> None:
    works()
    run = make_run(State.RUNNING, worker="celery@a", done=30, total=120, message="<b>Reading</b>")

    html = shown("workers", queues_page())

    assert (f"/runs/{run.pk}/" in html, 'value="25"' in html, "1 of 2 busy" in html) == (True, True, True)
    assert "&lt;b&gt;Reading" in html
    assert "<b>Reading" not in html


def test_a_worker_that_performs_what_is_private_is_busy_and_does_not_say_with_what(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_private(monkeypatch, "greet")
    works()
    run = make_run(State.RUNNING, worker="celery@a")

    html = shown("workers", queues_page())

    assert ("1 of 2 busy" in html, "Waits for a run" in html) == (True, False)
    assert (str(run.pk) in html, "greet" in html) == (False, False)


def test_a_run_of_which_nobody_knows_the_worker_is_not_left_out(make_run: MakeRun) -> None:
    make_run(State.RUNNING, worker="")

    assert "<code>not known</code>" in shown("workers", queues_page())


@pytest.mark.parametrize(("release", "is_told"), [("0.0.1", True), ("", False)])
def test_a_worker_that_was_not_restarted_is_told_by_its_release(release: str, is_told: bool) -> None:
    works(release=release)

    assert ("this console is" in shown("workers", queues_page())) is is_told


def test_a_worker_of_an_older_release_does_not_say_what_it_takes() -> None:
    works(queues=[], processes=0)

    assert "does not say what it takes" in shown("workers", queues_page())


def test_a_bar_has_the_shares_of_what_a_queue_holds(make_run: MakeRun) -> None:
    make_run(State.RUNNING)
    for _ in range(2):
        make_run()
    make_run(not_before=timezone.now() + timedelta(hours=1))

    (bar,) = (card.parts for card in queues_page().cards if card.queue.queue == "default")

    assert [(part.name, part.start, part.length) for part in bar] == [
        ("running", "0.00", "25.00"),
        ("due", "25.00", "50.00"),
        ("delayed", "75.00", "25.00"),
    ]


def test_a_limit_in_force_shows_who_runs_and_how_many_wait(make_run: MakeRun) -> None:
    lane = "bulk_update_prices"
    first = make_run(State.RUNNING, job=lane, lane=lane)
    for _ in range(3):
        make_run(job=lane, lane=lane)

    page = queues_page()
    html = " ".join(shown("limits", page).split())

    assert [each.job for each in page.rules_in_use] == [lane]
    assert (f"/runs/{first.pk}/" in html, "1 of 1" in html, "3 due" in html) == (True, True, True)


def test_each_queue_offers_what_it_is_not(make_run: MakeRun) -> None:
    Queue.objects.pause("bulk")

    assert queues_page().offers == {"resume bulk", "pause default"}


def test_it_takes_six_queries_however_much_there_is(
    make_run: MakeRun, django_assert_num_queries: Any
) -> None:
    for number in range(12):
        works(f"celery@{number}")
        make_run(State.RUNNING, worker=f"celery@{number}", queue=f"queue {number}")
        make_run(job="migrate_data", lane=f'migrate_data ["{number}"]')

    with django_assert_num_queries(6):
        KINDS["queues"](["all"])["all"].render()


def test_what_is_live_is_what_the_page_shows() -> None:
    works()

    regions = KINDS["queues"](["all", "no such"])["all"].render()

    assert regions.keys() == {"notices", "workers", "limits", "queue bulk", "queue default"}


def test_time_that_goes_by_is_no_news_and_a_word_of_a_worker_is() -> None:
    works()
    Run.objects.create(job="greet")
    first, second = (KINDS["queues"](["all"])["all"].fingerprint for _ in "ab")
    Heartbeat.objects.update(seen_at=timezone.now())

    assert first == second != KINDS["queues"](["all"])["all"].fingerprint


def test_nobody_looks_at_what_nobody_watches(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert KINDS["queues"](["no such"]) == {}
