"""Names that people give to files."""

import pytest

from console.uploads import safe_name


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
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
        ("Größe.csv", "Größe.csv"),
    ],
)
def test_a_name_becomes_one_plain_part_of_a_path(name: str, safe: str) -> None:
    assert safe_name(name) == safe
