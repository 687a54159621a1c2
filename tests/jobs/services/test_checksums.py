"""Checksums of real files, beside those of sha256sum."""

import os
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from jobs.exceptions import FailedWithResult, StopRequested, WrongInput
from jobs.services.checksums import CHUNK, ChecksumReport, checksum_files
from tests.jobs.services.watched import Watched

pytestmark = pytest.mark.django_db
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    small, large, empty = (tmp_path / name for name in ("a b.csv", "large.bin", "empty"))
    small.write_text("sku\n1\n")
    large.write_bytes(os.urandom(2 * CHUNK + 17))
    empty.touch()
    return [small, large, empty]


def failed(paths: list[Path], **options: Path) -> tuple[ChecksumReport, str]:
    with pytest.raises(FailedWithResult) as caught:
        checksum_files(paths, **options)
    assert isinstance(caught.value.result, ChecksumReport)
    return caught.value.result, str(caught.value)


def sha256sum(*paths: Path, directory: Path | None = None) -> str:
    return subprocess.run(
        ["sha256sum", *map(str, paths)], cwd=directory, capture_output=True, text=True, check=True
    ).stdout


def test_the_checksums_are_those_of_sha256sum(files: list[Path], tmp_path: Path) -> None:
    watched = Watched(tmp_path / "run")
    watched.directory.mkdir()

    report = checksum_files(files, progress=watched)

    assert (watched.directory / "SHA256SUMS").read_text() == sha256sum(*files)
    assert report.checksums[str(files[2])] == EMPTY
    assert (report.files, report.problems) == (3, {})


def test_progress_is_in_bytes(files: list[Path], tmp_path: Path) -> None:
    watched = Watched(tmp_path)

    report = checksum_files(files, progress=watched)

    size = sum(path.stat().st_size for path in files)
    assert (report.bytes, watched.updates[-1][:2]) == (size, (size, size))
    done = [each[0] for each in watched.updates]
    assert max(after - before for before, after in pairwise(done)) <= CHUNK


def test_it_stops_in_the_midst_of_a_file(files: list[Path], tmp_path: Path) -> None:
    with pytest.raises(StopRequested):
        checksum_files(files[1:], progress=Watched(tmp_path, stop_at=4))


def test_a_missing_file_is_named_and_the_others_are_done(files: list[Path], tmp_path: Path) -> None:
    missing = tmp_path / "gone.csv"

    report, sentence = failed([files[0], missing, tmp_path, files[2]])

    assert list(report.checksums) == [str(files[0]), str(files[2])]
    assert report.problems.keys() == {str(missing), str(tmp_path)}
    assert sentence.startswith("2 of 4 files could not be read")
    assert f"{missing}: there is no such file" in sentence
    assert f"{tmp_path}: it is a directory" in sentence


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    report, _ = failed([tmp_path / "pipe"])

    assert "it is no regular file" in report.problems[str(tmp_path / "pipe")]


def test_a_file_that_is_named_twice_is_read_once(files: list[Path]) -> None:
    report = checksum_files([files[0], files[0]])

    assert (report.files, report.bytes) == (1, files[0].stat().st_size)


def test_files_are_as_their_list_says_wherever_they_lie(files: list[Path], tmp_path: Path) -> None:
    names = [path.relative_to(tmp_path) for path in files]
    (tmp_path / "list").write_text(sha256sum(*names, directory=tmp_path))

    report = checksum_files(files, expect=tmp_path / "list")

    assert report.problems == {}


def test_a_file_that_is_not_as_listed_is_a_problem(files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "list").write_text(sha256sum(files[0], files[2]).replace(EMPTY, "0" * 64))

    report, sentence = failed(files, expect=tmp_path / "list")

    assert "empty: it is another file than the list says" in sentence
    assert "large.bin: the list does not name it" in sentence
    assert len(report.checksums) == 3


def test_names_that_sha256sum_escapes_are_found(tmp_path: Path) -> None:
    odd = tmp_path / "a\nb\\c"
    odd.write_text("odd")
    watched = Watched(tmp_path)
    (tmp_path / "list").write_text(sha256sum(odd))

    report = checksum_files([odd], expect=tmp_path / "list", progress=watched)

    assert report.problems == {}
    assert (tmp_path / "SHA256SUMS").read_text() == sha256sum(odd)


def test_the_longest_name_of_the_list_counts(tmp_path: Path) -> None:
    for name, content in (("one", "1"), ("two", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data").write_text(content)
    paths = [tmp_path / "one" / "data", tmp_path / "two" / "data"]
    (tmp_path / "list").write_text(sha256sum(Path("one/data"), Path("./two/data"), directory=tmp_path))

    assert checksum_files(paths, expect=tmp_path / "list").problems == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello\n", "Line 1 of list is no checksum"),
        (EMPTY.encode() + b"  a\n" + b"1234  b\n", "Line 2 of list is no checksum"),
        (b"\xff\xfe", "is no text"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_wrong_list_is_refused_before_anything_is_read(
    files: list[Path], tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    watched = Watched(tmp_path)
    if content is not None:
        (tmp_path / "list").write_bytes(content)

    with pytest.raises(WrongInput, match=sentence):
        checksum_files(files, expect=tmp_path / "list", progress=watched)

    assert watched.updates == []
