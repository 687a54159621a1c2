"""What a test has committed is taken away again, and what the migrations had left is put back.

Django's flush makes each table anew and then its content types, its permissions and our schedules: a tenth
of a second, some three hundred times. A table that has stayed small is emptied row by row, in a hundredth.
"""

from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import DeadlockDetected

LARGER = "SELECT name FROM unnest(%s::text[]) name WHERE pg_relation_size(quote_ident(name)::regclass) > %s"
LARGE = 256 * 1024  # bytes; from here on the dead rows would be in the way of the next tests


@dataclass(frozen=True)
class Tables:
    """`kept` are the rows of the tables that were not empty, as COPY writes them."""

    names: list[str]
    kept: dict[str, bytes]

    @classmethod
    def as_they_are(cls) -> "Tables":
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        return cls(names, {name: rows for name in names if (rows := _rows(name))})

    def restore(self) -> None:
        """A worker's dispatcher may hold one table and want another: who has lost the race tries again."""
        try:
            with transaction.atomic():
                self._restore()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            self.restore()

    def _restore(self) -> None:
        with connection.cursor() as cursor:
            # Nobody writes meanwhile, and in which order they are emptied does not matter to foreign keys.
            cursor.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(_listed(self.names)))
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(LARGER, [self.names, LARGE])
            if large := [name for (name,) in cursor.fetchall()]:
                cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(_listed(large)))
            deletions = (sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in self.names)
            cursor.execute(sql.SQL(";").join(deletions))
            for name, rows in self.kept.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                    copy.write(rows)


def _rows(name: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join(bytes(part) for part in copy)


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
