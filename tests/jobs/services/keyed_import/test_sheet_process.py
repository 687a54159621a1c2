from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs.services.keyed_import.sheet import Sheet
from tests.jobs.services.workbooks import workbook


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (3.5, "3.5"),
        (12.0, "12"),
        (-7, "-7"),
        (0.1 + 0.2, "0.3"),
        (1234567.89, "1234567.89"),
        (4006381333931, "4006381333931"),
        (1e20, "100000000000000000000"),
        (1e300, "1e+300"),
        (True, "TRUE"),
        (False, "FALSE"),
        ("007", "007"),
        (" x ", " x "),
        ("=1+1", "=1+1"),
        (datetime(2017, 1, 1, 11, 53, 26), "2017-01-01T11:53:26"),
        (datetime(2017, 1, 1), "2017-01-01"),
        (date(2017, 1, 1), "2017-01-01"),
        (time(11, 53, 27), "11:53:27"),
        (timedelta(hours=30, minutes=3), "30:03:00"),
    ],
)
def test_a_cell_is_the_text_that_a_person_sees(tmp_path: Path, cell: Any, text: str) -> None:
    path = tmp_path / "one.xlsx"
    path.write_bytes(workbook([[cell]]))

    sheet = Sheet(path, "'one.xlsx'")
    found = list(sheet.rows())
    sheet.close()

    assert found == [[1, [text]]]
