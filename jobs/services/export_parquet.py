"""Exports as Parquet: the server's CSV, read with the columns' own types, written in row groups."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

import pyarrow as pa
from django.db.models import BooleanField, DateTimeField, DecimalField
from pyarrow import csv
from pyarrow.parquet import ParquetWriter

from jobs.services.export_rows import Column, ExportRows, Lines

ROW_GROUP = 50_000  # rows: some megabytes in memory, and still long enough to be compressed well
PARSED = csv.ParseOptions(newlines_in_values=True)


def write_parquet(rows: ExportRows, file: IO[bytes]) -> None:
    """Amounts are exact decimals, moments are in UTC, a value that is not there is null."""
    schema = pa.schema([(name, _type(field)) for name, field in rows.columns.items()])
    # Its own threads cost more than they bring: a block is parsed in milliseconds.
    read = csv.ReadOptions(column_names=schema.names, block_size=1 << 22, use_threads=False)
    types = csv.ConvertOptions(column_types=schema, true_values=["t"], false_values=["f"])

    def write(group: bytes) -> None:
        writer.write_table(csv.read_csv(pa.BufferReader(group), read, PARSED, types))

    with ParquetWriter(file, schema, compression="zstd") as writer, ThreadPoolExecutor(1) as beside:
        # One group is written while the next one comes; both are in memory, and never a third.
        written: Future[None] | None = None
        for group in _groups(rows.texts(lambda field, name: name)):
            if written:
                written.result()
            written = beside.submit(write, group)
        if written:
            written.result()


def _groups(batches: Iterator[Lines]) -> Iterator[bytes]:
    """The text of a row group each, made of whole batches.

    Joined as they come, since so many rows kept one by one cost more than all that is done with them.
    """
    texts, rows = [], 0
    for lines in batches:
        texts.append(b"".join(lines))
        rows += len(lines)
        if rows >= ROW_GROUP:
            yield b"".join(texts)
            texts, rows = [], 0
    if texts:
        yield b"".join(texts)


def _type(field: Column) -> pa.DataType:
    if isinstance(field, DecimalField):
        return pa.decimal128(field.max_digits, field.decimal_places)
    if isinstance(field, DateTimeField):
        return pa.timestamp("us", tz="UTC")
    return pa.bool_() if isinstance(field, BooleanField) else pa.string()
