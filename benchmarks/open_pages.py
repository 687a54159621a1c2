"""Many open pages beside one: what they cost the database, and how soon they show what happens.

One web server, as in production. Each page watches one of twenty running runs, whose progress is written
twice a second. Counted are the transactions of the database (each look at a kind of page is a few), and the
time from the commit of a progress until a page has been told of it.
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from urllib.parse import urlsplit

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

from benchmarks.contest.database import own_database, value
from benchmarks.contest.machine import Machine

RUNS = 20
STEPS = 20
BETWEEN = 0.5  # seconds
TRANSACTIONS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
READY_WITHIN = 30.0  # seconds


@dataclass
class Measured:
    pages: int
    transactions: float = 0.0
    seconds: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        p95 = quantiles(self.seconds, n=20)[-1]
        figures = f"{median(self.seconds):.2f} | {p95:.2f} | {max(self.seconds):.2f}"
        return f"| {self.pages:,} | {self.transactions:.1f} | {figures} |"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=500, help="open pages beside the one (default 500)")
    options = parser.parse_args()
    django.setup()
    machine = Machine()
    with own_database():
        runs, cookie = _world()
        with _server() as port:
            found = [asyncio.run(_measure(pages, runs, cookie, port)) for pages in (1, options.pages)]
        print("| open pages | transactions/s | shown after, median s | p95 s | longest s |")
        print("|---|---|---|---|---|", *found, sep="\n")
        print(f"\n{machine}")
    return 0


def _world() -> tuple[list[str], str]:
    run = apps.get_model("jobs", "Run")
    rows = [run(job="greet", state="running", attempt=1, total=1_000, message="") for _ in range(RUNS)]
    run.objects.bulk_create(rows)
    client = Client()
    client.force_login(apps.get_model("auth", "User").objects.create_user("reader"))
    return [str(row.pk) for row in rows], str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@contextmanager
def _server() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    ours = {"DATABASE_URL": url, "BROKER_URL": settings.BROKER_URL, "SECRET_KEY": settings.SECRET_KEY}
    command = [sys.executable, "-m", "uvicorn", "project.asgi:application", "--port", str(port)]
    options = ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    server = subprocess.Popen([*command, *options], env={**os.environ, **ours, "HTTPS": "0"})
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + READY_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


async def _measure(pages: int, runs: list[str], cookie: str, port: int) -> Measured:
    measured = Measured(pages)
    written: dict[str, float] = {}
    opened = asyncio.Semaphore(0)
    watching = [
        asyncio.create_task(_watch(runs[number % RUNS], cookie, port, opened, written, measured))
        for number in range(pages)
    ]
    for _ in watching:
        await opened.acquire()
    await _work(written, measured)
    for each in watching:
        each.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    return measured


async def _work(written: dict[str, float], measured: Measured) -> None:
    """Write the progress of all runs now and then."""
    before, begin = await asyncio.to_thread(_transactions), time.perf_counter()
    for step in range(STEPS):
        message = f"step {step} at {begin}"
        await asyncio.to_thread(_write, message)
        written[message] = time.perf_counter()
        await asyncio.sleep(BETWEEN)
    await asyncio.sleep(1)
    length = time.perf_counter() - begin
    # Those of the benchmark itself are not the pages'.
    own = STEPS + 2
    measured.transactions = (await asyncio.to_thread(_transactions) - before - own) / length


def _transactions() -> int:
    counted = int(value(TRANSACTIONS))
    connection.close()
    return counted


def _write(message: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE jobs_run SET message = %s, done = done + 1", [message])
    connection.close()  # of this thread, or the database could not be dropped


async def _watch(
    run: str, cookie: str, port: int, opened: asyncio.Semaphore, written: dict[str, float], measured: Measured
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    lines = [f"GET /live/?topic=run:{run} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: sessionid={cookie}", "", ""]
    writer.write("\r\n".join(lines).encode())
    seen: set[str] = set()
    is_first = True
    try:
        while line := await reader.readline():
            if not line.startswith(b"data: {") or b"regions" not in line:
                continue
            if is_first:
                is_first = False
                opened.release()
            _note(json.loads(line[6:]), written, seen, measured)
    finally:
        writer.close()


def _note(
    picture: dict[str, dict[str, str]], written: dict[str, float], seen: set[str], measured: Measured
) -> None:
    """A page that missed a step was told of the next one."""
    body = "".join(picture["regions"].values())
    for message in [message for message in written if message not in seen and message in body]:
        seen.add(message)
        measured.seconds.append(time.perf_counter() - written[message])


if __name__ == "__main__":
    sys.exit(main())
