"""Which files a parameter takes."""

import pytest

from jobs.accepts import Accepts, size_words

TABLES = Accepts(suffixes=(".csv", ".json", ".xlsx"), at_most=2_000_000)


def test_it_says_what_it_takes() -> None:
    assert TABLES.sentence == ".csv, .json or .xlsx, at most 2.0 MB"
    assert Accepts(suffixes=(".csv",)).sentence == ".csv"
    assert Accepts().sentence == ""


@pytest.mark.parametrize("name", ["prices.csv", "PRICES.CSV", "a.b.json"])
def test_a_file_of_its_kind_is_taken(name: str) -> None:
    assert TABLES.refusal(name, 2_000_000) == ""


@pytest.mark.parametrize(
    ("name", "size", "sentence"),
    [
        ("prices.pdf", 1, "'prices.pdf' is no .csv, .json or .xlsx file; choose another"),
        ("csv", 1, "'csv' is no .csv, .json or .xlsx file; choose another"),
        ("a.csv", 2_000_001, "'a.csv' is too big: it has 2.0 MB, and at most 2.0 MB are taken"),
        ("a.csv", 3_500_000, "'a.csv' is too big: it has 3.5 MB, and at most 2.0 MB are taken"),
    ],
)
def test_any_other_is_refused_with_its_name(name: str, size: int, sentence: str) -> None:
    assert TABLES.refusal(name, size) == sentence


def test_without_a_word_every_file_is_taken() -> None:
    assert Accepts().refusal("anything", 10**15) == ""


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (123_456, "123 kB"), (5 * 10**15, "5000 TB")],
)
def test_a_size_in_words(size: int, words: str) -> None:
    assert size_words(size) == words
