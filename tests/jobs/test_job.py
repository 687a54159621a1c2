"""The declaration."""

from datetime import timedelta

from jobs.job import Job, Retry
from jobs.services.greetings import greet
from jobs.services.products import import_products
from tests.jobs.declared import do_everything


def test_name_title_and_summary_come_from_the_function() -> None:
    job = Job(function=do_everything)

    assert (job.name, job.title, job.summary) == ("do_everything", "Do everything", "Take one of each.")


def test_the_wait_doubles_up_to_the_longest() -> None:
    retry = Retry(on=(OSError,), delay=timedelta(seconds=10), longest=timedelta(seconds=35), jitter=0)

    waits = [retry.wait_after(attempt).total_seconds() for attempt in (1, 2, 3, 100)]

    assert waits == [10, 20, 35, 35]


def test_jitter_takes_away_at_most_its_part() -> None:
    retry = Retry(on=(OSError,), delay=timedelta(seconds=100), jitter=0.25)

    waits = [retry.wait_after(1).total_seconds() for _ in range(200)]

    assert 75 <= min(waits) < max(waits) <= 100


def test_a_job_with_a_dry_run_has_a_preview() -> None:
    assert Job(function=import_products).has_preview
    assert not Job(function=greet).has_preview
