"""The one stylesheet, and the classes that pages have."""

import re
from pathlib import Path

CONSOLE = Path(__file__).parents[2] / "console"
STYLES = (CONSOLE / "static" / "console" / "console.css").read_text()
WRITTEN = [each.read_text() for kind in ("html", "js", "py") for each in CONSOLE.rglob(f"*.{kind}")]
OF_PYGMENTS = re.compile(r"[a-z][a-z0-9]?|linenos")  # the names of what it finds in code


def styled() -> set[str]:
    """The classes that a rule names."""
    rules = re.sub(r"/\*.*?\*/", "", STYLES, flags=re.DOTALL)
    selectors = re.sub(r"\{[^{}]*\}", " ", rules)
    return set(re.findall(r"\.([a-z][\w-]*)", selectors))


def given() -> set[str]:
    """The classes that a template writes out; those that it works out have a `…` in place of that."""
    templates = "\n".join(each.read_text() for each in CONSOLE.rglob("*.html"))
    written = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "…", templates))
    return {name for names in re.findall(r'\sclass="([^"]*)"', written) for name in names.split()}


def test_every_rule_is_of_a_class_that_something_has() -> None:
    words = set(re.findall(r"[\w-]+", "\n".join(WRITTEN)))

    assert {each for each in styled() - words if not OF_PYGMENTS.fullmatch(each)} == set()


def test_every_class_has_a_rule() -> None:
    assert {each for each in given() - styled() if "…" not in each} == set()


def test_no_page_keeps_its_rules_inside_those_of_another() -> None:
    parts = re.split(r"^/\* PAGE: ", STYLES, flags=re.MULTILINE)

    assert [part.partition(" *")[0] for part in parts if part.count("{") != part.count("}")] == []
