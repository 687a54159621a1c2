import json

import pytest
from django.db import IntegrityError, connection, transaction

from tests.jobs.services.imported import Import, counts, stored, tables_left


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
def test_behind_rows_that_are_there_already_changes_are_found_as_before_them(load: Import) -> None:
    items: list[dict[str, object]] = [{"sku": n, "name": "Tea", "price": 1, "brand": "Own"} for n in range(8)]
    load(content=json.dumps(items).encode(), name="products.json")
    # The second batch is written as one of which most is the same.
    del items[4]["brand"]
    items[5] = {"sku": 5, "name": "Tea", "price": 1, "brand": None}
    items[6]["name"] = "Milk"
    items[7]["sku"] = 8

    report = load(content=json.dumps(items).encode(), name="products.json", batch_size=4, shards=1)

    assert counts(report) == {"read": 8, "created": 1, "updated": 2, "unchanged": 5}
    assert stored("sku", "name", "brand")[4:] == [
        *[
            ("4", "Tea", "Own"),
            ("5", "Tea", ""),
            ("6", "Milk", "Own"),
            ("7", "Tea", "Own"),
            ("8", "Tea", "Own"),
        ]
    ]
