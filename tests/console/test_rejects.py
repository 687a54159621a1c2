"""What a run did not take, by reason."""

from typing import Any

import pytest

from console import rejects
from console.rejects import rejected
from jobs.job import Rejects
from jobs.models.artifact import Artifact
from jobs.models.state import State
from tests.console.conftest import MakeRun

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(make_run: MakeRun) -> Any:
    def leave(text: str, name: str = "rejected.csv") -> list[Artifact]:
        artifact = make_run(State.SUCCEEDED).artifacts.create(name=name, size=len(text))
        artifact.path.parent.mkdir(parents=True)
        artifact.path.write_text(text)
        return [artifact]

    return leave


def groups(artifacts: list[Artifact], result: Any = None) -> list[tuple[str, int, list[list[str]]]]:
    found = rejected(Rejects(), artifacts, result)
    assert found is not None
    return [(each.reason, each.count, each.examples) for each in found.groups]


def test_rows_are_grouped_by_their_reason_the_most_frequent_first(left: Any) -> None:
    text = "line,reason,sku\n" + "1,odd,a\n" + "".join(f"{n},even,b{n}\n" for n in range(5))

    assert groups(left(text)) == [
        ("even", 5, [["0", "b0"], ["1", "b1"], ["2", "b2"]]),
        ("odd", 1, [["1", "a"]]),
    ]


def test_a_file_without_reasons_is_one_group(left: Any) -> None:
    assert groups(left("address,users\na@b.c,1 2\n")) == [("", 1, [["a@b.c", "1 2"]])]


def test_a_long_file_is_read_in_part_and_says_so(left: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejects, "READ", 30)
    artifacts = left("line,reason\n" + "1234,odd\n" * 10)

    found = rejected(Rejects(), artifacts, None)

    assert found is not None
    assert (found.is_partial, found.count) == (True, 1)
    assert groups(artifacts, {"reasons": {"odd": 10, "even": 3}})[0][:2] == ("odd", 10)


@pytest.mark.parametrize(
    "text", ["", "\n\n", 'line,reason\n"open', "reason\n" + "x" * 200_000, "\x00,\x1b[1m"]
)
def test_a_file_that_is_no_table_breaks_nothing(left: Any, text: str) -> None:
    groups(left(text))


def test_more_reasons_than_are_shown_are_counted(left: Any) -> None:
    found = rejected(Rejects(), left("reason\n" + "".join(f"r{n}\n" for n in range(25))), None)

    assert found is not None
    assert (len(found.groups), found.left_out) == (20, 5)


def test_there_is_none_where_none_is_declared_or_left(left: Any) -> None:
    artifacts = left("reason\nx\n", name="other.csv")

    assert rejected(None, artifacts, None) is None
    assert rejected(Rejects(), artifacts, None) is None
    assert rejected(Rejects(file="../other.csv"), artifacts, None) is None


def test_a_file_that_is_gone_is_none(left: Any) -> None:
    artifacts = left("reason\nx\n")
    artifacts[0].path.unlink()

    assert rejected(Rejects(), artifacts, None) is None
