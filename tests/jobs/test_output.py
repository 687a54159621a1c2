"""Where a job may write, and that it leaves no half file there."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
from typing_extensions import Doc

from jobs.exceptions import WrongInput, WrongParameters
from jobs.job import Job
from jobs.kinds import STDOUT, Output
from jobs.models.run import Origin, Run
from jobs.output import output_file, refuse_output
from jobs.progress import silent
from jobs.queue import enqueue
from tests.jobs.services.watched import Watched

KILLED = """
import os, signal, sys, pathlib
from jobs.output import output_file
from jobs.progress import silent
with output_file(pathlib.Path(sys.argv[1]), "x", silent) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def write_report(*, output: Annotated[Output | None, Doc("where")] = None) -> None:
    """Write it."""


JOB = Job(function=write_report)


def write_and_fail(target: Path, error: type[BaseException]) -> None:
    with output_file(target, "x", silent) as file:
        file.write(b"new")
        raise error


def names(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir())


@pytest.mark.parametrize("origin", [Origin.CONSOLE, Origin.API, Origin.SCHEDULE])
def test_who_has_no_hand_on_the_server_s_disk_names_no_file_there(origin: Origin) -> None:
    with pytest.raises(WrongParameters, match="only a command or code may name a place") as caught:
        refuse_output(JOB, {"output": Path("/tmp/x")}, origin, is_here=False)

    assert set(caught.value.errors) == {"output"}
    refuse_output(JOB, {"output": None}, origin, is_here=False)


@pytest.mark.parametrize("origin", [Origin.COMMAND, Origin.CODE])
def test_a_worker_has_no_standard_output(origin: Origin) -> None:
    with pytest.raises(WrongParameters, match="a worker has no standard output"):
        refuse_output(JOB, {"output": STDOUT}, origin, is_here=False)

    refuse_output(JOB, {"output": STDOUT}, origin, is_here=True)
    refuse_output(JOB, {"output": Path("/tmp/x")}, origin, is_here=False)


@pytest.mark.django_db
def test_a_refused_output_leaves_no_run() -> None:
    with pytest.raises(WrongParameters):
        enqueue(JOB, {"output": "/tmp/x"}, origin=Origin.CONSOLE)

    assert not Run.objects.exists()


def test_the_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")

    with output_file(target, "x", silent) as file:
        file.write(b"new")
        assert target.read_text() == "old"

    assert (names(tmp_path), target.read_text()) == (["a.csv"], "new")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(error: type[BaseException], tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")

    with pytest.raises(error):
        write_and_fail(target, error)

    assert (names(tmp_path), target.read_text()) == (["a.csv"], "old")


def test_a_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("old")
    setup = "import django; django.setup()\n"

    done = subprocess.run([sys.executable, "-c", setup + KILLED, str(target)], check=False)

    assert (done.returncode, target.read_text()) == (-9, "old")


def test_what_a_killed_attempt_left_goes_with_the_next_one(tmp_path: Path) -> None:
    class Again(Watched):
        key = "of this run"

    (tmp_path / ".export-of this run-0.part").touch()
    (tmp_path / ".export-of another-0.part").touch()

    with output_file(tmp_path / "a.csv", "x", Again(tmp_path)) as file:
        file.write(b"new")

    assert names(tmp_path) == [".export-of another-0.part", "a.csv"]


def test_a_link_goes_on_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "there" / "a.csv")

    with output_file(link, "x", silent) as file:
        file.write(b"new")

    assert (link.is_symlink(), link.read_text()) == (True, "new")


def test_without_an_output_it_is_a_file_of_the_run(tmp_path: Path) -> None:
    with output_file(None, "a.csv", Watched(tmp_path)) as file:
        file.write(b"new")

    assert (tmp_path / "a.csv").read_text() == "new"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("nowhere/a.csv", "There is no directory .*nowhere'; make it"),
        ("", "is a directory; name a file in it"),
        ("pipe", "is a device or a pipe, not a file"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(output: str, sentence: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(WrongInput, match=sentence), output_file(tmp_path / output, "x", silent):
        pass


def test_a_device_is_never_replaced() -> None:
    with pytest.raises(WrongInput, match="device"), output_file(Path("/dev/null"), "x", silent):
        pass


def test_standard_output_cannot_be_sought_in_and_stays_open(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    with output_file(STDOUT, "x", silent) as file:
        file.write(b"bytes")
        assert (file.writable(), file.seekable()) == (True, False)

    print("and text")
    assert capsysbinary.readouterr().out == b"bytesand text\n"


def test_a_reader_that_went_away_is_a_sentence(tmp_path: Path) -> None:
    program = (
        "import django; django.setup()\n"
        "from jobs.output import STDOUT, output_file\nfrom jobs.progress import silent\n"
        "with output_file(STDOUT, 'x', silent) as file:\n"
        "    for _ in range(100):\n        file.write(bytes(100_000))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()  # type: ignore[union-attr]
        told = process.stderr.read()  # type: ignore[union-attr]

    assert told.rstrip().endswith("WrongInput: Who was reading the output went away before its end")
