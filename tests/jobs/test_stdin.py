"""What comes in on the standard input of a command."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from jobs.models import Run
from jobs.models.product import Product
from jobs.models.temp_file import TempFile
from jobs.stdin import discard, spool

CSV = b"sku,name,price\n1,Tea,3.99\n"

pytestmark = pytest.mark.django_db


class Broken(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError("the pipe is broken")


@pytest.fixture(autouse=True)
def _directories(settings: Any, tmp_path: Path) -> None:
    settings.ARTIFACTS = tmp_path / "artifacts"
    settings.TEMP_FILES = tmp_path / "temp"


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    return lambda content: monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))


def left(directory: Path) -> list[Path]:
    return list((directory / "temp").glob("*"))


def test_what_comes_in_is_a_file_until_it_is_discarded(tmp_path: Path) -> None:
    file = spool(io.BytesIO(CSV))

    assert (file.path.read_bytes(), TempFile.objects.get().size) == (CSV, len(CSV))
    discard(file)
    assert (left(tmp_path), TempFile.objects.count()) == ([], 0)


def test_what_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="broken"):
        spool(Broken())

    assert (left(tmp_path), TempFile.objects.count()) == ([], 0)


def test_a_command_reads_what_comes_in(type_in: Callable[[bytes], None], tmp_path: Path) -> None:
    type_in(CSV)

    call_command("import_products", "-", format="csv", verbosity=0)

    assert (Product.objects.count(), left(tmp_path), TempFile.objects.count()) == (1, [], 0)


def test_a_run_that_did_not_succeed_keeps_what_came_in(
    type_in: Callable[[bytes], None], tmp_path: Path
) -> None:
    type_in(CSV)

    with pytest.raises(CommandError, match="say which format it has, as in --format csv"):
        call_command("import_products", "-", verbosity=0)

    assert [path.read_bytes() for path in left(tmp_path)] == [CSV]
    assert Run.objects.get().parameters["path"] == str(left(tmp_path)[0])


def test_what_came_in_for_wrong_parameters_goes(type_in: Callable[[bytes], None], tmp_path: Path) -> None:
    type_in(CSV)

    with pytest.raises(CommandError, match="'batch_size' of import_products"):
        call_command("import_products", "-", format="csv", batch_size="0", verbosity=0)

    assert (left(tmp_path), Run.objects.count()) == ([], 0)


@pytest.mark.parametrize("options", [{"background": True}, {"follow": True}, {"at": "2030-01-01"}])
def test_a_worker_cannot_read_what_comes_in(
    type_in: Callable[[bytes], None], tmp_path: Path, options: dict[str, Any]
) -> None:
    type_in(CSV)

    with pytest.raises(CommandError, match="write it to a file, and give its path instead of -") as caught:
        call_command("import_products", "-", format="csv", **options)

    assert (caught.value.returncode, left(tmp_path), Run.objects.count()) == (2, [], 0)
