"""What somebody looks for is taken apart as it was meant, and written so that it can be read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.filter_words import Token, tokens_of, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("job:greet", [("job", "greet")]),
        ("  job:greet   state:failed ", [("job", "greet"), ("state", "failed")]),
        ('error:"no answer"', [("error", "no answer")]),
        ("error:'said \"no\" today'", [("error", 'said "no" today')]),
        ('error:"no end', [("error", "no end")]),
        ("greet", [("", "greet")]),
        ("job: greet", [("job", ""), ("", "greet")]),
        ("since:2026-11-21T14:30", [("since", "2026-11-21T14:30")]),
        ("12:30", [("", "12:30")]),
        ("url:https://example.org/?a=b", [("url", "https://example.org/?a=b")]),
        ("parameter.since:2026", [("parameter.since", "2026")]),
        ("error:can't", [("error", "can't")]),
        ('error:""', [("error", "")]),
        ("name:\x00x", [("name", "x")]),
        ("job:a job:a", [("job", "a")]),
    ],
)
def test_words_are_told_apart(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(token.key, token.value) for token in tokens_of(text)] == expected


@given(st.lists(st.text(st.characters(exclude_categories=["C"], exclude_characters="\"'"), min_size=1)))
def test_what_is_written_is_read_again(values: list[str]) -> None:
    tokens = list(dict.fromkeys(Token(key="name", value=value) for value in values))

    assert tokens_of(written(tokens)) == tokens


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    tokens_of(text)
