"""Pages that are added to: the section of a job, and its line in the changelog."""

import re
from textwrap import fill

from project.generator.source import NoAnchor

WIDTH = 118  # columns of the changelog


def with_section(page: str, section: str) -> str:
    """At the end: the jobs stand in the order in which they came."""
    return f"{page.rstrip()}\n\n{section.strip()}\n"


def with_change(changelog: str, sentence: str) -> str:
    """Last under `### Added` of what is not released yet. Raises NoAnchor."""
    line = fill(
        f"- {sentence}", WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    unreleased = re.search(r"^## \[Unreleased\].*?(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    added = unreleased and re.search(
        r"^### Added\n+- .*?(?=\n+(?:#|\[|\Z))", unreleased[0].rstrip() + "\n", re.MULTILINE | re.DOTALL
    )
    if not (unreleased and added):
        raise NoAnchor(line)
    end = unreleased.start() + added.end()
    return f"{changelog[:end].rstrip()}\n{line}\n{changelog[end:].removeprefix(chr(10))}"
