"""Names that people give to files."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from console.uploads import holds, keep, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("products.csv", "products.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\tmp\\a b.csv", "a_b.csv"),
        (".bashrc", "bashrc"),
        ("-rf", "rf"),
        ("", "upload"),
        ("..", "upload"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("価" * 100 + ".csv", "価" * 65 + ".csv"),
        ("\ud800.csv", "_.csv"),
        ("Größe.csv", "Größe.csv"),
    ],
)
def test_a_name_becomes_one_plain_part_of_a_path(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_what_is_kept_is_known_again_by_its_name_and_all_of_its_bytes(settings: Any) -> None:
    def upload(content: bytes = b"sku,name", name: str = "a.csv") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content)

    path = keep(upload())
    others = [upload(b"sku,namf"), upload(b"sku,nam"), upload(b"sku,name\n"), upload(name="b.csv")]

    assert holds(path, upload())
    assert not any(holds(path, other) for other in others)
    path.unlink()
    assert not holds(path, upload())
