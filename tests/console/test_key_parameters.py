"""A row shows what tells a run from others of its job."""

from typing import Any

import pytest
from django.test import Client
from pydantic import SecretStr

from console.key_parameters import LENGTH, key_parameters
from jobs.secret import MASK, seal
from tests.console.conftest import MakeRun


@pytest.mark.parametrize(
    ("job", "parameters", "expected"),
    [
        ("greet", {"times": 1, "name": "World"}, [("name", "World")]),
        ("greet", {"times": 3, "name": "World"}, [("name", "World"), ("times", "3")]),
        ("import_products", {"path": "/srv/0a/products.csv", "dry_run": True}, [("path", "products.csv")]),
        ("gone", {"a": 1, "b": None}, [("a", "1"), ("b", "–")]),
        ("gone", {"a": [1, 2, 3], "b": ["x"], "c": []}, [("a", "3 values"), ("b", "x"), ("c", "–")]),
        ("gone", {"a": {"b": 1}}, [("a", "…")]),
        ("gone", dict.fromkeys("abcdef", 1), [("a", "1"), ("b", "1"), ("c", "1")]),
        ("gone", {"a": "x" * 100}, [("a", "x" * (LENGTH - 1) + "…")]),
        ("gone", {}, []),
        ("gone", None, [("parameters", "too long for a list")]),
    ],
)
def test_the_required_ones_come_first_and_defaults_are_left_out(
    job: str, parameters: dict[str, Any] | None, expected: list[tuple[str, str]]
) -> None:
    assert [(each.name, each.text) for each in key_parameters(job, parameters)] == expected


def test_secrets_are_masked_in_a_row(as_reader: Client, make_run: MakeRun) -> None:
    sealed = seal(SecretStr("geheim"))
    make_run(job="gone", parameters={"token": sealed, "tokens": [sealed]})

    body = as_reader.get("/runs/").content.decode()

    assert body.count(MASK) == 2
    assert sealed["$secret"] not in body


def test_a_row_escapes_what_it_shows(as_reader: Client, make_run: MakeRun) -> None:
    make_run(parameters={"name": "<script>alert(1)</script>"}, error="<img src=x>")

    body = as_reader.get("/runs/", {"q": 'name:"<script>alert(1)</script>"'}).content.decode()

    assert "<script>alert" not in body
    assert "<img" not in body
    assert "&lt;script&gt;alert(1)" in body
