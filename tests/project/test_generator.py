"""`manage.py startjob`: what it writes works as it stands, and what it cannot write it does not begin."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from project.generator.change import write
from project.generator.naming import LONGEST, WrongName, naming
from project.generator.plan import SHAPES, plan

ROOT = Path(__file__).resolve().parent.parent.parent
EDITED = ("jobs/catalog.py", "tasks/apps.py", "tests/samples.py", "docs/jobs.md", "CHANGELOG.md")
DIRECTORIES = ("jobs/services", "jobs/management/commands", "tests/jobs/services")
# As long as a name may be: what has to be wrapped is wrapped. `base` shows the short ones.
NAMES = {shape: "a_z" if shape == "base" else f"{shape}_{'x' * LONGEST}"[:LONGEST] for shape in SHAPES}


def test_the_shortest_and_the_longest_names_are_formatted_and_clean(generated: Path) -> None:
    for words in (["format", "--check"], ["check"]):
        run(generated, "ruff", *words, "--no-cache", ".")


def test_what_was_written_is_typed(generated: Path) -> None:
    files = [file for name in NAMES.values() for file in written(name)]

    run(generated, "mypy", *files)


def test_what_was_written_passes_its_tests_and_those_over_all_jobs(generated: Path) -> None:
    files = [f"tests/jobs/services/test_{name}.py" for name in NAMES.values()]
    of_all = ("test_architecture",)

    said = run(generated, "pytest", "-q", *files, "tests/test_catalog.py", "tests/test_architecture.py",
        "-k", " or ".join([*NAMES.values(), *of_all]))  # fmt: skip

    assert " passed" in said
    assert "skipped" not in said


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a job of each type."""
    copy = tmp_path_factory.mktemp("project")
    listed = run(ROOT, "git", "ls-files", "--cached", "--others", "--exclude-standard")
    for path in filter(lambda each: (ROOT / each).is_file(), listed.splitlines()):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, copy / path)
    if (ROOT / ".mypy_cache").exists():
        shutil.copytree(ROOT / ".mypy_cache", copy / ".mypy_cache")  # what Django's types cost is paid
    run(copy, "git", "init", "--quiet")
    for shape, name in NAMES.items():
        planned = plan(shape, naming(name, description="Do it well", module=None, root=copy), copy)
        assert planned.by_hand == []
        write(copy, planned.changes)
    return copy


