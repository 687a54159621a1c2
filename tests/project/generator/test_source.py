"""Statements added to a module, where they belong."""

import pytest

from project.generator.source import Clash, NoAnchor, merged, with_import, with_imports


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from a import x\n", "from a import m, x\n"),
        ("from a import b  # noqa: F401\n", "from a import b, m  # noqa: F401\n"),
        ("from a import m, x\n", "from a import m, x\n"),
        ("from a import (\n    b,\n    x,\n)\n", "from a import (\n    b,\n    m,\n    x,\n)\n"),
        ("from a import (\n    b,  # why\n)\n", "from a import (\n    b,  # why\n    m,\n)\n"),
        ("from a import B, C\n", "from a import B, C, m\n"),
        ("import os\n", "import os\n\nfrom a import m\n"),
        ("from jobs import x\n", "from a import m\n\nfrom jobs import x\n"),
        ("from b import x\n", "from a import m\nfrom b import x\n"),
        ("import os\n\nfrom b import x\n", "import os\n\nfrom a import m\nfrom b import x\n"),
    ],
)
def test_an_import_is_put_where_isort_would(source: str, expected: str) -> None:
    assert with_import(source, "a", "m") == expected


def test_an_import_of_a_whole_module_is_added_once() -> None:
    assert with_imports("import os\n", "import os\nimport sys\n") == "import os\nimport sys\n"


@pytest.mark.parametrize("source", ["from a import (b, c,\n  d)\n", "x = 1\n"])
def test_an_import_that_has_no_place_is_said(source: str) -> None:
    with pytest.raises(NoAnchor) as missing:
        with_import(source, "a", "m")

    assert missing.value.text == "from a import m"


def test_a_name_that_is_imported_from_elsewhere_is_not_imported_twice() -> None:
    source = "from jobs.models import Product\n"

    assert with_import(source, "jobs.models.product", "Product") == source


def test_what_a_module_has_already_is_not_written_over() -> None:
    with pytest.raises(Clash):
        merged("def f() -> int:\n    return 1\n", "def f() -> int:\n    return 2\n")


def test_a_statement_that_is_there_already_is_not_repeated() -> None:
    found = merged("import os\n\nmark = 1\n", '"""Doc."""\n\nmark = 1\n\n\ndef f() -> None: ...\n')

    assert found == "import os\n\nmark = 1\n\n\ndef f() -> None: ...\n"
