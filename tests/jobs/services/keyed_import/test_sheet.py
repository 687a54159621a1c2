import os
import signal
from pathlib import Path

import psutil
import pytest

from jobs.exceptions import WrongInput
from jobs.services.keyed_import.sheet import Sheet
from tests.jobs.services.workbooks import workbook

ROWS = [["sku", "name", "price"], *([str(number), "Tea", "1"] for number in range(20_000))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "products.xlsx"
    path.write_bytes(workbook(ROWS))
    return path


def children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "sheet_process.py" in " ".join(each.cmdline())]


def test_all_rows_come_with_their_numbers_and_the_process_ends(path: Path) -> None:
    sheet = Sheet(path, "'products.xlsx'")
    found = list(sheet.rows())
    sheet.close()

    assert (sheet.height, found) == (len(ROWS), [[number, row] for number, row in enumerate(ROWS, 1)])
    assert children() == []


def test_a_sheet_that_is_not_read_to_its_end_leaves_no_process(path: Path) -> None:
    sheet = Sheet(path, "'products.xlsx'")
    next(sheet.rows())

    sheet.close()

    assert children() == []


def test_a_process_that_somebody_killed_is_no_fault_of_the_file(path: Path) -> None:
    sheet = Sheet(path, "'products.xlsx'")
    for child in children():
        os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(OSError, match="ended with -9"):
        list(sheet.rows())

    sheet.close()


def test_what_is_no_sheet_is_refused_and_leaves_no_process(path: Path) -> None:
    path.write_bytes(b"PK")

    with pytest.raises(WrongInput, match=r"'products.xlsx' cannot be read as XLSX \("):
        Sheet(path, "'products.xlsx'")

    assert children() == []
