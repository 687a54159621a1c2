import pytest

from jobs.services.keyed_import.columns import (
    AmountColumn,
    Column,
    CountColumn,
    ListColumn,
    MomentColumn,
    Rejected,
    TextColumn,
)

AMOUNT = AmountColumn(name="amount", label="amount", may_be_negative=True)
PRICE = AmountColumn(name="price", label="price", is_required=True)
COUNT = CountColumn(name="lines", label="lines")
TAGS = ListColumn(name="tags", label="tags", longest=5)
TEXT = TextColumn(name="store", label="store", longest=5)
MOMENT = MomentColumn(name="placed_at", label="placed_at", is_required=True)


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        (AMOUNT, "-3.5", "-3.50"),
        (AMOUNT, "-9999999999.99", "-9999999999.99"),
        (COUNT, None, r"\N"),
        (COUNT, " ", "0"),
        (COUNT, "12.0", "12"),
        (COUNT, "2147483647", "2147483647"),
        (COUNT, "1e3", "1000"),
        (TAGS, "", "{}"),
        (TAGS, " ; ;", "{}"),
        (TAGS, "a; b b ;c", '{"a","b b","c"}'),
        (TAGS, 'q"', r'{"q\\""}'),
        (TAGS, "b\\", r'{"b\\\\"}'),
        (TAGS, "a,{}", '{"a,{}"}'),
        (TAGS, "a\tb", r'{"a\tb"}'),
        (TEXT, " a\\b ", r"a\\b"),
    ],
)
def test_a_value_becomes_a_field(column: Column, value: str | None, field: str) -> None:
    assert column.field(value) == field


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (AMOUNT, "-1e10", "amount is too large"),
        (PRICE, "-1", "price is negative"),
        (PRICE, " ", "no price"),
        (COUNT, "-1", "lines is negative"),
        (COUNT, "1.5", "lines is not a whole number"),
        (COUNT, "2147483648", "lines is too large"),
        (COUNT, "1e999999", "lines is too large"),
        (COUNT, "many", "lines is not a number such as 3"),
        (TAGS, "a;abcdef", "one of the tags is too long"),
        (TAGS, "\0", "one of the tags holds a character that cannot be stored"),
        (TEXT, "abcdef", "store is too long"),
        (MOMENT, "yesterday", "placed_at is no date and time such as 2026-03-01T14:30"),
    ],
)
def test_a_value_that_does_not_fit_is_rejected(column: Column, value: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        column.field(value)

    assert caught.value.reason == reason
