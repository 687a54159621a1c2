"""Ctrl-C in the middle of an import, and going on with it: the processes are real."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.models import Product, Run
from jobs.models.state import State
from tests.nodes.process import ROOT
from tests.nodes.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 100_000


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write("sku,name,price\n")
        file.writelines(f"SKU-{number},Product {number},{number % 900}.99\n" for number in range(ROWS))
    return path


def manage(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_interrupted_import_goes_on_where_it_stopped(big: Path, environment: dict[str, str]) -> None:
    first = manage(environment, "import_products", str(big), "--batch-size", "1000")
    wait_until(lambda: Run.objects.exclude(cursor=None).exists(), within=60, about="it has come somewhere")
    first.send_signal(signal.SIGINT)
    _, told = first.communicate(timeout=60)
    run = Run.objects.get()
    assert (first.returncode, run.state, bool(run.cursor)) == (130, State.PAUSED, True), told
    assert f"python manage.py import_products --resume {run.pk}" in told

    second = manage(environment, "import_products", "--resume", str(run.pk), "--json")
    answer, told = second.communicate(timeout=120)

    assert second.returncode == 0, told
    counts = {"read": ROWS, "created": ROWS, "updated": 0, "rejected": 0}
    result = json.loads(answer)["result"]
    assert {name: result[name] for name in counts} == counts
    assert (Product.objects.count(), Run.objects.get().attempt) == (ROWS, 2)
