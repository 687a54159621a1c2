"""The section of a job in the docs."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from console import manual
from jobs.catalog import JOBS

PAGE = """# Jobs

## greet

Says *hello*; see [runs](runs.md#states), [imports](#import_products) and [all](https://example.org/).

| parameter | meaning |
|---|---|
| `name` | <script>alert(1)</script> |

```sh
python manage.py greet <World>
```

## greet_all

Others.
"""


@pytest.fixture
def section(settings: Any, tmp_path: Path) -> Any:
    settings.ROOT = tmp_path
    page = tmp_path / "docs" / "jobs.md"
    page.parent.mkdir()
    page.write_text(PAGE)
    manual.section_of.cache_clear()
    yield manual.section_of
    manual.section_of.cache_clear()


def test_a_section_ends_where_the_next_begins(section: Any) -> None:
    assert "Says <em>hello</em>" in section("greet")
    assert "Others" not in section("greet")


def test_markup_in_it_is_text(section: Any) -> None:
    assert "&lt;script&gt;alert(1)" in section("greet")
    assert "&lt;World" in section("greet")


def test_links_lead_to_what_the_console_has(section: Any) -> None:
    html = section("greet")

    assert "see runs," in html
    assert '<a href="/jobs/import_products/?tab=docs">imports</a>' in html
    assert '<a href="https://example.org/">all</a>' in html


def test_a_job_without_a_section_has_none(section: Any) -> None:
    assert section("count_rows") is None


@pytest.mark.parametrize("name", JOBS)
def test_every_job_has_its_docs_on_its_page(as_reader: Client, name: str) -> None:
    body = as_reader.get(f"/jobs/{name}/?tab=docs").content.decode()

    section = manual.section_of(name)
    assert section
    assert section in body
    assert " style=" not in body


def test_without_the_page_a_table_of_the_parameters_stands_in(
    as_reader: Client, settings: Any, tmp_path: Path
) -> None:
    settings.ROOT = tmp_path
    manual.section_of.cache_clear()

    body = as_reader.get("/jobs/import_products/?tab=docs").content.decode()

    manual.section_of.cache_clear()
    assert "products written in one transaction" in body
    assert "<strong>Errors:</strong>" not in body
