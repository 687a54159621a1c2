"""What steers a terminal is no part of a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.control_codes import CONTROLS, without_codes


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;aGVsbG8=", ""),
        ("10 %\r20 %\r\n", "10 %\n20 %\n"),
        ("a\tb\nc\x00\x9bd", "a\tb\ncd"),
        ("user\u202etxt.exe", "usertxt.exe"),
        ("\x1b[", ""),
        ("\x1bM", ""),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_codes_are_taken_out_and_text_is_left(text: str, plain: str) -> None:
    assert without_codes(text) == plain


@given(st.text(st.sampled_from("\x1b[]0;mM\x07\\\r\n\tab\u202e\x9b")))
def test_no_control_is_left_over(text: str) -> None:
    plain = without_codes(text)

    assert not CONTROLS.search(plain)
    assert "\r" not in plain
