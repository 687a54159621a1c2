import pytest

from jobs.exceptions import WrongInput
from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.header import Header
from jobs.services.order_import import ORDERS

CELLS = ["Number", " CUSTOMER", "placed_at", "amount", "Store_ID", "colour"]


def test_a_column_may_have_another_name_and_capitals() -> None:
    header = Header(CELLS, ORDERS, "'orders.csv'", "how")

    assert (header.columns, header.ignored) == (
        ["number", "customer", "placed_at", "amount", "store"],
        ["colour"],
    )


def test_the_values_are_those_of_known_columns() -> None:
    header = Header(CELLS, ORDERS, "'orders.csv'", "how")

    assert header.values(["1", "2", "3", "4", "5", "6"]) == ["1", "2", "3", "4", "5"]
    assert header.values([" "]) is None
    assert isinstance(header.values(["1", "2"]), Rejected)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([*CELLS, "store"], "'orders.csv' has the column store twice; remove or rename one of them"),
        (
            CELLS[1:3],
            "'orders.csv' has no column number and no column amount; how, and is: 'CUSTOMER, placed_at'",
        ),
    ],
)
def test_a_header_that_will_not_do_is_refused(cells: list[str], sentence: str) -> None:
    with pytest.raises(WrongInput) as caught:
        Header(cells, ORDERS, "'orders.csv'", "how")

    assert str(caught.value) == sentence
