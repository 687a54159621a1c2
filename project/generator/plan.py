"""A new job as changes of files: which files there are, and what each of them gets."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from string import Template

from project.generator.change import Change
from project.generator.naming import Naming, WrongName
from project.generator.prose import with_change, with_section
from project.generator.sample import with_sample
from project.generator.source import Clash, NoAnchor, bound, merged, with_import, words

TEMPLATES = Path(__file__).parent / "templates"
SHAPES = {
    "base": "a plain function with a parameter",
    "import": "a CSV file in batches, with rejected rows and a preview",
    "maintenance": "rows of a table in batches, with a preview",
    "report": "a file that is kept with the run",
    "integration": "a call of another service by HTTP, tried again where that may help",
    "app": "apps by their labels",
    "label": "labels, one after the other, each in a transaction of its own",
}
MOST_LINES = 200  # of a file: tests/test_architecture.py


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`by_hand` has a sentence for each place that was not found: what to write there."""

    changes: list[Change]
    by_hand: list[str]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What the templates of a shape say for one name; `sample` is empty where there is no dry run."""

    service: str
    catalog: str
    command: str
    task: str
    test: str
    section: str
    sample: str


def plan(shape: str, naming: Naming, root: Path) -> Plan:
    """Reads the files below `root`, and changes none. Raises WrongName, and OSError for a file it needs."""
    texts = _texts(shape, naming)
    _check_words(shape, naming, root)
    changes, by_hand = [], []
    for path, add in _additions(texts, naming):
        try:
            changes.append(_change(root, path, add))
        except NoAnchor as missing:
            by_hand.append(f"In {path} no place was found for this; add it by hand:\n\n{missing.text}\n")
        except Clash as clash:
            hint = "leave out --module, so that the job gets a file of its own"
            raise WrongName(f"{path} has a {clash.name!r} already; {hint}") from clash
    _check_length(changes)
    return Plan(changes=changes, by_hand=by_hand)


def _change(root: Path, path: str, add: Callable[[str | None], str]) -> Change:
    file = root / path
    before = file.read_text(encoding="utf-8") if file.exists() else None
    return Change(path=path, before=before, after=add(before))


def _additions(texts: Texts, naming: Naming) -> Iterator[tuple[str, Callable[[str | None], str]]]:
    module = naming.module
    yield f"jobs/services/{module}.py", partial(_module, texts.service)
    yield "jobs/catalog.py", lambda source: merged(_needed(source), texts.catalog, before="JOBS")
    yield f"jobs/management/commands/{naming.name}.py", partial(_module, texts.command)
    yield f"tasks/{module}.py", partial(_module, texts.task)
    yield "tasks/apps.py", lambda source: with_import(_needed(source), "tasks", module, anywhere=False)
    yield f"tests/jobs/services/test_{module}.py", partial(_module, texts.test)
    yield "tests/samples.py", lambda source: with_sample(_needed(source), naming.name, texts.sample)
    yield "docs/jobs.md", lambda page: with_section(_needed(page), texts.section)
    sentence = f"The job `{naming.name}`. {naming.description}"
    yield "CHANGELOG.md", lambda page: with_change(_needed(page), sentence)


def _module(addition: str, source: str | None) -> str:
    return addition if source is None else merged(source, addition)


def _needed(text: str | None) -> str:
    if text is None:
        raise FileNotFoundError("startjob needs the whole checkout, with its tests and docs")
    return text


def _texts(shape: str, naming: Naming) -> Texts:
    def text(path: str) -> str:
        return Template((TEMPLATES / path).read_text(encoding="utf-8")).substitute(naming.texts)

    return Texts(
        service=text(f"{shape}/service.py.tmpl"),
        catalog=text(f"{shape}/catalog.py.tmpl"),
        command=text("command.py.tmpl"),
        task=text("task.py.tmpl"),
        test=text(f"{shape}/test.py.tmpl"),
        section=text(f"{shape}/section.md.tmpl"),
        sample=text(f"{shape}/sample.py.tmpl"),
    )


def _check_words(shape: str, naming: Naming, root: Path) -> None:
    """A job named `timezone` would hide what its own function calls."""
    other = _texts(shape, Naming(name="unlikely", module="unlikely", description=naming.description))
    if naming.name in words(other.service) | words(other.task) | words(other.test):
        raise WrongName(f"{naming.name!r} is used inside the job itself; choose another name")
    catalog = set(bound(_body(root / "jobs/catalog.py")))
    wanted = {naming.name.upper()}
    if not (root / f"jobs/services/{naming.module}.py").exists():
        wanted.add(naming.module)
    if taken := wanted & catalog:
        raise WrongName(f"jobs/catalog.py has the name {min(taken)!r} already; choose another one")
    tasks = root / f"tasks/{naming.module}.py"
    if tasks.exists() and "job_task" not in bound(_body(tasks)):
        raise WrongName(f"tasks/{naming.module}.py is there and holds no jobs; choose another --module")


def _body(path: Path) -> list[ast.stmt]:
    return ast.parse(path.read_text(encoding="utf-8")).body


def _check_length(changes: list[Change]) -> None:
    for each in changes:
        lines = each.after.count("\n")
        if each.path.startswith("jobs/services/") and lines > MOST_LINES:
            raise WrongName(
                f"{each.path} would have {lines} lines, and {MOST_LINES} is the most; leave out --module, so "
                "that the job gets a file of its own"
            )
