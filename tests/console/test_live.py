"""What open pages are told, and how often the database is asked for it."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from console.live.kinds import KINDS
from console.live.picture import NO_LINES, Lines, Picture
from console.live.poller import Poller
from console.live.topic import Topic
from jobs.models import Run
from jobs.models.state import State
from tests.console.conftest import MakeRun


class Watched:
    """A kind whose pictures the test makes; it counts how often it is asked."""

    def __init__(self) -> None:
        self.pictures: dict[str, Picture] = {}
        self.asked: list[set[str]] = []

    def read(self, keys: Collection[str]) -> Mapping[str, Picture]:
        self.asked.append(set(keys))
        return {key: self.pictures[key] for key in keys if key in self.pictures}


class Reader:
    """Somebody with an open page."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.beats = 0

    def tell(self, event: str, data: str) -> None:
        if event == "picture":
            self.heard.append(json.loads(data))
        else:
            self.beats += 1


def picture(text: str, **more: Any) -> Picture:
    return Picture(render=lambda: {"body": text}, **more)


def show(topic: Topic, picture: Picture) -> Any:
    news = topic.show(picture, topic.render(picture))
    return json.loads(news) if news else None


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Callable[[Watched], Poller]:
    """A poller that looks only when the test tells it to."""
    monkeypatch.setattr(Poller, "_run", lambda poller: None)
    return lambda watched: Poller({"thing": watched.read})


def test_what_many_watch_is_read_once(still: Callable[[Watched], Poller]) -> None:
    watched, readers = Watched(), [Reader() for _ in range(500)]
    watched.pictures = {str(number): picture("x") for number in range(2)}
    poller = still(watched)
    for number, reader in enumerate(readers):
        poller.watch([("thing", str(number % 2))], reader.tell)

    poller.look()

    assert watched.asked == [{"0", "1"}]
    assert all(reader.heard[-1] == {"regions": {"body": "x"}} for reader in readers)


def test_only_what_changed_is_told(still: Callable[[Watched], Poller]) -> None:
    watched, reader = Watched(), Reader()
    poller = still(watched)
    poller.watch([("thing", "a")], reader.tell)
    for regions in ({"one": "1", "two": "2"}, {"one": "1", "two": "2"}, {"one": "1", "two": "3"}):
        watched.pictures["a"] = Picture(render=lambda regions=regions: regions)
        poller.look()

    assert reader.heard == [{"regions": {"one": "1", "two": "2"}}, {"regions": {"two": "3"}}]


def test_who_comes_later_is_told_how_things_are(still: Callable[[Watched], Poller]) -> None:
    watched, early, late = Watched(), Reader(), Reader()
    watched.pictures["a"] = picture(
        "x", offers=frozenset({"pause"}), lines={"log": Lines(start=0, text="abc")}
    )
    poller = still(watched)
    poller.watch([("thing", "a")], early.tell)
    poller.look()

    poller.watch([("thing", "a")], late.tell)

    log = {"log": {"start": 0, "text": "abc"}}
    assert late.heard == [{"regions": {"body": "x"}, "offers": ["pause"], "lines": log}]


def test_what_is_over_is_read_no_more(still: Callable[[Watched], Poller]) -> None:
    watched, reader = Watched(), Reader()
    watched.pictures["a"] = picture("x", is_last=True)
    poller = still(watched)
    poller.watch([("thing", "a")], reader.tell)

    poller.look()
    poller.look()

    assert len(watched.asked) == 1


def test_what_nobody_watches_is_not_read(still: Callable[[Watched], Poller]) -> None:
    watched, reader = Watched(), Reader()
    poller = still(watched)
    poller.watch([("thing", "a")], reader.tell)

    poller.leave(reader.tell)
    poller.look()

    assert watched.asked == []


def test_the_mistake_of_one_page_stops_no_other(still: Callable[[Watched], Poller]) -> None:
    watched, wrong, right = Watched(), Reader(), Reader()
    watched.pictures = {"wrong": Picture(render=lambda: {"body": str(1 / 0)}), "right": picture("x")}
    poller = still(watched)
    poller._kinds = {"broken": lambda keys: {"a": 1 / 0}, **poller._kinds}  # type: ignore[dict-item]
    poller.watch([("broken", "a"), ("thing", "wrong")], wrong.tell)
    poller.watch([("thing", "right")], right.tell)

    poller.look()

    assert right.heard == [{"regions": {"body": "x"}}]
    assert right.beats == 1