def run(directory: Path, program: str, *words: str) -> str:
    """Its output; fails with it where the program does."""
    command = [program] if program == "git" else [sys.executable, "-m", program]
    ended = subprocess.run([*command, *words], cwd=directory, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def written(name: str) -> list[str]:
    files = f"jobs/services/{name}", f"jobs/management/commands/{name}", f"tasks/{name}"
    return [*(f"{file}.py" for file in files), f"tests/jobs/services/test_{name}.py"]


@pytest.fixture
def small(tmp_path: Path, settings: Any) -> Path:
    """The files that a new job is written into, and no others."""
    root = tmp_path / "project"
    for directory in DIRECTORIES:
        (root / directory).mkdir(parents=True)
    for path in (*EDITED, "jobs/services/retention.py", "tasks/retention.py"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, root / path)
    settings.ROOT = root
    return root


def startjob(name: str = "count_stars", **options: Any) -> str:
    out = StringIO()
    call_command("startjob", name, stdout=out, **{"description": "Count stars", **options})
    return out.getvalue()


def content(root: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_command_names_each_file_that_it_has_written(small: Path, shape: str) -> None:
    before = content(small)

    said = startjob(type=shape)

    changed = {path for path, text in content(small).items() if before.get(path) != text}
    assert {str(path.relative_to(small)) for path in changed} == {
        words[1] for line in said.splitlines() if (words := line.split())[:1] in (["new"], ["changed"])
    }
    assert set(written("count_stars")) <= {str(path.relative_to(small)) for path in changed}


def test_a_dry_run_prints_a_diff_that_git_applies_to_the_same_files(small: Path) -> None:
    before = content(small)

    said = startjob(type="import", dry_run=True)

    assert content(small) == before
    (small / "job.diff").write_text(said)
    run(small, "git", "apply", "job.diff")
    applied = content(small)
    del applied[small / "job.diff"]
    for path in applied.keys() - before.keys():
        path.unlink()
    for path, text in before.items():
        path.write_text(text)
    (small / "job.diff").unlink()
    startjob(type="import")
    assert content(small) == applied


def test_a_diff_is_coloured_where_somebody_looks(small: Path) -> None:
    assert "\x1b[32;1m+" in startjob(dry_run=True, force_color=True)
    assert "\x1b" not in startjob(dry_run=True)


def test_json_is_one_object(small: Path) -> None:
    assert '"job": "count_stars"' in startjob(json=True)
    assert (small / "jobs/services/count_stars.py").exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("greet", "There is a job named 'greet' already"),
        ("migrate", "is a command of Django already"),
        ("runs", "is a command of jobs already"),
        ("collectstatic", "is a command of"),
        ("retention", "jobs/services/retention.py is there already"),
        ("class", "is a word of Python's own"),
        ("print", "is a word of Python's own"),
        ("json", "is a word of Python's own"),
        ("CountStars", "write small letters"),
        ("count-stars", "write small letters"),
        ("2stars", "write small letters"),
        ("../stars", "write small letters"),
        ("größe", "write small letters"),
        ("", "write small letters"),
        ("x" * 37, "36 is the most"),
        ("test_stars", "for a test"),
        ("utils", "says nothing"),
        ("timezone", "is used inside the job"),
        ("jobs", "has the name 'JOBS' already"),
        ("get", "has the name 'get' already"),
        ("progress", "is used inside the job"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_no_file_touched(small: Path, name: str, sentence: str) -> None:
    before = content(small)

    with pytest.raises(CommandError, match=sentence) as refused:
        startjob(name, type="maintenance")

    assert (refused.value.returncode, content(small)) == (2, before)


@pytest.mark.parametrize("description", ["", "x" * 100, "two\nlines", 'say "yes"', "back\\slash"])
def test_a_description_that_is_no_docstring_is_refused(small: Path, description: str) -> None:
    before = content(small)

    with pytest.raises(CommandError, match="--description"):
        startjob(description=description)

    assert content(small) == before


def test_a_module_that_is_there_gets_the_job_too(small: Path) -> None:
    startjob(type="base", module="retention")

    functions = names_in(small / "jobs/services/retention.py")
    assert {"cleanup_runs", "CountStarsReport", "count_stars"} <= functions
    assert {"cleanup_runs", "count_stars"} <= names_in(small / "tasks/retention.py")
    catalog = (small / "jobs/catalog.py").read_text()
    assert "function=retention.count_stars" in catalog
    assert catalog.count("from jobs.services import") == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"type": "import", "module": "retention"}, "would have 2[0-9]+ lines, and 200 is the most"),
        ({"module": "Retention"}, "write small letters"),
        ({"module": "schedule"}, "holds no jobs"),
    ],
)
def test_a_module_that_cannot_take_it_is_refused(small: Path, options: Any, sentence: str) -> None:
    (small / "tasks/schedule.py").write_text("x = 1\n")
    before = content(small)

    with pytest.raises(CommandError, match=sentence):
        startjob(**options)

    assert content(small) == before


@pytest.mark.parametrize("missing", [*DIRECTORIES, "tests/samples.py"])
def test_where_one_file_cannot_be_written_none_is(small: Path, missing: str) -> None:
    if (small / missing).is_dir():
        shutil.rmtree(small / missing)
    else:
        (small / missing).unlink()
    before = content(small)

    with pytest.raises(CommandError, match="Nothing was written") as failed:
        startjob(type="import")

    assert (failed.value.returncode, content(small)) == (1, before)


def test_a_disk_that_fills_in_the_midst_leaves_all_as_it_was(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, replace, room = content(small), Path.replace, iter(range(5))

    def fill(path: Path, target: Path) -> Path:
        if next(room, None) is None:
            raise OSError("No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fill)
    with pytest.raises(CommandError, match="No space left"):
        startjob(type="import")

    assert (next(room, None), content(small)) == (None, before)


@pytest.mark.parametrize(
    ("path", "anchor", "instead", "by_hand"),
    [
        ("jobs/catalog.py", "JOBS = {", "ALL = {", "COUNT_STARS = Job("),
        ("tasks/apps.py", "from tasks import", "from work import", "from tasks import count_stars"),
        ("tests/samples.py", "def samples(", "def others(", '"count_stars": {'),
        ("CHANGELOG.md", "### Added", "### New", "- The job `count_stars`. Count stars."),
    ],
)
def test_where_a_place_is_not_found_the_line_is_said_and_the_rest_written(
    small: Path, path: str, anchor: str, instead: str, by_hand: str
) -> None:
    file = small / path
    file.write_text(file.read_text().replace(anchor, instead))
    before, error = file.read_text(), StringIO()

    startjob(type="import", stderr=error)

    assert (f"In {path} no place was found" in error.getvalue(), by_hand in error.getvalue()) == (True, True)
    assert file.read_text() == before
    assert (small / "jobs/services/count_stars.py").exists()


def test_a_word_that_the_function_uses_is_no_name_of_a_job(small: Path) -> None:
    with pytest.raises(WrongName, match="used inside"):
        plan("report", naming("category", description="x", module=None, root=small), small)


def names_in(path: Path) -> set[str]:
    return set(_names(ast.parse(path.read_text())))


def _names(tree: ast.Module) -> Iterator[str]:
    return (node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
