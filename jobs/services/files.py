"""Large text files, line by line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, cast

from annotated_types import Ge, Le
from typing_extensions import Doc

from jobs.calls import Call
from jobs.exceptions import CalledJobFailed, WrongInput
from jobs.progress import Progress, silent
from jobs.services.file_lines import PIECE, FileLines, Lines, ranges


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """`longest` is the length of the longest line, in bytes without its break.

    `undecodable` counts lines that are not UTF-8; words are what stands between spaces.
    """

    lines: int
    blank: int
    words: int
    longest: int
    undecodable: int
    bytes: int


def process_file(
    path: Annotated[Path, Doc("the text file")],
    *,
    workers: Annotated[int, Ge(1), Le(64), Doc("split it into so many parts, each in a run of its own")] = 1,
    begin: Annotated[int, Ge(0), Doc("work on the lines that begin at this byte or behind it")] = 0,
    end: Annotated[int | None, Ge(0), Doc("work on the lines that begin before this byte")] = None,
    progress: Progress = silent,
) -> FileReport:
    """Count the lines, words and bytes of a large text file, line by line.

    Progress is in bytes, and a run goes on at the byte where it stopped. With several workers, the parts are
    worked on side by side by the workers that are free.
    """
    size = _size(path)
    _must_be_the_same(path, progress.counts())
    if workers > 1:
        return _split(path, begin, size if end is None else end, workers, progress)
    counts = progress.counts()
    for batch in progress.batches(FileLines(path, begin, size if end is None else min(end, size)), PIECE):
        _count(batch, counts)
    return FileReport(**{name: counts[name] for name in FileReport.__annotations__})


def _size(path: Path) -> int:
    try:
        if path.is_file():
            return path.stat().st_size
    except PermissionError as error:
        raise WrongInput(f"{str(path)!r} may not be read by this user; allow it, or copy the file") from error
    raise WrongInput(f"There is no file {str(path)!r}; give the path of a text file")


def _must_be_the_same(path: Path, counts: Counter[str]) -> None:
    """Since the run began: what is behind a byte of another file is anything."""
    state = path.stat()
    stamp = {"of the file: size": state.st_size, "of the file: time": state.st_mtime_ns}
    if any(counts.setdefault(name, value) != value for name, value in stamp.items()):
        raise WrongInput(f"{path.name!r} has changed since the work on it began; start a new run")


def _split(path: Path, begin: int, end: int, workers: int, progress: Progress) -> FileReport:
    parts = ranges(begin, end, workers)
    calls = [
        Call("process_file", {"path": str(path), "begin": part.start, "end": part.stop}) for part in parts
    ]
    progress.update(0, total=end - begin, message=f"{len(calls)} parts")
    outcomes = progress.run_jobs(calls, is_shared=True)
    if failed := [each for each in outcomes if not each.succeeded]:
        raise CalledJobFailed([each.job for each in failed], len(outcomes), failed[0].error)
    progress.update(end - begin, message="")
    return _together([each.result for each in outcomes])


def _together(results: Sequence[FileReport | dict[str, int]]) -> FileReport:
    """Those of runs come as JSON, those of plain calls as they are."""
    parts = [asdict(each) if isinstance(each, FileReport) else each for each in results]
    added = {name: sum(part[name] for part in parts) for name in FileReport.__annotations__}
    return FileReport(**{**added, "longest": max((part["longest"] for part in parts), default=0)})


def _count(batch: Sequence[bytes], counts: Counter[str]) -> None:
    for each in batch:
        line = each.removesuffix(b"\r")
        words = len(line.split())
        counts["words"] += words
        counts["blank"] += not words
        counts["longest"] = max(counts["longest"], len(line))
        counts["undecodable"] += not _is_utf8(line)
    counts["lines"] += len(batch)
    counts["bytes"] += cast(Lines, batch).size


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
