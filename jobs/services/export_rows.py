"""The rows of an export, brought by the server's own COPY: it makes the text, and Python passes it on.

At a microsecond a row there is no time for Python to look at one, so every format asks the server for
its values ready to be written.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice, repeat
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, QuerySet
from psycopg import Copy
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many
from psycopg.pq import ExecStatus

from jobs.key_ranges import expected_rows
from jobs.progress import Progress

ROWS = 5_000  # passed on at a time at most; mostly a hundred come together, and a stop is seen after these

COPY = "COPY (SELECT {values} FROM ({rows}) AS exported) TO STDOUT ({options})"
CSV = "FORMAT csv, ENCODING 'UTF8'"
# For lines that are made whole by the server: these two signs are in none of them, so nothing is quoted.
PLAIN = f"{CSV}, QUOTE E'\\x01', DELIMITER E'\\x02'"

Column = Field[Any, Any]
Lines = list[Any]  # anything bytes-like, each a row with its line break


class ExportRows:
    """`columns` are those of the file, in its order; `written` counts the rows passed on.

    To be closed: what an error leaves unread keeps its connection busy.
    """

    def __init__(self, rows: QuerySet[Any], fields: Sequence[str], progress: Progress) -> None:
        self.model: type[Model] = rows.model
        known: dict[str, Column] = {field.name: field for field in self.model._meta.concrete_fields}
        self.columns = {name: known[name] for name in fields}
        self.written = 0
        # As the table holds them, like COPY of a table: an order costs a fifth of the server's time.
        self._rows = rows.order_by()
        self._progress = progress
        self._read: Generator[Lines, None, None] | None = None

    def texts(self, expression: Callable[[Column, str], str]) -> Iterator[Lines]:
        """CSV with a value a column, each made by the expression of its field and quoted name."""
        values = (expression(field, f'"{name}"') for name, field in self.columns.items())
        return self.lines(", ".join(values), CSV)

    def lines(self, values: str, options: str = PLAIN) -> Iterator[Lines]:
        """Many at a time. In `values` the row is called `exported`, and its columns as the fields are."""
        self._read = self._lines(values, options)
        return self._read

    def close(self) -> None:
        if self._read is not None:
            self._read.close()

    def _lines(self, values: str, options: str) -> Generator[Lines, None, None]:
        total = expected_rows(self._rows)
        self._progress.update(0, total=total, message=f"Exporting {plural(self.model)}")
        statement, parameters = self._rows.values_list(*self.columns).query.sql_with_params()
        with _reading() as reader, reader.cursor() as cursor, reader.wrap_database_errors:
            rows = cursor.mogrify(statement, parameters)
            with cursor.copy(COPY.format(values=values, rows=rows, options=options)) as copy:
                for batch in _arriving(copy):
                    yield batch
                    self.written += len(batch)
                    self._progress.update(self.written, total=max(self.written, total))
        self._progress.update(self.written, total=self.written, message="")


def _arriving(copy: Copy) -> Iterator[Lines]:
    """The rows of the COPY, in lists of what has arrived: 16 kB, which is libpq's buffer."""
    session, size = copy.connection.pgconn, 0
    arrived = map(session.get_copy_data, repeat(1))
    while size >= 0 and (line := copy.read()):
        batch = [line]
        # psycopg waits for each row anew. What came with the first one is here, and is taken as it is.
        for size, line in islice(arrived, ROWS - 1):
            if size <= 0:
                break
            batch.append(line)
        yield batch
    if size < 0:
        # The end was seen here, so how it ended has to be seen here too.
        (result,) = copy.connection.wait(fetch_many(session))
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)


def plural(model: type[Model]) -> str:
    """`products`, in no other language whatever that of the process is."""
    return f"{model._meta.model_name}s"


@contextmanager
def _reading() -> Iterator[BaseDatabaseWrapper]:
    """A connection for the COPY, which keeps one busy to its end, while progress is written on the other.

    Within a transaction of the caller no progress is written, and what it has changed is to be seen.
    """
    if connection.in_atomic_block:
        yield connection
        return
    with closing(connection.copy()) as reader:
        yield reader
