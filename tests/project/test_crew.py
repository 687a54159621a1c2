"""The processes of the Procfile: started together, told apart, stopped together."""

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from rich.console import Console

from project import crew as crew_module
from project.crew import Crew, read_procfile
from tests.nodes.waiting import wait_until

SLEEP = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready'); {SLEEP}"
PARENT = (
    f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); print(child.pid)"
)

Start = Callable[..., Crew]


def python(code: str) -> str:
    return f"{sys.executable} -u -c {shlex.quote(code)}"


@pytest.fixture
def told() -> StringIO:
    return StringIO()


@pytest.fixture
def start(told: StringIO) -> Iterator[Start]:
    crews: list[Crew] = []

    def start(**commands: str) -> Crew:
        crew = Crew(commands, Console(file=told, width=200), os.environ)
        crews.append(crew)
        crew.start()
        return crew

    yield start
    for crew in crews:
        crew.stop()


def test_the_procfile_is_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("# who\nweb: serve --port 1\nworker:  work\n")

    assert read_procfile(tmp_path / "Procfile") == {"web": "serve --port 1", "worker": "work"}


def test_our_procfile_names_all_processes() -> None:
    assert {"web", "worker", "beat", "flower"} <= read_procfile(settings.ROOT / "Procfile").keys()


def test_each_line_says_who_wrote_it(start: Start, told: StringIO) -> None:
    start(web=python("print('one')"), worker=python("print('two')"))

    wait_until(lambda: "one" in told.getvalue() and "two" in told.getvalue())

    assert "web    │ one\n" in told.getvalue()
    assert "worker │ two\n" in told.getvalue()


def test_nobody_has_fallen_while_all_run(start: Start) -> None:
    crew = start(web=python(SLEEP), worker=python(SLEEP))

    assert crew.fallen() is None


def test_the_one_that_has_fallen_is_named_with_its_status(start: Start) -> None:
    crew = start(web=python(SLEEP), worker=python("raise SystemExit(3)"))

    assert wait_until(crew.fallen) == ("worker", 3)


def test_stopping_ends_all(start: Start, told: StringIO) -> None:
    crew = start(web=python(f"import os; print(os.getpid()); {SLEEP}"))
    pid = wait_until(lambda: told.getvalue().rpartition("│ ")[2].strip())

    crew.stop()

    assert not psutil.pid_exists(int(pid))
    assert "killed" not in told.getvalue()


def test_the_stubborn_one_is_killed(start: Start, told: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "STOP_WITHIN", 0.3)
    crew = start(web=python(STUBBORN))
    wait_until(lambda: "ready" in told.getvalue())

    crew.stop()

    assert crew.fallen() == ("web", -9)
    assert "did not stop within 0 s and is killed" in told.getvalue()


def test_children_of_the_one_that_has_fallen_are_ended_too(start: Start, told: StringIO) -> None:
    crew = start(web=python(PARENT))
    child = psutil.Process(int(wait_until(lambda: told.getvalue().rpartition("│ ")[2].strip())))
    wait_until(crew.fallen)

    crew.stop()

    # Its parent is gone, and whoever has taken it may leave it a zombie.
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
