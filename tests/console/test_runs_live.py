"""An open list of runs stays true: its rows, and how many runs are newer."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from console.history import page_of
from console.live.runs import NEWS, read, topic_of
from console.run_filter import parse
from jobs.models import Run
from jobs.models.state import Awaits, State
from tests.console.conftest import MakeRun


def key(text: str, user: User, *, is_first: bool = True) -> str:
    asked = parse(text, user)
    return topic_of(asked, page_of(asked), is_first=is_first).removeprefix("runs:")


def test_a_row_changes_with_its_run(reader: User, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, done=10, total=100)
    watched = key("", reader)
    before = read([watched])[watched]

    Run.objects.filter(pk=run.pk).update(done=60)
    after = read([watched])[watched]

    assert before.fingerprint != after.fingerprint
    assert 'value="60"' in after.render()[f"state-{run.pk}"]


def test_a_row_says_that_its_run_was_approved(reader: User, make_run: MakeRun) -> None:
    run = make_run(awaits=Awaits.PERSON)
    watched = key("", reader)
    before = read([watched])[watched]

    Run.objects.filter(pk=run.pk).update(awaits="")

    assert read([watched])[watched].fingerprint != before.fingerprint


def test_a_run_that_fails_says_why(reader: User, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING)
    watched = key("", reader)

    Run.objects.filter(pk=run.pk).update(state=State.FAILED, error="<b>It broke\nbadly")

    regions = read([watched])[watched].render()
    assert "&lt;b&gt;It broke</p>" in regions[f"error-{run.pk}"]
    assert "Failed" in regions[f"state-{run.pk}"]


@pytest.mark.parametrize(
    ("text", "count"), [("", 3), ("job:greet", 2), ("job:greet job:nightly", 3), ("state:running", 0)]
)
def test_newer_runs_are_announced(reader: User, make_run: MakeRun, text: str, count: int) -> None:
    make_run(State.RUNNING)
    make_run(State.RUNNING, job="nightly")
    watched = key(text, reader)

    for job in ("greet", "nightly", "greet"):
        make_run(job=job)

    news = read([watched])[watched].render()["news"]
    assert (f"{count} new runs – show" in news) if count else news.strip() == ""


def test_more_news_than_anybody_counts_are_said_so(reader: User, make_run: MakeRun) -> None:
    watched = key("", reader)
    Run.objects.bulk_create(Run(job="greet") for _ in range(NEWS + 5))

    assert f"{NEWS}+ new runs" in read([watched])[watched].render()["news"]


def test_a_busy_job_hides_no_news_of_another(reader: User, make_run: MakeRun) -> None:
    keys = [key("", reader), key("job:nightly", reader), key("job:nightly job:greet", reader)]
    make_run(job="nightly")
    Run.objects.bulk_create(Run(job="greet") for _ in range(NEWS + 5))

    told = [picture.render()["news"] for picture in read(keys).values()]

    assert "1 new run – show" in told[1]
    assert all(f"{NEWS + 1}+ new runs" in each for each in (told[0], told[2]))


def test_an_older_page_and_one_that_is_over_watch_nothing(reader: User, make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)

    assert key("", reader, is_first=False) == ""
    assert key("state:succeeded", reader) == ""
    assert key("stat:x", reader) == ""


def test_many_open_pages_cost_two_queries(
    reader: User, make_run: MakeRun, django_assert_num_queries: Any
) -> None:
    watched = set()
    for number in range(10):
        make_run(State.RUNNING, job="greet" if number % 2 else "nightly")
        watched |= {key("", reader), key("job:greet", reader)}

    with django_assert_num_queries(2):
        assert set(read(watched)) == watched


@pytest.mark.parametrize("wrong", ["", "/", "x/y,z", ",,/,,", "'/%00"])
def test_a_key_that_means_nothing_shows_nothing(db: None, wrong: str) -> None:
    assert read([wrong])[wrong].render()["news"].strip() == ""


def test_the_page_watches_what_it_lists(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING)

    body = as_reader.get("/runs/").content.decode()

    assert f'data-topics="runs:{run.pk.hex}/{run.pk.hex}"' in body
    assert f'data-live="state-{run.pk}"' in body
