"""Rows of a model by a text."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from console.rows import SHOWN, _of_key, _unique_texts
from jobs.catalog import JOBS
from jobs.models.order import Order
from jobs.models.product import Product
from jobs.models.run import Run
from tests.console.every_kind import JOB


@pytest.fixture(autouse=True)
def _job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JOBS, JOB.name, JOB)


def found(client: Client, text: str) -> Any:
    return client.get("/jobs/everything/rows/owner/", {"q": text}).json()


def test_a_row_is_found_by_a_part_of_its_name(as_operator: Client) -> None:
    ada = User.objects.create_user("ada.lovelace")

    assert found(as_operator, "LOVE") == {
        "rows": [{"key": str(ada.pk), "text": "ada.lovelace"}],
        "has_more": False,
    }


def test_the_row_of_that_key_comes_first_and_once(as_operator: Client, operator: User) -> None:
    User.objects.create_user(f"a{operator.pk}")
    User.objects.filter(pk=operator.pk).update(username=f"z{operator.pk}")

    rows = found(as_operator, str(operator.pk))["rows"]

    assert [row["text"] for row in rows] == [f"z{operator.pk}", f"a{operator.pk}"]


def test_of_many_the_first_are_shown_and_it_is_said_that_there_are_more(as_operator: Client) -> None:
    User.objects.bulk_create(User(username=f"user-{number}") for number in range(SHOWN + 1))

    answer = found(as_operator, "user-")

    assert (len(answer["rows"]), answer["has_more"]) == (SHOWN, True)


@pytest.mark.parametrize("text", ["nobody", "\x00", "%", "_____", "' OR 1=1 --", "9" * 400])
def test_what_fits_nothing_finds_nothing(as_operator: Client, text: str) -> None:
    expected = ["operator"] if text == "\x00" else []

    assert [row["text"] for row in found(as_operator, text)["rows"]] == expected


def test_no_password_is_searched(as_operator: Client, operator: User) -> None:
    assert found(as_operator, operator.password[:12])["rows"] == []


def test_without_an_admin_texts_that_are_unique_are_searched() -> None:
    assert _unique_texts(User) == ["username"]
    assert _unique_texts(Product) == ["sku"]
    assert _unique_texts(Order) == ["number"]


def test_a_text_that_is_no_key_finds_nothing() -> None:
    assert [_of_key(model, "nothing") for model in (User, Run)] == [[], []]


def test_only_who_may_run_the_job_finds_its_rows(as_reader: Client) -> None:
    assert as_reader.get("/jobs/everything/rows/owner/").status_code == 403


@pytest.mark.parametrize("name", ["everything/rows/whole", "everything/rows/nothing", "nothing/rows/owner"])
def test_what_is_no_parameter_with_rows_is_not_found(as_operator: Client, name: str) -> None:
    assert as_operator.get(f"/jobs/{name}/").status_code == 404
