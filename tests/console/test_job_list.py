"""The jobs by subject."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from console.job_list import Listed, listed, subjects
from console.live.kinds import KINDS
from jobs.catalog import JOBS
from jobs.models import Queue, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun

pytestmark = pytest.mark.django_db


def of(name: str) -> Listed:
    return next(each for each in listed() if each.job.name == name)


def test_every_job_is_listed_once_under_its_subject() -> None:
    found = {job.job.name: subject.name for subject in subjects() for job in subject.jobs}

    assert found == {name: job.subject for name, job in JOBS.items()}
    assert len(listed()) == len(JOBS)


def test_the_last_result_is_of_a_run_that_has_ended(make_run: MakeRun) -> None:
    ended = make_run(State.FAILED, error="It broke")
    make_run(State.RUNNING)
    for _ in range(40):
        make_run(State.QUEUED)

    found = of("greet")

    assert found.last == ended
    assert (found.running, found.queued) == (1, 40)
    assert found.strip.bars.count("<a ") == 2


def test_only_the_last_thirty_runs_are_drawn(make_run: MakeRun) -> None:
    for _ in range(35):
        make_run(State.SUCCEEDED)

    assert of("greet").strip.words == "30 of 30 succeeded"


def test_how_long_it_usually_takes_is_what_its_page_says(make_run: MakeRun) -> None:
    now = timezone.now()
    for seconds, parameters in ((40, {}), (1, {"dry_run": True})):
        began = now - timedelta(seconds=seconds)
        make_run(State.SUCCEEDED, parameters=parameters, started_at=began, finished_at=now)

    assert of("greet").usual == timedelta(seconds=40)
    assert of("nightly").usual is None


def test_the_next_run_is_that_of_its_schedule() -> None:
    slot = of("cleanup_runs").next_slot

    assert slot is not None
    assert f"{slot:%H:%M}" == "03:30"
    assert of("greet").next_slot is None


def test_a_job_that_went_silent_says_so(make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED, created_at=timezone.now() - timedelta(days=94))
    PeriodicTask.objects.filter(name="nightly").update(last_run_at=timezone.now() - timedelta(days=3))

    assert of("greet").hint == "Last ran 94 days ago"
    assert of("nightly").hint == "Overdue by its schedule"
    assert of("import_products").hint == ""


def test_a_paused_queue_is_told_at_its_jobs() -> None:
    Queue.objects.pause("bulk")

    assert (of("import_products").is_paused, of("greet").is_paused) == (True, False)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("import orders", ["import_orders"]), ("PRODUCTS xlsx", ["export_products"]), ("nothing like it", [])],
)
def test_a_search_looks_for_all_of_its_words(wanted: str, found: list[str]) -> None:
    assert [job.job.name for subject in subjects(wanted) for job in subject.jobs] == found


def test_without_a_script_the_form_searches(as_reader: Client) -> None:
    body = as_reader.get("/jobs/?search=greet").content.decode()

    assert 'href="/jobs/greet/"' in body
    assert 'href="/jobs/nightly/"' not in body


def test_nothing_found_is_another_sentence_than_nothing_there(as_reader: Client, make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)
    body = as_reader.get("/jobs/?search=<b>x").content.decode()

    assert "No job matches “&lt;b&gt;x”" in body
    assert "Nothing has run yet" not in body


def test_its_pictures_are_the_rows_of_the_page(as_reader: Client, make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)
    body = as_reader.get("/jobs/").content.decode()

    regions = KINDS["jobs"](["all"])["all"].render()

    assert set(regions) == {f"job-{name}" for name in JOBS}
    assert all(f'data-live="{name}"' in body for name in regions)
    assert "1 of 1 succeeded" in regions["job-greet"]


def test_only_what_happens_changes_its_fingerprint(make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)

    before = [KINDS["jobs"](["all"])["all"].fingerprint for _ in range(2)]
    Run.objects.update(state=State.FAILED)
    after = KINDS["jobs"](["all"])["all"].fingerprint

    assert before[0] == before[1] != after


def test_more_runs_cost_no_more_queries(make_run: MakeRun, django_assert_num_queries: Any) -> None:
    for job in list(JOBS) * 3:
        make_run(State.SUCCEEDED, job=job)

    with django_assert_num_queries(5):
        listed()
