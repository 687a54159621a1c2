"""Texts that a spreadsheet would calculate, told by the sign that they begin with."""

# As OWASP lists them; some spreadsheets read a sign of full width as the usual one.
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# The same in SQL, for `.format` of a text. Nearly all begin with a letter, for which this is quick.
POINTS = ", ".join(str(ord(sign)) for sign in SIGNS)
IS_FORMULA = f"ascii({{0}}) NOT BETWEEN 65 AND 122 AND ascii({{0}}) IN ({POINTS})"


def harmless(text: str) -> str:
    """Behind an apostrophe it is a text to every spreadsheet."""
    return f"'{text}" if text.startswith(SIGNS) else text
