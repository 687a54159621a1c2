"""Exports that are text."""

import csv
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User

from jobs.services.exports import export_products, export_users
from jobs.services.formula import SIGNS
from tests.jobs.services.exported import MADE, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("products_in_order")]

# What each format has to bear in a text.
HARD = "a \"b\", <c> & 'd' \\ é \u4e2d\u6587 ]]> \\N"
BROKEN = " two\nlines\r\nand\ta tab "
CONTROL = "\x01\x02\x1f\x7f"


def exported(path: Path, form: Any, **options: Any) -> str:
    export_products(output=path, format=form, **options)
    return path.read_bytes().decode()


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines(keepends=True)))


@pytest.mark.parametrize("name", [HARD, BROKEN, CONTROL, "", "\\."])
def test_csv_gives_back_every_text(name: str, tmp_path: Path) -> None:
    make_product("1", name=name)

    with (tmp_path / "a").open("w+", newline="") as file:
        file.write(exported(tmp_path / "b", "csv", fields=["sku", "name", "price"]))
        file.seek(0)
        assert list(csv.reader(file))[1:] == [["1", name, "2.50"]]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_cell_that_a_spreadsheet_would_calculate_gets_an_apostrophe(sign: str, tmp_path: Path) -> None:
    make_product(f"{sign}1", name=f"{sign}SUM(A1)", brand=f"a{sign}b")
    wanted: dict[str, Any] = {"fields": ["sku", "name", "brand", "category"]}

    neutral = exported(tmp_path / "a", "csv", **wanted).split("\n", 1)[1]
    raw = exported(tmp_path / "b", "csv", raw=True, **wanted).split("\n", 1)[1]

    assert neutral.replace('"', "") == f"'{sign}1,'{sign}SUM(A1),a{sign}b,\n"
    assert raw.replace('"', "") == f"{sign}1,{sign}SUM(A1),a{sign}b,\n"


def test_a_number_below_zero_is_no_formula(tmp_path: Path) -> None:
    make_product("1", price=Decimal("-5.00"))

    assert exported(tmp_path / "a", "csv", fields=["price"]) == "price\n-5.00\n"


def test_csv_spells_switches_and_moments_out(tmp_path: Path) -> None:
    make_product("1")

    _, row = rows_of(exported(tmp_path / "a", "csv", fields=["is_active", "created_at"]))

    assert (row[0], datetime.fromisoformat(row[1])) == ("true", MADE)


@pytest.mark.parametrize("name", [HARD, BROKEN, CONTROL, "", "=1+1"])
def test_json_gives_back_every_value(name: str, tmp_path: Path) -> None:
    make_product("1", name=name, price=Decimal("9999999999.99"))
    make_product("2")

    text = exported(tmp_path / "a", "json", fields=["sku", "name", "price", "is_active", "created_at"])

    first, second = json.loads(text, parse_float=Decimal)
    assert datetime.fromisoformat(first.pop("created_at")) == MADE
    assert first == {"sku": "1", "name": name, "price": Decimal("9999999999.99"), "is_active": True}
    assert second["sku"] == "2"


def test_json_of_nothing_is_an_empty_array(tmp_path: Path) -> None:
    assert json.loads(exported(tmp_path / "a", "json")) == []


@pytest.mark.parametrize("name", [HARD, BROKEN, "", "=1+1"])
def test_xml_gives_back_every_value(name: str, tmp_path: Path) -> None:
    make_product("1", name=name)

    exported(tmp_path / "a", "xml", fields=["sku", "name", "price", "is_active", "created_at"])

    root = ElementTree.parse(tmp_path / "a").getroot()
    (row,) = root
    found = {each.tag: each.text or "" for each in row}
    assert (root.tag, row.tag, datetime.fromisoformat(found.pop("created_at"))) == (
        "products",
        "product",
        MADE,
    )
    assert found == {"sku": "1", "name": name, "price": "2.50", "is_active": "true"}


def test_what_xml_cannot_hold_is_replaced(tmp_path: Path) -> None:
    make_product("1", name=f"a{CONTROL}\uffffb")

    exported(tmp_path / "a", "xml", fields=["name"])

    (text,) = (each.text for each in ElementTree.parse(tmp_path / "a").iter("name"))
    assert text == "a\ufffd\ufffd\ufffd\x7f\ufffdb"


def test_a_value_that_is_not_there_is_empty_or_null(tmp_path: Path) -> None:
    User.objects.create_user("ann")
    path = tmp_path / "users"
    found = {}

    for form in ("csv", "json", "xml"):
        export_users(output=path, format=form, fields=["username", "last_login"])  # type: ignore[arg-type]
        found[form] = path.read_text().splitlines()

    assert found["csv"] == ["username,last_login", "ann,"]
    assert found["json"] == ["[", '{"username":"ann","last_login":null}', "]"]
    assert found["xml"][2] == "<user><username>ann</username><last_login></last_login></user>"
