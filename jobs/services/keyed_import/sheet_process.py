"""A process that writes a workbook's first sheet as JSON: its height, blocks of rows, then an empty one.

It is run as a script, by sheet.py, and imports nothing of ours.
"""

import datetime
import json
import resource
import sys
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MOST_MEMORY = 4 * 2**30  # bytes: a full sheet of 1,048,576 rows and seven columns takes half of it
BLOCK = 500  # rows
WRONG = b"!"  # before what is wrong with the file
INTEGER_LIMIT = 10.0**21  # from there on a spreadsheet shows an exponent too


def main(path: str) -> None:
    _be_modest()
    try:
        with Path(path).open("rb") as file:
            sheet = first_sheet(CalamineWorkbook.from_filelike(file))
        _write(str(sheet.end[0] + 1 if sheet.end else 0).encode())
        rows = enumerate(sheet.iter_rows(), 1)
        while block := list(islice(rows, BLOCK)):
            _write(json.dumps([(number, list(map(text_of, row))) for number, row in block]).encode())
        _write(b"[]")
    except BrokenPipeError:
        return  # Nobody wants to know any more.
    except PasswordError:
        _write(WRONG + json.dumps("it is protected by a password").encode())
    except BaseException as error:  # Panics of Rust too, which are no Exception.
        _write(WRONG + json.dumps(str(error) or "it is damaged").encode())


def first_sheet(workbook: CalamineWorkbook) -> CalamineSheet:
    """The first that a person sees; sheets of charts have no cells."""
    for each in workbook.sheets_metadata:
        if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible:
            return workbook.get_sheet_by_name(each.name)
    raise ValueError("it has no sheet of cells")


def text_of(cell: Any) -> str:
    """What a person sees in it, where the format of the cell is a plain one."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        # A spreadsheet knows 15 digits, and no difference between 12 and 12.0.
        is_whole = cell.is_integer() and abs(cell) < INTEGER_LIMIT
        return str(int(cell)) if is_whole else format(cell, ".15g")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _be_modest() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Where memory runs short the kernel takes this process, and not the worker.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
