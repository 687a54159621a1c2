"""`make run`: the whole service in one terminal, with a first import, until Ctrl-C."""

import os
import secrets
import signal
import socket
import sys
import time
from types import FrameType

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from rich.console import Console

from jobs.catalog import IMPORT_PRODUCTS
from jobs.models.run import Origin, Run
from jobs.models.state import State
from jobs.queue import enqueue
from jobs.terminal import display, result_lines
from project import embedded
from project.crew import Crew, read_procfile
from project.terminal import foreground

EXAMPLE = settings.ROOT / "examples" / "products.csv"


class Stopped(Exception):
    """Somebody wants it to end."""


class PortBusy(Exception):
    def __init__(self, name: str, port: int) -> None:
        super().__init__(
            f"{name}={port} is taken by another program; set {name} to a free port, or leave it out"
        )


def serve() -> int:
    """The exit status: 0 where it was asked to stop."""
    console = Console()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)
    try:
        with foreground():
            return _serve(console)
    except Stopped:
        return 0
    except PortBusy as busy:
        console.print(str(busy))
        return 1


def _serve(console: Console) -> int:
    web, flower = _port("PORT", 8000), _port("FLOWER_PORT", 5555)
    call_command("migrate", interactive=False, verbosity=0)
    password = _first_login()
    crew = Crew(_commands(), console, _environment(web, flower))
    try:
        # The others come when the worker works: on two cores it would wait for them otherwise.
        crew.start("worker")
        _import_example(console, crew)
        _wait_until_open(crew, web, flower)
        _tell(crew, web, flower, password)
        return _watch(crew)
    except Stopped:
        crew.say("stopping")
        return 0
    finally:
        # A second Ctrl-C must not leave half of them behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        crew.stop()
        connection.close()
        embedded.release(settings.VAR)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


def _port(name: str, usual: int) -> int:
    """The one that was asked for, or the usual one, or the next that is free."""
    wanted = os.environ.get(name, "")
    if wanted.isdigit():
        if not _is_free(int(wanted)):
            raise PortBusy(name, int(wanted))
        return int(wanted)
    return next(port for port in range(usual, usual + 1000) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are just closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _first_login() -> str:
    path = settings.VAR / "admin-password"
    if not User.objects.filter(username="admin").exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
        User.objects.create_superuser("admin", password=path.read_text())
    return path.read_text() if path.exists() else "(as you set it)"


def _commands() -> dict[str, str]:
    commands = read_procfile(settings.ROOT / "Procfile")
    return {name: command for name, command in commands.items() if name != "release"}


def _environment(web: int, flower: int) -> dict[str, str]:
    programs = os.path.dirname(sys.executable)  # noqa: PTH120 a text for PATH
    return {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
        "PORT": str(web),
        "FLOWER_PORT": str(flower),
        "FLOWER_URL": os.environ.get("FLOWER_URL") or f"http://127.0.0.1:{flower}/",
        "PYTHONUNBUFFERED": "1",
        "FORCE_COLOR": "1",
    }


def _import_example(console: Console, crew: Crew) -> None:
    run = enqueue(IMPORT_PRODUCTS, {"path": str(EXAMPLE)}, origin=Origin.COMMAND)
    with display(run.job, verbosity=1, console=console) as shown:
        while not run.is_final and crew.fallen() is None:
            time.sleep(0.1)
            run.refresh_from_db()
            shown.show(run)
            if run.state != State.QUEUED:
                crew.start()
    _tell_result(crew, run)


def _tell_result(crew: Crew, run: Run) -> None:
    if run.state == State.SUCCEEDED:
        crew.say(f"import_products {EXAMPLE.name}, by a worker, in {_seconds(run):.1f} s")
        for line in result_lines(run.result):
            crew.say(f"  {line}")
    else:
        crew.say(f"import_products {EXAMPLE.name}: {run.state} {run.error}")


def _wait_until_open(crew: Crew, *ports: int) -> None:
    """Before the addresses are told: who clicks at once should find somebody there."""
    for port in ports:
        while crew.fallen() is None and _is_free(port):
            time.sleep(0.05)


def _seconds(run: Run) -> float:
    return run.duration.total_seconds() if run.duration else 0.0


def _tell(crew: Crew, web: int, flower: int, password: str) -> None:
    crew.say(f"Console  http://127.0.0.1:{web}/   login admin, password {password}")
    crew.say(f"Flower   http://127.0.0.1:{flower}/   login flower, password {settings.FLOWER_PASSWORD}")
    crew.say("Ctrl-C stops everything; the data stay in var/")


def _watch(crew: Crew) -> int:
    while (fallen := crew.fallen()) is None:
        time.sleep(0.2)
    crew.say(f"{fallen[0]} ended with status {fallen[1]}; stopping the others")
    return 1
