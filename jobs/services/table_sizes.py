"""How large the tables are, and how much of them is dead or empty, by the server's own statistics."""

from dataclasses import dataclass

from django.db import connection

TABLES = """
SELECT c.oid::regclass::text, pg_total_relation_size(c.oid), pg_relation_size(c.oid),
       coalesce(s.n_live_tup, 0), coalesce(s.n_dead_tup, 0),
       (SELECT sum((1 - null_frac) * avg_width) FROM pg_stats
        WHERE schemaname = n.nspname AND tablename = c.relname)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 2 DESC, 1
"""
# Bytes; a row's header is counted with its pointer.
PAGE, PAGE_HEADER, ROW_HEADER = 8_192, 24, 28


@dataclass(frozen=True, kw_only=True)
class TableSize:
    """Bytes and rows, as the server estimates them; `size` is with indexes.

    `unused` are bytes of the table alone, and None where nothing was analysed yet.
    """

    size: int
    rows: int
    dead_rows: int
    unused: int | None


def table_sizes() -> dict[str, TableSize]:
    """Of every table by name, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        found = cursor.fetchall()
    return {
        name: TableSize(size=size, rows=rows, dead_rows=dead, unused=_unused(heap, rows, width))
        for name, size, heap, rows, dead, width in found
    }


def _unused(heap: int, rows: int, width: float | None) -> int | None:
    """What the table takes beyond its rows, were they packed anew."""
    if width is None:
        return None
    # Rows begin at multiples of eight bytes, which is four more than their width on the average.
    a_page = (PAGE - PAGE_HEADER) // (ROW_HEADER + 4 + float(width))
    return max(0, heap - PAGE * -int(-rows // max(1, a_page)))
