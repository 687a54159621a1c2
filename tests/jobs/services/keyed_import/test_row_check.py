from decimal import Decimal

import pytest

from tests.jobs.services.imported import Import, counts, stored
from tests.jobs.services.watched import Watched


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
def test_a_character_that_no_database_stores_rejects_its_row(load: Import, progress: Watched) -> None:
    report = load(content=rb'[{"sku": "\ud800", "name": "Tea", "price": 1}]', name="products.json")

    assert (report.rejected, progress.rejected) == (
        1,
        [["line", "sku", "reason"], ["1", "\\ud800", "SKU holds a character that cannot be stored"]],
    )


@pytest.mark.django_db
@pytest.mark.parametrize("row", [" 1,Tea,1", "1 ,Tea,1", "1, Tea,1", "1,Tea\u00a0,1", "1,Tea, 1", "1,Tea,1 "])
def test_blanks_around_a_value_are_not_part_of_it(load: Import, row: str) -> None:
    load(row)

    assert stored("sku", "name", "price") == [("1", "Tea", Decimal(1))]
