import csv
import logging
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.exceptions import StopRequested, WrongInput
from jobs.models.product import Product
from jobs.services.keyed_import import csv_reader, file_import
from jobs.services.products import import_products
from tests.jobs.services.imported import Import, counts, stored, tables_left
from tests.jobs.services.watched import Watched

EXAMPLE = Path(__file__).parents[3] / "examples" / "products.csv"


EXAMPLE_FIRST = {"read": 5_000, "created": 3_715, "rejected": 1_285}


EXAMPLE_SECOND = {"read": 5_000, "unchanged": 3_715, "rejected": 1_285}


EXAMPLE_REASONS = {"no price": 1_262, "no name": 23}


@pytest.mark.django_db
def test_products_are_created_updated_or_left_alone_and_counted(load: Import) -> None:
    load("1,Tea,3.99", "2,Milk,1.00", "3,Rice,2.00")

    report = load("1,Tea,3.99", "2,Milk,1.10", "4,Salt,0.50")

    prices = [("1", Decimal("3.99")), ("2", Decimal("1.10")), ("3", Decimal(2)), ("4", Decimal("0.50"))]
    assert (counts(report), stored("sku", "price")) == (
        {"read": 3, "created": 1, "updated": 1, "unchanged": 1},
        prices,
    )


@pytest.mark.django_db
def test_only_what_changed_is_touched(load: Import) -> None:
    load("1,Tea,3.99", "2,Milk,1.00")
    before = dict(Product.objects.values_list("sku", "updated_at"))

    load("1,Tea,3.99", "2,Milk,1.10")

    after = dict(Product.objects.values_list("sku", "updated_at"))
    assert (after["1"] == before["1"], after["2"] > before["2"]) == (True, True)


@pytest.mark.django_db
def test_the_last_row_of_a_sku_wins_across_batches_and_blocks(
    load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_import, "COPY_ROWS", 2)

    report = load("1,Tea,1", "2,Milk,1", "1,Coffee,1", "3,Salt,1", "1,Water,1", batch_size=1)

    assert (counts(report), stored()) == (
        {"read": 5, "created": 3, "repeated": 2},
        [("1", "Water"), ("2", "Milk"), ("3", "Salt")],
    )


@pytest.mark.django_db
def test_a_dry_run_says_what_a_real_one_does_and_changes_nothing(load: Import) -> None:
    load("1,Tea,3.99", "2,Milk,1.00")
    rows = ("1,Tea,3.99", "2,Milk,1.10", "3,Salt,1", "3,Salt,2", ",Rice,1")
    before = list(Product.objects.values())

    preview = load(*rows, dry_run=True)

    after, real = list(Product.objects.values()), load(*rows)
    assert (after, preview.dry_run, counts(preview)) == (before, True, counts(real))


@pytest.mark.django_db
def test_no_rejected_row_makes_no_file_of_them(load: Import, progress: Watched) -> None:
    load("1,Tea,3.99")

    assert progress.rejected is None


@pytest.mark.django_db
def test_other_columns_are_ignored_reported_and_logged(
    load: Import, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="jobs")

    report = load(content=b"sku,colour,name,price,weight\n1,red,Tea,1,2\n")

    assert (report.ignored_columns, caplog.messages) == (
        ["colour", "weight"],
        ["'products.csv': ignored the columns colour, weight"],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("end", [b"3,Caf\xe9,1\n", b'3,"Salt,1\n'], ids=["not UTF-8", "an open quote"])
def test_a_file_that_is_wrong_at_its_end_changes_nothing(
    load: Import, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    monkeypatch.setattr(file_import, "COPY_ROWS", 1)

    with pytest.raises(WrongInput):
        load(content=b"sku,name,price\n1,Tea,3\n2,Milk,1\n" + end)

    assert (stored(), tables_left()) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_progress_grows_to_its_total_in_both_phases_and_outside_of_transactions(
    load: Import, progress: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_import, "COPY_ROWS", 3)
    monkeypatch.setattr(csv_reader, "BLOCK", 1)

    load(*(f"{number},Tea,1" for number in range(10)), batch_size=3, shards=1)

    phases = [
        [(done, total) for done, total, message in progress.updates if message == phase]
        for phase in ("Reading rows", "Writing products")
    ]
    assert all(phase == sorted(phase) and phase[-1] == (10, 10) for phase in phases)
    assert not any(progress.in_transaction)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("stop_at", "written"), [(1, 0), (5, 0), (8, 0), (12, 0), (17, 2), (19, 4)])
def test_a_stop_leaves_whole_batches_and_no_table(
    load: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int, written: int
) -> None:
    monkeypatch.setattr(file_import, "COPY_ROWS", 2)
    monkeypatch.setattr(csv_reader, "BLOCK", 1)

    with pytest.raises(StopRequested):
        load(*(f"{n},Tea,1" for n in range(6)), batch_size=1, shards=1, progress=Watched(tmp_path, stop_at))

    assert (len(stored()), tables_left()) == (written, [])


@pytest.mark.django_db(transaction=True)
def test_an_import_that_was_stopped_is_completed_by_the_next(load: Import, tmp_path: Path) -> None:
    rows = [f"{number},Tea,1" for number in range(6)]
    with pytest.raises(StopRequested):
        load(*rows, batch_size=2, progress=Watched(tmp_path, stop_at=14))

    report = load(*rows)

    assert counts(report) == {"read": 6, "created": 4, "unchanged": 2}


skus = st.sampled_from(["1", "2", "3", "a", "B", "é", "茶", " 1 ", ""])


names = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(["Tea", "x" * 256])


prices = st.sampled_from(["1", "2.50", "-1", "", "free", " 3 "]) | st.decimals(0, 10**10, places=2).map(str)


@pytest.mark.django_db
@given(rows=st.lists(st.tuples(skus, names, prices), max_size=12), batch_size=st.integers(1, 5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_whatever_the_rows_every_one_is_counted_once_and_twice_changes_nothing_more(
    tmp_path: Path, rows: list[tuple[str, str, str]], batch_size: int
) -> None:
    Product.objects.all().delete()
    path = tmp_path / "any.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("sku", "name", "price"), *rows])

    first, second = (import_products(path, batch_size=batch_size) for _ in range(2))

    for report in (first, second):
        parts = report.created + report.updated + report.unchanged + report.rejected + report.repeated
        assert report.read == parts == len(rows)
    assert (second.created, second.updated, second.unchanged) == (0, 0, first.created)


@pytest.mark.django_db
def test_the_example_is_imported_once_and_found_unchanged_the_second_time() -> None:
    first, second = (import_products(EXAMPLE) for _ in range(2))

    assert (counts(first), counts(second), first.reasons) == (EXAMPLE_FIRST, EXAMPLE_SECOND, EXAMPLE_REASONS)
