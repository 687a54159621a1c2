"""Exports as Parquet: the server's CSV, read with the columns' own types, written in row groups."""

from itertools import chain, islice
from typing import IO

import pyarrow as pa
from django.db.models import BooleanField, DateTimeField, DecimalField
from pyarrow import csv
from pyarrow.parquet import ParquetWriter

from jobs.services.export_rows import Column, ExportRows

ROW_GROUP = 50_000  # rows: some megabytes in memory, and still long enough to be compressed well
PARSED = csv.ParseOptions(newlines_in_values=True)


def write_parquet(rows: ExportRows, file: IO[bytes]) -> None:
    """Amounts are exact decimals, moments are in UTC, a value that is not there is null."""
    schema = pa.schema([(name, _type(field)) for name, field in rows.columns.items()])
    read = csv.ReadOptions(column_names=schema.names, block_size=1 << 22)
    types = csv.ConvertOptions(column_types=schema, true_values=["t"], false_values=["f"])
    with ParquetWriter(file, schema, compression="zstd") as writer:
        lines = chain.from_iterable(rows.texts(lambda field, name: name))
        while group := list(islice(lines, ROW_GROUP)):
            table = csv.read_csv(pa.BufferReader(b"".join(group)), read, PARSED, types)
            writer.write_table(table)


def _type(field: Column) -> pa.DataType:
    if isinstance(field, DecimalField):
        return pa.decimal128(field.max_digits, field.decimal_places)
    if isinstance(field, DateTimeField):
        return pa.timestamp("us", tz="UTC")
    return pa.bool_() if isinstance(field, BooleanField) else pa.string()
