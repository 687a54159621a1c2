"""Where a job writes a file: to a path that was asked for, to standard output, or to the files of its run."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import IO, Any, cast
from uuid import uuid4

from jobs.exceptions import WrongInput, WrongParameters
from jobs.job import Job
from jobs.kinds import STDOUT, Kind
from jobs.models.run import Origin
from jobs.progress import Progress

# Who types a command or writes code has the disk anyway. Who fills in a form, calls the API or edits a
# schedule has not, and could write over whatever the worker may.
MAY_NAME_A_PATH = (Origin.COMMAND, Origin.CODE)


def refuse_output(job: Job, values: Mapping[str, Any], origin: Origin, *, is_here: bool) -> None:
    """Raises WrongParameters where that origin may not name a file to write."""
    named = [item.name for item in job.parameters.items if item.kind is Kind.OUTPUT and values[item.name]]
    for name in named:
        if origin not in MAY_NAME_A_PATH:
            reason = "only a command or code may name a place on the server's disk"
        elif values[name] == STDOUT and not is_here:
            reason = "a worker has no standard output to show; name a file"
        else:
            continue
        sentence = f"{name!r} of {job.name}: {reason}, or leave it out, and the file hangs on the run"
        raise WrongParameters(job.name, {name: sentence})


@contextmanager
def output_file(output: Path | None, name: str, progress: Progress) -> Iterator[IO[bytes]]:
    """The file to write: at `output`, on standard output, or without either, under that name on the run.

    It appears, or replaces what was there, when the block has ended well; nothing is left where it has not.
    Raises WrongInput where it cannot be written.
    """
    if output is None:
        with progress.artifact(name) as path, path.open("wb") as file:
            yield file
    elif output == STDOUT:
        yield cast(IO[bytes], _StandardOutput())
        sys.stdout.buffer.flush()
    else:
        with _replaced(output, progress.key) as file:
            yield file


@contextmanager
def _replaced(output: Path, key: str) -> Iterator[IO[bytes]]:
    target = _writable(output)
    # Beside it, since a rename is at once only within a file system. A name of its own for each attempt, so
    # that one that should be dead cannot write into the next one's.
    for left in target.parent.glob(f".export-{key}-*.part"):
        left.unlink(missing_ok=True)
    draft = target.parent / f".export-{key}-{uuid4().hex}.part"
    try:
        with draft.open("xb") as file:
            yield file
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _writable(output: Path) -> Path:
    """Where its links lead, so that a link stays one."""
    target = output.resolve()
    if target.is_dir():
        raise WrongInput(f"{str(output)!r} is a directory; name a file in it")
    if target.exists() and not target.is_file():
        raise WrongInput(f"{str(output)!r} is a device or a pipe, not a file; write to - and redirect that")
    if not target.parent.is_dir():
        raise WrongInput(f"There is no directory {str(target.parent)!r}; make it, or name another output")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise WrongInput(f"This process may not write to {str(target.parent)!r}; name another output")
    return target


class _StandardOutput(RawIOBase):
    """Cannot be sought in, whatever it leads to: it may be the end of a file that is appended to."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        try:
            return sys.stdout.buffer.write(data)
        except BrokenPipeError:
            # Python flushes it once more at its end, and would complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise WrongInput("Who was reading the output went away before its end") from None
