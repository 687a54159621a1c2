import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from jobs.models.order import Order, OrderState
from jobs.services.keyed_import.report import ImportReport
from jobs.services.order_import import import_orders
from tests.jobs.services.imported import counts, tables_left
from tests.jobs.services.watched import Watched
from tests.jobs.services.workbooks import workbook

HEADER = "number,customer,placed_at,amount,lines,store_id,tags"
ROW = "31198570044,900,2017-01-01T11:53:26,0.5,1,330,web;gift"
STORED = (
    "31198570044",
    "900",
    datetime(2017, 1, 1, 10, 53, 26, tzinfo=UTC),
    Decimal("0.50"),
    1,
    "330",
    ["web", "gift"],
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _berlin(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def load(path: Path, *rows: str, header: str = HEADER, **options: Any) -> ImportReport:
    path.write_text("\n".join((header, *rows)))
    return import_orders(path, **options)


def stored() -> list[tuple[Any, ...]]:
    return list(
        Order.objects.values_list("number", "customer", "placed_at", "amount", "lines", "store", "tags")
    )


def test_an_order_is_stored_as_the_file_has_it(path: Path) -> None:
    report = load(path, ROW)

    assert (counts(report), stored()) == ({"read": 1, "created": 1}, [STORED])
    assert Order.objects.get().state == OrderState.PENDING


ITEM = {
    "number": 31198570044,
    "customer": "900",
    "placed_at": "2017-01-01T11:53:26",
    "amount": 0.5,
    "lines": 1,
    "store": 330,
    "tags": ["web", "gift"],
}
CELLS = [31198570044, 900, datetime(2017, 1, 1, 11, 53, 26), 0.5, 1.0, 330, "web;gift"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv.gz", gzip.compress(f"{HEADER}\n{ROW}".encode())),
        ("orders.json", json.dumps([ITEM]).encode()),
        ("orders.json.gz", gzip.compress(json.dumps([ITEM | {"tags": "web;gift"}]).encode())),
        ("orders.xlsx", workbook([HEADER.split(","), CELLS])),
    ],
)
def test_every_format_brings_the_same_order(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    import_orders(path)

    assert stored() == [STORED]


def test_a_date_of_a_sheet_is_its_midnight(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(
        workbook([["number", "customer", "placed_at", "amount"], ["1", "900", date(2017, 7, 1), -2]])
    )

    import_orders(path)

    assert stored()[0][2:4] == (datetime(2017, 6, 30, 22, tzinfo=UTC), Decimal(-2))


def test_an_order_that_exists_is_updated_but_for_its_state(path: Path) -> None:
    load(path, ROW)
    Order.objects.update(state=OrderState.PROCESSED, processed_at=timezone.now())
    before = Order.objects.values().get()

    report = load(path, ROW.replace("0.5", "-1.25").replace("web;gift", ""))

    after = Order.objects.values().get()
    assert counts(report) == {"read": 1, "updated": 1}
    assert {name for name in before if after[name] != before[name]} == {"amount", "tags", "updated_at"}


def test_the_same_file_again_changes_nothing(path: Path) -> None:
    load(path, ROW, "2,,2017-01-01,1,,,")

    report = load(path, ROW, "2,,2017-01-01,1,,,")

    assert counts(report) == {"read": 2, "unchanged": 1, "rejected": 1}


def test_columns_that_the_file_lacks_keep_their_values_and_get_their_defaults(path: Path) -> None:
    load(path, ROW)

    load(
        path,
        "31198570044,901,2017-01-01T11:53:26Z,1",
        "5,1,2017-01-01,2",
        header="number,customer,placed_at,amount",
    )

    assert [row[1:2] + row[4:] for row in stored()] == [("901", 1, "330", ["web", "gift"]), ("1", 0, "", [])]


def test_objects_that_lack_a_value_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    required = {name: ITEM[name] for name in ("customer", "placed_at", "amount")}
    path.write_text(json.dumps([ITEM]))
    import_orders(path)

    path.write_text(
        json.dumps([{"number": ITEM["number"], **required}, {"number": 9, "lines": 3, **required}])
    )
    report = import_orders(path)

    assert (counts(report), stored()[0]) == ({"read": 2, "created": 1, "unchanged": 1}, STORED)
    assert stored()[1][4:] == (3, "", [])


def test_rows_that_are_no_orders_are_rejected_with_number_and_reason(path: Path, tmp_path: Path) -> None:
    progress = Watched(tmp_path)

    report = load(
        path,
        ROW,
        "2,900,2017-03-26T02:30:00,1,1,330,",
        "3,900,2017-10-29T02:30:00,-1,,,",
        "4,900,soon,1,1,330,",
        "5,,2017-01-01T11:53:26,1,1,330,",
        "6,900,2017-01-01T11:53:26,1.005,1,330,",
        "7,900,2017-01-01T11:53:26,1,-1,330,",
        f"8,900,2017-01-01T11:53:26,1,1,330,{'x' * 41}",
        progress=progress,
    )

    assert (report.created, progress.rejected) == (
        2,
        [
            ["line", "number", "reason"],
            ["3", "2", "placed_at is a time that the clock skips that day"],
            ["5", "4", "placed_at is no date and time such as 2026-03-01T14:30"],
            ["6", "5", "no customer"],
            ["7", "6", "amount has more than two decimals"],
            ["8", "7", "lines is negative"],
            ["9", "8", "one of the tags is too long"],
        ],
    )
    assert stored()[0][2:4] == (datetime(2017, 10, 29, 0, 30, tzinfo=UTC), Decimal(-1))


def test_the_last_row_of_a_number_wins_and_a_dry_run_says_so_first(path: Path) -> None:
    rows = [ROW, ROW.replace("0.5", "7"), "2,1,2017-01-01,1,,,", "3,1,2017-01-01,1,,,"]

    preview = load(path, *rows, dry_run=True)

    assert (stored(), tables_left()) == ([], [])
    assert (
        counts(load(path, *rows, batch_size=2)) == counts(preview) == {"read": 4, "created": 3, "repeated": 1}
    )
    assert Order.objects.get(number="31198570044").amount == 7
