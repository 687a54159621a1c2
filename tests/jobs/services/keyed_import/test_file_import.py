"""An import goes on where it was cut off: nothing lost, nothing doubled, and every count exact."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jobs.exceptions import StopReason, StopRequested, WrongInput
from jobs.log import LogCapture
from jobs.models import Run
from jobs.models.product import Product
from jobs.recording import RecordedProgress
from jobs.services.keyed_import import file_import
from jobs.services.products import import_products
from tests.jobs.services.imported import tables_left
from tests.jobs.services.interrupted import attempt, new_run, outcome, place
from tests.jobs.services.workbooks import workbook

CSV = """\ufeffsku,colour,name,price,brand
1,red,Tea,1,Grün
2,red,"Milk
and 茶",1,
,red,Rice,1,

3,red,Salt,free,
1,blue,Coffee,2,
4,red,Bread,1,Own
5,red,Sugar,1,
6,red,Flour,1,Own
7,red
8,red,Yeast,1,
"""
ITEMS: list[Any] = [
    {"sku": "1", "name": "Tea", "price": 1, "brand": "Grün", "colour": "red"},
    {"sku": "2", "name": "Milk\nand 茶", "price": 1},
    {"sku": "", "name": "Rice", "price": 1, "size": 2},
    {"sku": "3", "name": "Salt", "price": "free"},
    {"sku": "1", "name": "Coffee", "price": 2, "smell": 1},
    {"sku": "4", "name": "Bread", "price": 1, "brand": "Own", "colour": "red"},
    {"sku": "5", "name": "Sugar", "price": 1},
    7,
    {"sku": "6", "name": "Flour", "price": 1},
]
JSON = "\ufeff" + json.dumps(ITEMS, ensure_ascii=False, indent=1)
KINDS = [".csv", ".json", ".csv.gz", ".json.gz", ".xlsx"]


def content(kind: str, *, milk: str = "Milk", end: bytes = b"") -> bytes:
    text = (CSV if "csv" in kind or kind == ".xlsx" else JSON).replace("Milk", milk)
    if kind == ".xlsx":
        rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
        return workbook(list(rows))[: -len(end) or None]
    whole = text.encode()[: -len(end) or None] + end
    return gzip.compress(whole, mtime=0) if kind.endswith(".gz") else whole


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_batches(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"
    monkeypatch.setattr(file_import, "COPY_ROWS", 2)


@pytest.fixture(params=KINDS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"products{request.param}"
    path.write_bytes(content(request.param))
    return path


@pytest.fixture(params=KINDS[:2])
def plain_path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"products{request.param}"
    path.write_bytes(content(request.param))
    return path


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        Product.objects.create(sku="2", name="Old milk", price=1, brand="Old")
        yield
        transaction.set_rollback(True)


@pytest.fixture(params=[False, True], ids=["real", "dry run"])
def options(request: pytest.FixtureRequest) -> dict[str, Any]:
    return {"batch_size": 2, "dry_run": request.param}


def uninterrupted(path: Path, options: dict[str, Any]) -> dict[str, Any]:
    with undone():
        run = new_run()
        return outcome(attempt(run, path, **options), run)


def test_wherever_it_is_cut_off_the_next_attempt_completes_it(path: Path, options: dict[str, Any]) -> None:
    expected = uninterrupted(path, options)

    found = []
    for cut_at in count(1):
        with undone():
            run = new_run()
            if attempt(run, path, cut_at, **options):
                break
            found.append(outcome(attempt(run, path, **options), run))
            assert tables_left() == []

    assert len(found) > 12
    assert all(each == expected for each in found)


def test_cut_off_after_every_batch_it_reads_and_writes_each_row_once(
    path: Path, options: dict[str, Any]
) -> None:
    expected = uninterrupted(path, options)

    with undone():
        run, places = new_run(), []
        while not (report := attempt(run, path, cut_at=2, **options)):
            places.append((place(run, "read"), place(run, "write")))
        found = outcome(report, run)

    assert places == sorted(places)
    assert len(places) > 6
    assert found == expected


@given(cuts=st.lists(st.integers(1, 12), max_size=6))
@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None
)
def test_however_often_it_is_cut_off_the_outcome_is_the_same(plain_path: Path, cuts: list[int]) -> None:
    expected = uninterrupted(plain_path, {"batch_size": 1})

    with undone():
        run = new_run()
        reports = [attempt(run, plain_path, cut_at, batch_size=1) for cut_at in [*cuts, 0]]
        found = outcome(reports[-1], run)

    assert found == expected


@pytest.mark.parametrize("cut_at", [4, 12, 16], ids=["reading", "sorted", "writing"])
@pytest.mark.parametrize("lost", ["TRUNCATE", "DROP TABLE"])
def test_tables_that_are_lost_are_made_anew_and_nothing_is_counted_twice(
    path: Path, cut_at: int, lost: str
) -> None:
    expected = uninterrupted(path, {"batch_size": 1})

    with undone():
        run = new_run()
        attempt(run, path, cut_at, batch_size=1)
        with connection.cursor() as cursor:
            cursor.execute(f"{lost} {', '.join(tables_left())}")
        found = outcome(attempt(run, path, batch_size=1), run)

    assert found == expected


def test_a_file_that_changed_meanwhile_is_refused_and_no_table_stays(path: Path) -> None:
    run = new_run()
    attempt(run, path, cut_at=6)
    path.write_bytes(content(path.name.removeprefix("products"), milk="Cream"))

    with pytest.raises(WrongInput) as refusal:
        attempt(run, path)

    assert str(refusal.value) == (f"'{path.name}' has changed since its import began; start a new import")
    assert (Product.objects.count(), tables_left()) == (0, [])


def test_once_the_file_is_read_it_is_needed_no_more(path: Path) -> None:
    expected = uninterrupted(path, {"batch_size": 2})

    with undone():
        run = new_run()
        while not Run.objects.get(pk=run.pk).counters.get("written"):
            attempt(run, path, cut_at=2, batch_size=2)
        path.unlink()
        found = outcome(attempt(run, path, batch_size=2), run)

    assert found == expected


@pytest.mark.parametrize(("reason", "left"), [(StopReason.PAUSED, 3), (StopReason.CANCELLED, 0)])
def test_the_tables_stay_for_a_run_that_will_go_on_only(path: Path, reason: StopReason, left: int) -> None:
    class Stopped(RecordedProgress):
        def _after_batch(self, done: int) -> None:
            super()._after_batch(done)
            if "written" in self.counts():
                raise StopRequested(reason)

    run = Run.objects.claim(new_run().pk, worker="tests", jobs=["import_products"])
    assert run is not None
    with pytest.raises(StopRequested):
        import_products(path, batch_size=1, progress=Stopped(run, LogCapture()))

    assert len(tables_left()) == left


def test_a_file_that_is_wrong_further_down_leaves_no_table_of_its_run(path: Path) -> None:
    path.write_bytes(content(path.name.removeprefix("products"), end=b"\xff"))

    with pytest.raises(WrongInput):
        attempt(new_run(), path)

    assert (Product.objects.count(), tables_left()) == (0, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cut_at", [0, 9, 12, 15, 16])
def test_shards_write_what_one_connection_does_and_go_on_each_at_its_place(
    tmp_path: Path, settings: Any, cut_at: int
) -> None:
    path = tmp_path / "shards.csv"
    rows = [f"{number % 20},Tea {number},1.50" for number in range(30)]
    path.write_text("\n".join(["sku,name,price", *rows, ""]))
    Product.objects.create(sku="7", name="Tea 27", price="1.50")
    Product.objects.create(sku="8", name="Old tea", price="1.50")

    run = new_run()
    report = attempt(run, path, cut_at, batch_size=2, shards=3)
    assert (report is None) == bool(cut_at)
    report = report or attempt(run, path, batch_size=2, shards=3)

    assert report is not None
    assert (report.read, report.created, report.updated, report.unchanged) == (30, 18, 1, 1)
    names = dict(Product.objects.values_list("sku", "name"))
    assert names == {str(n % 20): f"Tea {n}" for n in range(30)}
    assert tables_left() == []
