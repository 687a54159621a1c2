"""Exports: which rows, which columns, and where the file goes."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction

from jobs import catalog
from jobs.exceptions import StopRequested, WrongInput
from jobs.foreground import run_here
from jobs.management.commands import export_products as command
from jobs.models.product import Product
from jobs.models.run import Run
from jobs.services.exports import export_products, export_users
from tests.jobs.services.exported import make_product
from tests.jobs.services.watched import Watched
from tests.nodes.waiting import wait_until

FORMATS = ("csv", "json", "xml", "xlsx", "parquet")


@pytest.fixture(autouse=True)
def _artifacts(settings: Any, tmp_path: Path) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def is_copying() -> bool:
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY (SELECT%'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone() is not None


@pytest.mark.django_db
def test_only_the_rows_and_columns_that_were_asked_for_are_exported(tmp_path: Path) -> None:
    make_product("1", category="HOT")
    make_product("2", category="HOT", is_active=False)
    make_product("3", category="COLD")
    path = tmp_path / "products.csv"

    report = export_products(output=path, fields=["price", "sku"], active_only=True, category="HOT")

    assert (report.rows, read(path)) == (1, [["price", "sku"], ["2.50", "1"]])


@pytest.mark.django_db
def test_a_column_that_is_named_twice_is_written_once(tmp_path: Path) -> None:
    make_product("1")

    export_products(output=tmp_path / "products.csv", fields=["sku", "name", "sku"])

    assert read(tmp_path / "products.csv") == [["sku", "name"], ["1", "Tea"]]


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMATS)
def test_users_are_exported_without_their_passwords(form: Any, tmp_path: Path) -> None:
    user = User.objects.create_user("ann", "ann@example.com", "a secret", is_active=False)
    User.objects.create_user("bob")
    path = tmp_path / f"users.{form}"

    report = export_users(output=path)

    assert (report.rows, report.format, export_users(output=path, active_only=True).rows) == (2, form, 1)
    assert user.password.encode() not in path.read_bytes()
    assert not {"password", "id"} & {*catalog.EXPORT_USERS.parameters.by_name["fields"].choices}


def test_a_column_that_is_not_for_export_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="There is no column 'password' to export; there are username, "):
        export_users(output=tmp_path / "users.csv", fields=["password"])  # type: ignore[list-item]


@pytest.mark.django_db
def test_a_name_that_does_not_tell_the_format_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match=r"'products.dat' does not tell the format; give --format"):
        export_products(output=tmp_path / "products.dat")

    assert export_products(output=tmp_path / "products.dat", format="json").format == "json"


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMATS)
def test_an_export_of_nothing_is_a_file_all_the_same(form: Any, tmp_path: Path) -> None:
    report = export_products(output=tmp_path / "products", format=form)

    assert (report.rows, (tmp_path / "products").stat().st_size > 0) == (0, True)


@pytest.mark.django_db(transaction=True)
def test_without_an_output_the_file_hangs_on_the_run() -> None:
    make_product("1")

    run = run_here(catalog.EXPORT_PRODUCTS, {"fields": ["sku"]})

    artifact = run.artifacts.get()
    assert run.result == {"rows": 1, "format": "csv", "file": "products.csv"}
    assert (artifact.name, read(artifact.path)) == ("products.csv", [["sku"], ["1"]])
    assert (run.done, run.total, run.message) == (1, 1, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_is_stopped_leaves_the_old_file_and_nothing_else(form: Any, tmp_path: Path) -> None:
    make_product("1")
    path = tmp_path / "products"
    path.write_text("the old one")

    with pytest.raises(StopRequested):
        export_products(output=path, format=form, progress=Watched(tmp_path, stop_at=2))

    assert ([each.name for each in tmp_path.iterdir()], path.read_text()) == (["products"], "the old one")
    assert Product.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_caller_s_own_transaction_is_exported_with_what_it_has_changed(tmp_path: Path) -> None:
    with transaction.atomic():
        make_product("1")

        report = export_products(output=tmp_path / "products.csv")

    assert report.rows == 1


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_left_open(tmp_path: Path) -> None:
    export_products(output=tmp_path / "products.csv")

    # PostgreSQL takes a moment to see that somebody has gone.
    wait_until(lambda: not is_copying(), about="the connection of the export is closed")


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_by_command_the_file_may_go_to_standard_output(
    form: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    make_product("1")

    call_command(command.Command(), "-o", "-", "--format", form, "--fields", "sku", "name")

    shown = capsysbinary.readouterr()
    assert Run.objects.get().result["file"] == "-"
    assert b"rows    1\n" in shown.err
    if form == "csv":
        assert list(csv.reader(io.StringIO(shown.out.decode()))) == [["sku", "name"], ["1", "Tea"]]
    else:
        assert (shown.out[:4], shown.out[-4:]) == (b"PAR1", b"PAR1")
