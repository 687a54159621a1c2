"""How fast the console answers with millions of runs.

The runs are of ninety days, a hundredth of them of today; most have succeeded, a hundredth has failed, a few
were cancelled or are not over. Every page of the URL table is asked for in random order, through all of
Django, by somebody signed in who may do everything; then the searches of the list of runs, each with the
indexes that it uses. Where others use the machine too, look at the CPU of the web process. Goals: 100 ms
at the 95th percentile, 12 queries, and 100 kB for the first page with all its assets, compressed.
"""

import argparse
import gzip
import logging
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.console.pages import SEARCHES, addresses
from benchmarks.console.runs import fill
from benchmarks.contest.database import own_database
from benchmarks.contest.machine import Machine
from console.history import PAGE, listed
from console.run_filter import parse

INDEX = re.compile(r"(?:Index (?:Only )?Scan(?: Backward)? using|Bitmap Index Scan on) (\w+)")
ASSET = re.compile(r'(?:src|href)="/static/([^"#?]+)')
IMPORTED = re.compile(r'from "\./([^"]+)"')
WARM = 2  # rounds that do not count


class Answer(NamedTuple):
    """Milliseconds from the question to the answer, those that this process worked, and the queries."""

    took: float
    worked: float
    queries: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=20, help="times that each page and search is asked for")
    options = parser.parse_args()
    machine = Machine()
    with own_database():
        fill(options.runs)
        report(options.rounds)
        print(f"\n{options.runs:,} runs; {machine}")


def report(rounds: int) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    logging.disable(logging.WARNING)  # which addresses there are is found by asking for them
    boss = User.objects.create_superuser("boss")
    client = Client(raise_request_exception=True)
    client.force_login(boss)
    print("| page | p50 ms | p95 ms | CPU ms | most queries |\n|---|---|---|---|---|")
    print(*_rows(measured(client, addresses(client), rounds)), sep="\n")
    searches = {search: [f"{reverse('runs')}?q={search}"] for search in SEARCHES}
    print("\n| search | p50 ms | p95 ms | CPU ms | most queries | indexes |\n|---|---|---|---|---|---|")
    for search, row in zip(searches, _rows(measured(client, searches, rounds)), strict=True):
        print(f"{row} {', '.join(indexes(search, boss))} |")
    print(f"\nThe first page weighs {weight(client) / 1_000:.1f} kB, compressed, with all that it loads.")


def measured(client: Client, pages: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[Answer]]:
    asked = [name for name in pages for _ in range(rounds + WARM)]
    random.shuffle(asked)
    found: dict[str, list[Answer]] = defaultdict(list)
    for name in asked:
        address = pages[name][len(found[name]) % len(pages[name])]
        reset_queries()  # Django keeps 9,000 of them at most
        with CaptureQueriesContext(connection) as queries:
            begin, worked = time.perf_counter(), time.process_time()
            client.get(address)
            ends = time.perf_counter() - begin, time.process_time() - worked
        found[name].append(Answer(ends[0] * 1_000, ends[1] * 1_000, len(queries)))
    return {name: found[name][WARM:] for name in pages}


def _rows(found: Mapping[str, list[Answer]]) -> Iterator[str]:
    for name, answers in found.items():
        cuts = quantiles([each.took for each in answers], n=20, method="inclusive")
        work = median(each.worked for each in answers)
        queries = max(each.queries for each in answers)
        yield f"| {name} | {cuts[9]:.0f} | {cuts[18]:.0f} | {work:.0f} | {queries} |"


def indexes(search: str, user: User) -> list[str]:
    plan = listed().filter(parse(search, user).search).latest_first()[: PAGE + 1].explain()
    used = set(INDEX.findall(plan)) - {"auth_user_pkey"}
    return sorted(used) if "Seq Scan on jobs_run" not in plan else [*sorted(used), "SEQUENTIAL"]


def weight(client: Client) -> int:
    """Bytes of the first page, and of each style, script and picture that it or one of its scripts names."""
    body = client.get(reverse("overview"), follow=True).content
    total, ahead, loaded = len(gzip.compress(body)), set(ASSET.findall(body.decode())), set[str]()
    while name := next(iter(ahead - loaded), None):
        loaded.add(name)
        if path := finders.find(name):
            content = Path(str(path)).read_bytes()
            total += len(gzip.compress(content))
            ahead |= {f"console/{other}" for other in IMPORTED.findall(content.decode())}
    return total


if __name__ == "__main__":
    main()
