"""A file in parts: each line in one part, whole, and none twice."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.exceptions import WrongInput
from jobs.services import file_lines
from jobs.services.file_lines import FileLines, ranges


def lines_of(path: Path, part: range, size: int) -> list[bytes]:
    return [line for batch, _ in FileLines(path, part.start, part.stop).batches(None, size) for line in batch]


@given(
    content=st.lists(st.sampled_from([b"", b"a", b"bc", b"\xff", b"d" * 20])).map(b"\n".join),
    parts=st.integers(1, 9),
    size=st.integers(1, 30),
)
def test_the_parts_of_a_file_have_its_lines(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, parts: int, size: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(content)

    found = [line for part in ranges(0, len(content), parts) for line in lines_of(path, part, size)]

    assert found == (content.removesuffix(b"\n").split(b"\n") if content else [])


@given(cut=st.integers(0, 6), size=st.integers(1, 40))
def test_it_goes_on_at_any_position_it_has_given(
    tmp_path_factory: pytest.TempPathFactory, cut: int, size: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(b"".join(b"%d\n" % number for number in range(40)))
    lines = FileLines(path, 0, path.stat().st_size)
    walked = list(lines.batches(None, size))
    position = walked[cut][1] if cut < len(walked) else None
    left = lines.remaining(position)

    behind = list(lines.batches(position, size))

    assert sum(lines.weight(batch) for batch, _ in behind) == left
    done = [line for batch, _ in walked[: cut + 1] for line in batch] if position else []
    assert done + [line for batch, _ in behind for line in batch] == [b"%d" % number for number in range(40)]


def test_a_line_that_does_not_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_lines, "LONGEST_LINE", 1 << 20)
    path = tmp_path / "binary"
    path.write_bytes(b"x" * (3 << 20))

    with pytest.raises(WrongInput, match="'binary' has a line of more than 1 MiB"):
        lines_of(path, range(3 << 20), 1 << 20)


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()

    assert (lines_of(path, range(0), 10), ranges(0, 0, 4)) == ([], [])