def test_without_a_database_no_page_is_told_that_all_is_well(
    still: Callable[[Watched], Poller], caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(keys: Collection[str]) -> Mapping[str, Picture]:
        raise OperationalError("the connection is gone")

    watched, reader = Watched(), Reader()
    watched.pictures["a"] = picture("x")
    poller = still(watched)
    poller._kinds = {"refused": refuse, **poller._kinds}
    poller.watch([("refused", "a"), ("thing", "a")], reader.tell)

    poller._try()
    poller._try()

    assert (reader.heard, reader.beats) == ([], 0)
    assert [each.getMessage() for each in caplog.records] == [
        "The open pages are told nothing until the database answers"
    ]


def test_who_comes_as_the_last_one_leaves_is_told_all(still: Callable[[Watched], Poller]) -> None:
    watched, early, late = Watched(), Reader(), Reader()
    poller = still(watched)
    poller.watch([("thing", "a")], early.tell)
    watched.pictures["a"] = picture("x", lines={"log": Lines(start=0, text="one")})
    poller.look()

    def change_places() -> dict[str, str]:
        poller.leave(early.tell)
        poller.watch([("thing", "a")], late.tell)
        return {"body": "y"}

    watched.pictures["a"] = Picture(render=change_places, lines={"log": Lines(start=0, text="one two")})
    poller.look()
    watched.pictures["a"] = picture("y", lines={"log": Lines(start=0, text="one two")})
    poller.look()

    assert late.heard == [{"regions": {"body": "y"}, "lines": {"log": {"start": 0, "text": "one two"}}}]


def test_an_attempt_that_has_not_logged_yet_shows_no_log_of_another() -> None:
    topic = Topic()
    show(topic, picture("x", lines={"log": Lines(start=7, text="one")}))

    news = show(topic, picture("x", lines={"log": NO_LINES}))

    assert news == {"lines": {"log": {"start": 0, "text": ""}}}
    assert show(topic, picture("x", lines={"log": NO_LINES})) is None


def test_the_same_fingerprint_is_not_rendered_again() -> None:
    topic, rendered = Topic(), []
    same = Picture(render=lambda: rendered.append(1) or {}, fingerprint=(1, 2))  # type: ignore[func-returns-value]

    show(topic, same)
    show(topic, same)

    assert rendered == [1]


@settings(deadline=None)
@given(whole=st.text(), at=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8))
def test_a_text_that_grows_is_added_to_and_never_repeated(whole: str, at: list[tuple[int, int]]) -> None:
    shown, known, end = "", None, 0
    for start, more in at:
        end = min(len(whole), end + more)
        piece = Lines(start=min(start, end), text=whole[min(start, end) : end])
        added = piece.after(known)
        # What is added begins where the shown text ends, or is shown in its place.
        shown = shown + added.text if known and added.start == known.end else added.text
        known = piece
        assert shown.endswith(piece.text)


def test_five_hundred_open_pages_cost_as_many_queries_as_one(
    make_run: MakeRun, django_assert_num_queries: Any, still: Callable[[Watched], Poller]
) -> None:
    runs = [make_run(State.RUNNING) for _ in range(20)]

    def cost(pages: int) -> int:
        poller = Poller(KINDS)
        for number in range(pages):
            poller.watch([("run", str(runs[number % len(runs)].pk))], Reader().tell)
        with django_assert_num_queries(3) as queries:
            poller.look()
        return len(queries)

    assert cost(1) == cost(500)


def test_the_pictures_of_runs_are_those_of_their_pages(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, done=3, total=10)

    body = as_reader.get(f"/runs/{run.pk}/").content.decode()

    regions = KINDS["run"]([str(run.pk), "no id"])[str(run.pk)].render()
    assert 'value="30"' in regions["state"]
    marked = set(re.findall(r'data-live="([^"]*)"', body)) - {"forecast"}  # which only a preview has
    assert set(regions) - {"title", "forecast", "count", "count_help"} == marked
    assert 'value="30"' in body
    assert Run.objects.get().state == State.RUNNING


def test_a_run_that_goes_on_has_only_its_state_sent_again(make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, done=1, total=10)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(seconds=59.5))
    topic = Topic()
    show(topic, KINDS["run"]([str(run.pk)])[str(run.pk)])

    Run.objects.filter(pk=run.pk).update(done=5)
    with time_machine.travel(timezone.now() + timedelta(seconds=40)):
        news = show(topic, KINDS["run"]([str(run.pk)])[str(run.pk)])

    assert set(news["regions"]) == {"title", "announcement", "state"}
