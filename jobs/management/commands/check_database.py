from collections.abc import Iterator

from rich.filesize import decimal
from rich.table import Table

from jobs import catalog
from jobs.diagnosis_command import DiagnosisCommand
from jobs.services.database import DatabaseDiagnosis
from jobs.terminal import table

HEADERS = ("TABLE", "SIZE", "ROWS", "DEAD", "UNUSED")


class Command(DiagnosisCommand):
    job = catalog.CHECK_DATABASE

    def tables(self, diagnosis: DatabaseDiagnosis, *, is_terminal: bool) -> Iterator[Table]:
        yield from super().tables(diagnosis, is_terminal=is_terminal)
        if diagnosis.tables:
            yield _largest(diagnosis)


def _largest(diagnosis: DatabaseDiagnosis) -> Table:
    rows = (
        (name, decimal(each.size), f"{each.rows:,}", f"{each.dead_rows:,}", _size(each.unused))
        for name, each in diagnosis.tables.items()
    )
    return table(HEADERS, rows)


def _size(amount: int | None) -> str:
    return "not known" if amount is None else decimal(amount)
