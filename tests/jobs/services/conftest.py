"""An import of rows written in the test itself."""

from pathlib import Path
from typing import Any

import pytest

from jobs.services.keyed_import.report import ImportReport
from jobs.services.products import import_products
from tests.jobs.services.imported import Import
from tests.jobs.services.watched import Watched


@pytest.fixture
def progress(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


@pytest.fixture
def load(tmp_path: Path, progress: Watched) -> Import:
    """Import rows under the header sku,name,price, or a whole file's content."""

    def run(*rows: str, content: bytes = b"", name: str = "products.csv", **options: Any) -> ImportReport:
        path = tmp_path / name
        path.write_bytes(content or "\n".join(("sku,name,price", *rows)).encode())
        return import_products(path, **{"progress": progress, **options})

    return run
