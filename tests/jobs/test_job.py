"""The declaration."""

from datetime import timedelta
from typing import Any

import pytest

from jobs.job import Job, Overlap, Retry
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


@pytest.mark.parametrize(
    ("declared", "limit"),
    [
        ({}, None),
        ({"at_most": 3}, 3),
        ({"overlap": Overlap.QUEUE}, 1),
        ({"overlap": Overlap.QUEUE, "at_most": 3}, 1),
        ({"overlap": Overlap.SKIP}, None),
    ],
)
def test_how_many_may_run_at_once(declared: dict[str, Any], limit: int | None) -> None:
    assert Job(function=greet, **declared).limit == limit


@pytest.mark.parametrize(
    ("declared", "lane"),
    [
        ({}, ""),
        ({"overlap_by": ("name",)}, ""),
        ({"at_most": 2}, "greet"),
        ({"overlap": Overlap.QUEUE}, "greet"),
        ({"overlap": Overlap.SKIP, "overlap_by": ("name",)}, 'greet ["Ada"]'),
        ({"at_most": 2, "overlap_by": ("name", "times")}, 'greet ["Ada", 2]'),
    ],
)
def test_who_counts_for_each_other_has_the_same_lane(declared: dict[str, Any], lane: str) -> None:
    assert Job(function=greet, **declared).lane({"name": "Ada", "times": 2}) == lane


def test_other_values_have_another_lane() -> None:
    job = Job(function=greet, overlap=Overlap.SKIP, overlap_by=("name",))

    assert job.lane({"name": "Ada"}) != job.lane({"name": "Bob"})
    assert job.lane({"name": "Ada", "times": 1}) == job.lane({"name": "Ada", "times": 2})


def test_what_is_raised_is_no_part_of_the_description() -> None:
    def tidy() -> None:
        """Put things in their places.

        Raises OSError where a place is taken, and
        WrongInput where there is none. What is broken stays. Raises nothing else.
        """

    assert Job(function=tidy).description == "Put things in their places.\n\nWhat is broken stays."


def test_a_paragraph_of_the_description_is_one_line_and_a_list_is_left_alone() -> None:
    def tidy() -> None:
        """Put things in their places.

        What is
        broken stays:
        - cups
        - plates
        """

    wanted = "Put things in their places.\n\nWhat is broken stays:\n- cups\n- plates"
    assert Job(function=tidy).description == wanted
