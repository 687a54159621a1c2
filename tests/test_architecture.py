"""The shape of the house, held over the syntax tree."""

import ast
import subprocess
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("jobs", "tasks", "console", "project")  # from the bottom up: each imports from those before it
FLOORS = (
    ("exceptions",),
    ("sources", "secret", "values", "calls", "access", "risk", "accepts"),
    ("key_ranges",),
    ("progress",),
    ("kinds", "walks"),
    ("parameters",),
    ("job",),
    ("models",),
    ("log", "output"),
    ("services",),
    ("catalog",),
    (
        "figures",
        "recording",
        "side_by_side",
        "queue",
        "audit",
        "confirmation",
        "rights",
        "arguments",
        "stdin",
        "terminal",
        "database",
        "wording",
        "run_reference",
        "failure",
        "usual",
    ),
    ("outcome", "terminal_question", "following", "asking", "approval"),
    ("run_listing", "queue_listing", "process_listing", "lane_listing", "retrying"),
    ("sentence",),
    ("waiting",),
    ("standing",),
    ("run_report",),
    ("children",),
    ("execution",),
    ("lease",),
    ("foreground",),
    ("command", "checks"),
    ("diagnosis_command",),
    ("apps",),
    ("management",),
)
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "core", "manager", "base_utils"}
MOST_LINES = 200
MOST_LINES_OF_A_FUNCTION = 20
UNTESTED = {
    # Tested by those of what they are a part of: a name for a job, a list, the statements of a run.
    *("project/asgi.py", "project/urls.py", "project/celery.py", "project/apps.py", "project/keeper.py"),
    *("project/server.py", "project/postgres.py", "project/valkey.py", "project/unprivileged.py"),
    *("jobs/apps.py", "tasks/apps.py", "tasks/hooks.py", "console/urls.py", "console/apps.py"),
    *("jobs/catalog.py", "jobs/models/ending.py", "jobs/models/statements.py", "jobs/models/prepared.py"),
    *("jobs/models/run_indexes.py", "jobs/models/family_statements.py"),
    *("jobs/models/order.py", "jobs/models/daily_stat.py"),
    *("jobs/models/notification.py", "jobs/models/temp_file.py", "jobs/risk.py"),
    *("jobs/models/product.py", "jobs/services/keyed_import/reader.py", "jobs/calls.py", "jobs/walks.py"),
    *("jobs/services/keyed_import/text_reader.py", "jobs/services/keyed_import/rejections.py"),
}


def modules() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [Path(line) for line in listed.stdout.split()]
    return [path for path in found if path.parts[0] in ROOMS and "migrations" not in path.parts]


def name_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in modules() if (ROOT / path).exists()}
TREES = {name: ast.parse((ROOT / path).read_text()) for name, path in MODULES.items()}
FUNCTIONS = [
    (name, node)
    for name, tree in TREES.items()
    for node in ast.walk(tree)
    if isinstance(node, ast.FunctionDef)
]


def imports(name: str) -> Iterator[str]:
    """Every module that this one imports, wherever in it, but not what is for types only."""
    for node in executed(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else node.module


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """The tree without what stands under `if TYPE_CHECKING`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield from executed(child)


def test_a_room_imports_from_rooms_below_only() -> None:
    above = [
        (name, found)
        for name in MODULES
        for found in imports(name)
        if found.split(".")[0] in ROOMS[ROOMS.index(name.split(".")[0]) + 1 :]
    ]

    assert above == []


def test_jobs_know_neither_celery_nor_http() -> None:
    outside = ("celery", "kombu", "billiard", "django.http", "django_celery_beat")

    found = {name: list(imports(name)) for name in MODULES if name.startswith("jobs")}

    assert not [(name, each) for name, all_ in found.items() for each in all_ if each.startswith(outside)]


def test_a_floor_of_jobs_imports_from_its_own_and_those_below_only() -> None:
    jobs = [name for name in MODULES if name.startswith("jobs.")]

    above = [
        (name, found)
        for name in jobs
        for found in imports(name)
        if found.startswith("jobs.") and floor(found) > floor(name)
    ]

    assert above == []


def floor(name: str) -> int:
    noun = name.split(".")[1]
    return next(number for number, nouns in enumerate(FLOORS) if noun in nouns)


def test_no_import_leads_back_to_where_it_came_from() -> None:
    graph = {name: {found for found in imports(name) if found in MODULES} for name in MODULES}
    # AppConfig.ready imports late, when everything is there.
    graph = {name: found for name, found in graph.items() if not name.endswith(".apps")}

    order = list(TopologicalSorter(graph).static_order())

    assert len(order) >= len(graph)


def test_imports_stand_at_the_top() -> None:
    hidden = [
        (name, function.name)
        for name, function in FUNCTIONS
        if function.name != "ready"
        and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    ]

    assert hidden == []


def test_a_file_is_short_and_named_by_a_noun() -> None:
    flat_tables = {"project/settings.py", "jobs/catalog.py"}
    lines = {str(path): (ROOT / path).read_text().count("\n") for path in MODULES.values()}

    long = {path: count for path, count in lines.items() if count > MOST_LINES and path not in flat_tables}

    assert long == {}
    assert [name for name in MODULES if FORBIDDEN_NAMES & set(name.split("."))] == []


def test_functions_are_short() -> None:
    sizes = {(name, function.name): size(function) for name, function in FUNCTIONS}

    assert {where: lines for where, lines in sizes.items() if lines > MOST_LINES_OF_A_FUNCTION} == {}


def size(function: ast.FunctionDef) -> int:
    """Lines of its body without the docstring; an import is one, however many names it has."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    names = sum((each.end_lineno or 0) - each.lineno for each in body if isinstance(each, ast.ImportFrom))
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 - names if body else 0


def holds_only_tasks(module: Path) -> bool:
    """Three lines a job, which tests/test_catalog.py looks at."""
    functions = [node for node in TREES[name_of(module)].body if isinstance(node, ast.FunctionDef)]
    decorators = [ast.unparse(each.decorator_list[0]) for each in functions if each.decorator_list]
    return bool(functions) and sum(each.startswith("job_task(") for each in decorators) == len(functions)


def test_a_module_has_its_tests() -> None:
    untested = [str(path) for path in MODULES.values() if str(path) not in UNTESTED and not is_tested(path)]

    assert untested == []


def is_tested(module: Path) -> bool:
    if module.name == "__init__.py" or "management" in module.parts or holds_only_tasks(module):
        return True
    expected = {ROOT / "tests" / module.parent / f"test_{module.name}"}
    # A package's modules may be tested together, in the test of the package.
    expected.add(ROOT / "tests" / module.parent.parent / f"test_{module.parent.name}.py")
    if module.parts[0] == "console":
        expected.update((ROOT / "tests" / "console").glob("test_*.py"))

    return any(test.exists() for test in expected)
