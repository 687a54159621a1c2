"""An import of rows written in the test itself."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from jobs.services.keyed_import.report import ImportReport
from jobs.services.products import import_products
from tests.jobs.services.imported import Import
from tests.jobs.services.watched import Watched


@pytest.fixture
def progress(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


@pytest.fixture
def products_in_order(db: None) -> None:
    """They lie in their table as they are made; what earlier tests have left has room between its rows."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE jobs_product")


@pytest.fixture
def load(tmp_path: Path, progress: Watched) -> Import:
    """Import rows under the header sku,name,price, or a whole file's content."""

    def run(*rows: str, content: bytes = b"", name: str = "products.csv", **options: Any) -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content or "\n".join(("sku,name,price", *rows)).encode())
        return import_products(path, **{"progress": progress, **options})

    return run
