"""An import of the lines alone that an earlier one has rejected."""

import json
from pathlib import Path

import pytest

from jobs.exceptions import WrongInput
from jobs.models.product import Product
from jobs.services.keyed_import.only import lines_of
from jobs.services.products import import_products
from tests.jobs.services.imported import counts
from tests.jobs.services.watched import Watched
from tests.jobs.services.workbooks import workbook

ROWS = [("1", "Tea", "1"), ("2", "Milk", "1"), ("3", "Rice", "1"), ("4", "Salt", "1"), ("5", "Egg", "1")]
HEADER = ("sku", "name", "price")


def listed(tmp_path: Path, *numbers: object) -> Path:
    path = tmp_path / "rejected.csv"
    path.write_text("".join(f"{line}\n" for line in ("line,sku,reason", *(f"{n},x,y" for n in numbers))))
    return path


@pytest.mark.parametrize(
    ("name", "numbers"), [("a.csv", (3, 5)), ("a.json", (2, 4)), ("a.xlsx", (3, 5)), ("a.csv", (5, 3, 99))]
)
@pytest.mark.django_db
def test_the_lines_that_are_listed_are_imported_and_no_others(
    tmp_path: Path, name: str, numbers: tuple[int, ...]
) -> None:
    path = tmp_path / name
    if name.endswith("xlsx"):
        path.write_bytes(workbook([HEADER, *ROWS]))
    elif name.endswith("json"):
        path.write_text(json.dumps([dict(zip(HEADER, row, strict=True)) for row in ROWS]))
    else:
        path.write_text("".join(f"{','.join(row)}\n" for row in (HEADER, *ROWS)))

    report = import_products(path, only=listed(tmp_path, *numbers))

    assert counts(report) == {"read": 2, "created": 2}
    assert set(Product.objects.values_list("sku", flat=True)) == {"2", "4"}


@pytest.mark.django_db
def test_what_an_import_has_left_is_what_the_next_one_takes(tmp_path: Path) -> None:
    path, progress = tmp_path / "a.csv", Watched(tmp_path)
    path.write_text("sku,name,price\n1,Tea,1\n2,Milk,free\n3,Rice,1\n4,,1\n")
    first = import_products(path, progress=progress)

    second = import_products(path, only=tmp_path / "rejected.csv")

    assert (first.read, first.rejected) == (4, 2)
    assert (second.read, second.reasons) == (2, first.reasons)


@pytest.mark.parametrize(
    "content", ["", "sku,reason\n1,x\n", "line,sku\n0,1\n", "line\nx\n", f"line\n{2**64}\n", '"line\n']
)
def test_a_file_that_lists_no_lines_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "rejected.csv"
    path.write_text(content)

    if content in ("", '"line\n'):
        assert 1 not in lines_of(path)
    else:
        with pytest.raises(WrongInput, match=r"rejected\.csv"):
            lines_of(path)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongInput, match="There is no file"):
        lines_of(tmp_path / "gone.csv")
