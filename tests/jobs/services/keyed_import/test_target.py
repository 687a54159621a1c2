from jobs.services.order_import import ORDERS


def test_the_first_column_is_the_key_and_the_others_are_found_by_name() -> None:
    assert ORDERS.key == "number"
    assert ORDERS.required == ["number", "customer", "placed_at", "amount"]
    assert ORDERS.optional == ["lines", "store", "tags"]


def test_a_heading_is_read_as_people_write_it() -> None:
    assert [ORDERS.column_of(each) for each in (" Store_ID ", "TAGS", "Colour")] == [
        "store",
        "tags",
        "colour",
    ]
