"""Python source that is added to: by its syntax tree, and without a change of what stands there."""

import ast
import re
import sys
from collections.abc import Iterator

from jobs.exceptions import NightshiftError

WIDTH = 110  # columns, as in pyproject.toml
OURS = {"jobs", "tasks", "console", "project", "tests", "benchmarks"}


class NoAnchor(NightshiftError):
    """The place where something is to be written was not found; `text` is what a person has to write."""

    def __init__(self, text: str) -> None:
        self.text = text.strip("\n")
        super().__init__(f"There is no place for: {self.text}")


class Clash(NightshiftError):
    """A module binds that name already."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is there already")


def merged(source: str, addition: str, *, before: str | None = None) -> str:
    """The source with the imports and the statements of the addition that it lacks.

    They stand at the end, or before the statement that binds the name `before`.
    """
    tree = ast.parse(addition)
    wanted = [node for node in tree.body[_docstrings(tree) :] if not is_import(node)]
    there = {ast.dump(node) for node in ast.parse(source).body}
    while wanted and ast.dump(wanted[0]) in there:
        del wanted[0]
    if clash := set(bound(wanted)) & set(bound(ast.parse(source).body)):
        raise Clash(min(clash))
    text = _text_from(addition, wanted[0])
    source = with_imports(source, addition)
    return _before(source, before, text) if before else f"{source.rstrip()}\n\n\n{text}\n"


def bound(body: list[ast.stmt]) -> Iterator[str]:
    """The names that these statements give a meaning to."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (each.id for target in targets for each in ast.walk(target) if _is_name(each))  # type: ignore[attr-defined]


def words(source: str) -> set[str]:
    """Every name that the source uses or binds, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "arg", "name", "asname"):
            found.add(str(getattr(node, field, "")))
    return found


def is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def with_imports(source: str, addition: str) -> str:
    """The source with each import of the addition, where isort would put it."""
    for node in ast.parse(addition).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                source = with_import(source, str(node.module), alias.name)
        elif isinstance(node, ast.Import) and ast.dump(node) not in map(ast.dump, ast.parse(source).body):
            source = _with_line(source, ast.unparse(node))
    return source


def with_import(source: str, module: str, name: str, *, anywhere: bool = True) -> str:
    """`from module import name`: among the names that are imported from there, or on a line of its own.

    Raises NoAnchor where `anywhere` is false and nothing is imported from that module yet.
    """
    found = [each for each in ast.walk(ast.parse(source)) if _is_from(each, module)]
    # Another place may have it too: `from jobs.models import Product` means the same.
    if name in bound([each for each in (*ast.parse(source).body, *found) if is_import(each)]):  # type: ignore[misc]
        return source
    if found:
        return _with_name(source, found[0], name)  # type: ignore[arg-type]
    if not anywhere:
        raise NoAnchor(f"from {module} import {name}")
    return _with_line(source, f"from {module} import {name}")


def _with_name(source: str, node: ast.ImportFrom, name: str) -> str:
    if node.lineno != node.end_lineno:
        return _with_name_on_a_line(source, node, name)
    parts = [_segment(source, alias) for alias in node.names]
    parts = sorted([*parts, name], key=_name_key)
    line = source.split("\n")[node.lineno - 1]
    indent = " " * node.col_offset
    begin, rest = f"{indent}from {node.module} import ", line[node.end_col_offset :]
    if len(begin + ", ".join(parts)) <= WIDTH:
        new = begin + ", ".join(parts) + rest
    else:
        new = "\n".join([f"{begin}({rest}", *(f"{indent}    {part}," for part in parts), f"{indent})"])
    return _replaced(source, node.lineno, node.lineno, new)


def _with_name_on_a_line(source: str, node: ast.ImportFrom, name: str) -> str:
    lines = source.split("\n")
    if not all(
        lines[each.lineno - 1].strip().startswith(f"{_segment(source, each)},") for each in node.names
    ):
        raise NoAnchor(f"from {node.module} import {name}")
    later = next((each for each in node.names if _name_key(each.name) > _name_key(name)), None)
    if later is None:
        last = node.names[-1]
        indent = " " * last.col_offset
        return _replaced(source, last.lineno, last.lineno, f"{lines[last.lineno - 1]}\n{indent}{name},")
    indent = " " * later.col_offset
    return _replaced(source, later.lineno, later.lineno, f"{indent}{name},\n{lines[later.lineno - 1]}")


def _with_line(source: str, line: str) -> str:
    new = _line_key(ast.parse(line).body[0])
    there = [node for node in ast.parse(source).body if is_import(node)]
    if not there:
        raise NoAnchor(line)
    earlier = [node for node in there if _line_key(node) < new]
    later = [node for node in there if _line_key(node) > new]
    if earlier and (not later or _line_key(earlier[-1])[0] == new[0]):
        gap = "" if _line_key(earlier[-1])[0] == new[0] else "\n"
        return _inserted(source, int(earlier[-1].end_lineno or 0), f"{gap}{line}\n")
    gap = "" if _line_key(later[0])[0] == new[0] else "\n"
    return _inserted(source, later[0].lineno - 1, f"{line}\n{gap}")


def _before(source: str, name: str, text: str) -> str:
    for node in ast.parse(source).body:
        if name in bound([node]):
            return _inserted(source, node.lineno - 1, f"{text}\n\n")
    raise NoAnchor(text)


def _line_key(node: ast.stmt) -> tuple[int, bool, list[tuple[int, str]]]:
    """As isort orders lines: by section, whole modules first, by name."""
    module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name  # type: ignore[attr-defined]
    root = str(module).partition(".")[0]
    standard = 0 if root == "__future__" else 1
    section = standard if root in sys.stdlib_module_names else 3 if root in OURS else 2
    return section, isinstance(node, ast.ImportFrom), _natural(str(module))


def _name_key(name: str) -> tuple[int, list[tuple[int, str]]]:
    """As isort orders names: constants, classes, the rest."""
    plain = name.partition(" ")[0]
    kind = 0 if plain.isupper() and len(plain) > 1 else 1 if plain[:1].isupper() else 2
    return kind, _natural(plain)


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part.lower()) for part in re.split(r"(\d+)", text)]


def _docstrings(tree: ast.Module) -> int:
    return 1 if ast.get_docstring(tree) else 0


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def _is_from(node: ast.AST, module: str) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == module and not node.level


def _text_from(source: str, node: ast.stmt) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return "\n".join(source.split("\n")[first - 1 :]).strip("\n")


def _segment(source: str, node: ast.AST) -> str:
    return ast.get_source_segment(source, node) or ""


def _replaced(source: str, first: int, last: int, text: str) -> str:
    """With these lines, counted from 1, in place of those."""
    lines = source.split("\n")
    return "\n".join([*lines[: first - 1], text, *lines[last:]])


def _inserted(source: str, behind: int, text: str) -> str:
    lines = source.split("\n")
    return "\n".join([*lines[:behind], text.removesuffix("\n"), *lines[behind:]])
