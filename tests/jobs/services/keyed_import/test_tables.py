from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from jobs.exceptions import LeaseLost
from jobs.log import LogCapture
from jobs.models import Run
from jobs.progress import silent
from jobs.recording import RecordedProgress
from jobs.services.keyed_import.tables import drop_abandoned_tables, import_tables
from jobs.services.products import PRODUCTS
from tests.jobs.services.imported import tables_left
from tests.jobs.services.interrupted import new_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def progress(settings: Any, tmp_path: Path) -> RecordedProgress:
    settings.ARTIFACTS = tmp_path
    run = Run.objects.claim(new_run().pk, worker="tests", jobs=["import_products"])
    assert run is not None
    return RecordedProgress(run, LogCapture())


def fail(progress: RecordedProgress, error: Exception, *, is_lost: bool = False) -> None:
    with import_tables(PRODUCTS, progress) as tables:
        tables.create("a stamp")
        if is_lost:
            Run.objects.lose([str(progress.run.pk)], worker="tests")
        raise error


def kinds() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT relpersistence FROM pg_class WHERE relname LIKE 'import\_%' AND relkind = 'r'"
        )
        return {kind for (kind,) in cursor.fetchall()}


def test_the_tables_of_a_run_are_unlogged_and_those_of_no_run_temporary(progress: RecordedProgress) -> None:
    found = []
    for each in (progress, silent):
        with import_tables(PRODUCTS, each) as tables:
            tables.create("a stamp")
            found.append((kinds(), tables.stamp, tables.rows_read))
            tables.drop()

    assert found == [({"u"}, "a stamp", 0), ({"t"}, "a stamp", 0)]


def test_the_next_attempt_finds_the_tables_of_the_one_before(progress: RecordedProgress) -> None:
    with pytest.raises(OSError, match="disk"):
        fail(progress, OSError("disk"))

    with import_tables(PRODUCTS, progress) as tables:
        assert tables.stamp == "a stamp"


def test_an_error_that_fails_the_run_takes_its_tables_with_it(progress: RecordedProgress) -> None:
    with pytest.raises(ValueError, match="no"):
        fail(progress, ValueError("no"))

    assert tables_left() == []


@pytest.mark.parametrize("error", [ValueError("no"), LeaseLost("a run", 1)])
def test_an_attempt_that_was_taken_over_does_not_drop_what_is_no_longer_its_own(
    progress: RecordedProgress, error: Exception
) -> None:
    with pytest.raises(type(error)):
        fail(progress, error, is_lost=True)

    assert len(tables_left()) == 2


def test_a_table_that_only_looks_like_one_of_an_import_is_left_alone() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE import_of_the_shop ()")

    drop_abandoned_tables()

    assert tables_left() == ["import_of_the_shop"]
