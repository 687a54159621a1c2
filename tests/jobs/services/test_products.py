import csv
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.exceptions import StopReason, StopRequested, WrongInput
from jobs.models.product import Product
from jobs.progress import Progress
from jobs.services import products
from jobs.services.product_staging import Staging
from jobs.services.products import ImportReport, import_products

EXAMPLE = Path(__file__).parents[3] / "examples" / "products.csv"

EXAMPLE_FIRST = {"read": 5_000, "created": 3_715, "rejected": 1_285}
EXAMPLE_SECOND = {"read": 5_000, "unchanged": 3_715, "rejected": 1_285}
EXAMPLE_REASONS = {"no price": 1_262, "no name": 23}

Import = Callable[..., ImportReport]


class Watched(Progress):
    """Keeps what it is told, and asks to stop at the update of that number."""

    def __init__(self, directory: Path, stop_at: int | None = None) -> None:
        self.directory = directory
        self.stop_at = stop_at
        self.updates: list[tuple[int, int | None, str]] = []
        self.in_transaction: list[bool] = []

    def update(
        self, done: int | None = None, *, total: int | None = None, message: str | None = None
    ) -> None:
        self.done, self.total = self.done if done is None else done, total or self.total
        self.message = message or self.message
        self.updates.append((self.done, self.total, self.message))
        self.in_transaction.append(connection.in_atomic_block)
        # As the recorded progress does: it fails where a COPY holds the connection.
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if len(self.updates) == self.stop_at:
            raise StopRequested(StopReason.CANCELLED)

    @contextmanager
    def artifact(self, name: str) -> Iterator[Path]:
        yield self.directory / name

    @property
    def rejected(self) -> list[list[str]] | None:
        path = self.directory / "rejected.csv"
        return list(csv.reader(path.read_text().splitlines())) if path.exists() else None


@pytest.fixture
def progress(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


@pytest.fixture
def load(tmp_path: Path, progress: Watched) -> Import:
    """Import rows under the header sku,name,price, or a whole file's content."""

    def run(*rows: str, content: bytes = b"", name: str = "products.csv", **options: Any) -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content or "\n".join(("sku,name,price", *rows)).encode())
        return import_products(path, **{"progress": progress, **options})

    return run


def stored(*columns: str) -> list[tuple[Any, ...]]:
    return list(Product.objects.values_list(*(columns or ("sku", "name"))))


def tables_left() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname IN ('staged_product', 'sorted_product')")
        return [name for (name,) in cursor.fetchall()]


def counts(report: ImportReport) -> dict[str, int]:
    names = ("read", "created", "updated", "unchanged", "rejected", "repeated")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


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
    monkeypatch.setattr(products, "COPY_ROWS", 2)

    report = load("1,Tea,1", "2,Milk,1", "1,Coffee,1", "3,Salt,1", "1,Water,1", batch_size=1)

    assert (counts(report), stored()) == (
        {"read": 5, "created": 3, "repeated": 2},
        [("1", "Water"), ("2", "Milk"), ("3", "Salt")],
    )


@pytest.mark.django_db
def test_columns_that_the_file_lacks_keep_their_values(load: Import) -> None:
    load(content=b"sku,name,price,brand,category\n1,Tea,1,Own,Drinks\n")

    load(content=b"sku,name,price,brand\n1,Green tea,1,\n2,Milk,1,Own\n")

    assert stored("sku", "name", "brand", "category") == [
        ("1", "Green tea", "", "Drinks"),
        ("2", "Milk", "Own", ""),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("dry_run", [False, True])
def test_an_object_that_lacks_a_value_keeps_it_and_null_empties_it(load: Import, dry_run: bool) -> None:
    before = [{"sku": n, "name": "Tea", "price": 1, "brand": "Own"} for n in (1, 2, 3)]
    load(content=json.dumps(before).encode(), name="products.json")
    items = [
        {"sku": 1, "name": "Tea", "price": 1},
        {"sku": 2, "name": "Tea", "price": 1, "brand": None},
        before[2],
    ]

    report = load(content=json.dumps(items).encode(), name="products.json", dry_run=dry_run)

    brands = [("Own",), ("Own" if dry_run else "",), ("Own",)]
    assert (counts(report), stored("brand")) == ({"read": 3, "updated": 1, "unchanged": 2}, brands)


@pytest.mark.django_db
def test_a_dry_run_says_what_a_real_one_does_and_changes_nothing(load: Import) -> None:
    load("1,Tea,3.99", "2,Milk,1.00")
    rows = ("1,Tea,3.99", "2,Milk,1.10", "3,Salt,1", "3,Salt,2", ",Rice,1")
    before = list(Product.objects.values())

    preview = load(*rows, dry_run=True)

    after, real = list(Product.objects.values()), load(*rows)
    assert (after, preview.dry_run, counts(preview)) == (before, True, counts(real))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Tea,3.99", "no SKU"),
        ("  ,Tea,3.99", "no SKU"),
        ("1,,3.99", "no name"),
        ("1,\xa0\u3000,3.99", "no name"),
        ("1,Tea,", "no price"),
        ("1,,", "no name"),
        (",,", "no SKU"),
        ("1,Tea,free", "price is not a number such as 3.99"),
        ("1,Tea,NaN", "price is not a number such as 3.99"),
        ("1,Tea,Infinity", "price is not a number such as 3.99"),
        ('1,Tea,"1,99"', "price is not a number such as 3.99"),
        ("1,Tea,1_000", "price is not a number such as 3.99"),
        ("1,Tea,٣", "price is not a number such as 3.99"),
        ("1,Tea,3.99 $", "price is not a number such as 3.99"),
        ("1,Tea,1e99999999999999999999", "price is not a number such as 3.99"),
        ("1,Tea,-1", "price is negative"),
        ("1,Tea,-1e400", "price is negative"),
        ("1,Tea,1e400", "price is too large"),
        ("1,Tea,10000000000", "price is too large"),
        ("1,Tea,9999999999.999", "price has more than two decimals"),
        ("1,Tea,3.999", "price has more than two decimals"),
        ("1,Tea,1e-400", "price has more than two decimals"),
        (f"1,Tea,{'9' * 65}", "price is too long"),
        (f"{'1' * 65},Tea,1", "SKU is too long"),
        (f"1,{'x' * 256},1", "name is too long"),
        (f"1,{'x' * 10_000_000},1", "name is too long"),
        ("1\0,Tea,1", "SKU holds a character that cannot be stored"),
        ("1,T\0ea,1", "name holds a character that cannot be stored"),
        ("1,Tea", "too few fields"),
        ("1,Tea,1,2", "too many fields"),
    ],
)
def test_a_row_that_is_wrong_is_rejected_alone_and_told_why(
    load: Import, progress: Watched, row: str, reason: str
) -> None:
    report = load(row, "2,Milk,1.00")

    sku = row.split(",")[0].strip()[:64] if "fields" not in reason else ""
    assert (counts(report), report.reasons, stored(), progress.rejected) == (
        {"read": 2, "created": 1, "rejected": 1},
        {reason: 1},
        [("2", "Milk")],
        [["line", "sku", "reason"], ["2", sku, reason]],
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (" 3.50 ", "3.50"),
        ("3.500", "3.50"),
        ("3.", "3.00"),
        (".5", "0.50"),
        ("+3", "3.00"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("0003.5", "3.50"),
        ("0000000000003.5", "3.50"),
        ("1e2", "100.00"),
        ("1.5E+2", "150.00"),
        ("9999999999.99", "9999999999.99"),
    ],
)
def test_a_price_is_read_exactly(load: Import, price: str, expected: str) -> None:
    load(f"1,Tea,{price}")

    assert stored("price") == [(Decimal(expected),)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        r"back\\slash \N \t \.",
        "tab\there",
        "two\nlines",
        "two\r\nlines",
        '5" pipe',
        "x" * 255,
        "茶🍵",
        "%s {0}",
        r"\N",
    ],
)
def test_a_name_is_stored_as_it_is_written(load: Import, name: str) -> None:
    quoted = name.replace('"', '""')

    load(f'1,"  {quoted} ",3.99')

    assert stored() == [("1", name)]


