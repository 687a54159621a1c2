"""A run in words."""

import pytest

from jobs.models import Run
from jobs.models.state import State, Wish
from jobs.wording import amount, first_line, phase, place


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"state": State.RUNNING}, "running"),
        ({"state": State.RUNNING, "wish": Wish.PAUSE}, "pausing"),
        ({"state": State.RUNNING, "wish": Wish.CANCEL}, "cancelling"),
        ({"state": State.RUNNING, "wish": Wish.KILL}, "being killed"),
        ({"state": State.CANCELLED, "wish": Wish.CANCEL}, "cancelled"),
        ({"state": State.QUEUED, "failures": 1}, "retrying"),
        ({"state": State.QUEUED, "failures": 1, "awaits": "ends"}, "waiting"),
        ({"state": State.PAUSED, "awaits": "ends"}, "paused"),
        ({"state": State.PAUSED}, "paused"),
    ],
)
def test_what_is_asked_of_a_running_one_is_its_phase(values: dict[str, str], word: str) -> None:
    assert phase(Run(job="greet", **values)) == word


def test_of_an_error_the_first_line_is_enough_for_a_list() -> None:
    assert first_line("no answer\nTraceback …") == first_line("no answer") == "no answer"


def test_an_amount_has_its_share() -> None:
    assert amount(Run(done=1_200, total=5_000)) == "1,200 of 5,000 (24 %)"
    assert amount(Run(done=1_200)) == "1,200"
    assert amount(Run()) == ""


def test_the_beginning_is_no_place() -> None:
    assert place(None) == place({}) == ""


def test_a_place_names_its_walks() -> None:
    cursor = {
        "read": {"at": [9], "done": 12_000},
        "sort": {"at": 1, "done": 1},
        "write": {"at": 7, "done": 500},
    }

    assert place(cursor) == "after 12,000 (read), 500 (write)"


def test_a_walk_of_one_item_is_named_where_there_is_no_other() -> None:
    assert place({"sort": {"at": 1, "done": 1}}) == "after 1 (sort)"
