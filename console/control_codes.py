"""Text from a job or a terminal, without what would steer a terminal or turn the direction of a line."""

import re

CODES = re.compile(
    r"\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # titles, links, the clipboard
    r"|\x1b\[[0-?]*[ -/]*[@-~]?"  # colours, and the cursor
    r"|\x1b[ -/]*[0-~]?"
)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BREAKS = re.compile(r"\r\n?")  # a progress bar writes each of its states over the one before


def without_codes(text: str) -> str:
    """Tabs and line breaks stay."""
    return CONTROLS.sub("", BREAKS.sub("\n", CODES.sub("", text)))
