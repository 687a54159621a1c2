"""The one stylesheet, and the classes that pages have."""

import re
from pathlib import Path

CONSOLE = Path(__file__).parents[2] / "console"
STYLES = (CONSOLE / "static" / "console" / "console.css").read_text()
OF_PYGMENTS = re.compile(r"[a-z][a-z0-9]?|linenos")  # the names of what it finds in code
OF_OTHERS = {"success", "fail"}  # a level of Django's messages, and one of jobs/services/diagnosis.py


def styled() -> set[str]:
    """The classes that a rule names."""
    rules = re.sub(r"/\*.*?\*/", "", STYLES, flags=re.DOTALL)
    selectors = re.sub(r"\{[^{}]*\}", " ", rules)
    return set(re.findall(r"\.([a-z][\w-]*)", selectors))


def written_out() -> set[str]:
    """The classes in templates; one that is worked out has a `…` in place of that."""
    written = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "…", text_of("html")))
    return {name for names in re.findall(r'\sclass="([^"]*)"', written) for name in names.split()}


def worked_out() -> set[str]:
    """The words of all texts in code: classes are among them."""
    return {word for text in re.findall(r'"([^"\n]*)"', text_of("py", "js")) for word in words(text)}


def words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text)


def text_of(*kinds: str) -> str:
    return "\n".join(each.read_text() for kind in kinds for each in CONSOLE.rglob(f"*.{kind}"))


def test_every_rule_is_of_a_class_that_something_has() -> None:
    unknown = styled() - written_out() - worked_out() - OF_OTHERS

    assert {each for each in unknown if not OF_PYGMENTS.fullmatch(each)} == set()


def test_every_class_has_a_rule() -> None:
    assert {each for each in written_out() - styled() if "…" not in each} == set()


def test_no_page_keeps_its_rules_inside_those_of_another() -> None:
    parts = re.split(r"^/\* PAGE: ", STYLES, flags=re.MULTILINE)

    assert [part.partition(" *")[0] for part in parts if part.count("{") != part.count("}")] == []