@pytest.mark.django_db
def test_no_rejected_row_makes_no_file_of_them(load: Import, progress: Watched) -> None:
    load("1,Tea,3.99")

    assert progress.rejected is None


@pytest.mark.django_db
def test_a_character_that_no_database_stores_rejects_its_row(load: Import, progress: Watched) -> None:
    report = load(content=rb'[{"sku": "\ud800", "name": "Tea", "price": 1}]', name="products.json")

    assert (report.rejected, progress.rejected) == (
        1,
        [["line", "sku", "reason"], ["1", "\\ud800", "SKU holds a character that cannot be stored"]],
    )


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
    monkeypatch.setattr(products, "COPY_ROWS", 1)

    with pytest.raises(WrongInput):
        load(content=b"sku,name,price\n1,Tea,3\n2,Milk,1\n" + end)

    assert (stored(), tables_left()) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_progress_grows_to_its_total_outside_of_transactions(
    load: Import, progress: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "COPY_ROWS", 3)

    load(*(f"{number},Tea,1" for number in range(10)), batch_size=3)

    done = [each for each, _, _ in progress.updates]
    last, total, _ = progress.updates[-1]
    assert (done, last, any(progress.in_transaction)) == (sorted(done), total, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("stop_at", "written"), [(1, 0), (2, 0), (5, 0), (7, 2), (9, 4)])
def test_a_stop_leaves_whole_batches_and_no_table(
    load: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int, written: int
) -> None:
    monkeypatch.setattr(products, "COPY_ROWS", 2)

    with pytest.raises(StopRequested):
        load(*(f"{n},Tea,1" for n in range(6)), batch_size=1, progress=Watched(tmp_path, stop_at))

    assert (len(stored()), tables_left()) == (written, [])


@pytest.mark.django_db(transaction=True)
def test_an_import_that_was_stopped_is_completed_by_the_next(load: Import, tmp_path: Path) -> None:
    rows = [f"{number},Tea,1" for number in range(6)]
    with pytest.raises(StopRequested):
        load(*rows, batch_size=2, progress=Watched(tmp_path, stop_at=4))

    report = load(*rows)

    assert counts(report) == {"read": 6, "created": 4, "unchanged": 2}


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_fails_is_undone_and_leaves_no_table(
    load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_product ADD CONSTRAINT no_tea CHECK (name <> 'Tea')")
    try:
        with pytest.raises(IntegrityError):
            load("1,Milk,1", "2,Milk,1", "3,Milk,1", "4,Tea,1", batch_size=2)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE jobs_product DROP CONSTRAINT no_tea")

    assert (len(stored()), tables_left()) == (2, [])


@pytest.mark.django_db
def test_a_failed_transaction_of_the_caller_does_not_hide_its_reason(load: Import) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_product ADD CONSTRAINT no_tea CHECK (name <> 'Tea')")

    with pytest.raises(IntegrityError, match="no_tea"), transaction.atomic():
        load("1,Tea,1")

    assert tables_left() == []


@pytest.mark.django_db
def test_tables_that_an_earlier_import_left_behind_are_replaced(load: Import) -> None:
    Staging().create()

    report = load("1,Tea,1")

    assert report.created == 1


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
