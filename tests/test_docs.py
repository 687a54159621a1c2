"""The docs say what is there, and what they show is there."""

import re
from pathlib import Path

import pytest

from jobs.models.state import TRANSITIONS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])
NAMES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in dict.fromkeys(PAGES)]


@pytest.mark.parametrize("page", NAMES)
def test_links_lead_to_files(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())

    broken = [link for link in links if ":" not in link and not (page.parent / link).exists()]

    assert broken == []


@pytest.mark.parametrize("page", NAMES)
def test_code_that_names_its_file_stands_in_it(page: Path) -> None:
    blocks = re.findall(r"```python\n# (\S+\.py)\n(.*?)```", page.read_text(), re.DOTALL)

    missing = [name for name, code in blocks if words(code) not in words((ROOT / name).read_text())]

    assert missing == []


def test_every_environment_variable_is_explained_and_no_other() -> None:
    sources = [ROOT / "project" / "settings.py", ROOT / "project" / "serve.py"]
    read = {name for source in sources for name in re.findall(r'env\.\w+\(\s*"(\w+)"', source.read_text())}
    read |= set(re.findall(r"\$\{(\w+):-", (ROOT / "Procfile").read_text()))

    explained = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))

    assert explained == read


def test_every_target_of_make_has_a_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]

    helped = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))

    assert helped == phony


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda each: f"{each.source}-{each.target}")
def test_every_arrow_between_states_is_drawn_with_its_reason(transition: tuple[str, str, str]) -> None:
    source, target, reason = transition

    chart = (ROOT / "docs" / "runs.md").read_text()

    assert f'{source} -->|"{reason}"| {target}' in chart


def test_the_readme_gives_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()

    assert re.search(r"^make run\b.*\nmake test\b", readme, re.MULTILINE)


def words(code: str) -> str:
    return " ".join(code.split())
