"""A job's entry in the fixture `samples` of tests/samples.py, with which every door of it is tried."""

import ast
from textwrap import indent

from project.generator.source import NoAnchor, is_import, with_imports


def with_sample(source: str, name: str, sample: str) -> str:
    """`sample` is a few statements, the last of which is the entry's value. Raises NoAnchor."""
    statements = [node for node in ast.parse(sample).body if not is_import(node)]
    texts = [ast.get_source_segment(sample, node) or "" for node in statements]
    entry = f'"{name}": {texts.pop()}'
    given = _given(source)
    if given is None:
        raise NoAnchor("\n".join([*texts, f"# and in the samples that are returned: {entry}"]))
    lines = source.split("\n")
    first, last = given.lineno - 1, int(given.end_lineno or 0)
    new = [*(indent(text, " " * given.col_offset) for text in texts), _with_entry(source, given, entry)]
    return with_imports("\n".join([*lines[:first], *new, *lines[last:]]), sample)


def _given(source: str) -> ast.stmt | None:
    """The last statement `return {…}` or `yield {…}` of that fixture, wherever in it."""
    fixtures = [node for node in ast.parse(source).body if getattr(node, "name", "") == "samples"]
    found = [node for fixture in fixtures for node in ast.walk(fixture) if _entries(node)]
    return max(found, key=lambda node: node.lineno, default=None)  # type: ignore[attr-defined,return-value]


def _entries(node: ast.AST | None) -> ast.Dict | None:
    value = node.value if isinstance(node, ast.Return | ast.Expr) else None
    value = value.value if isinstance(value, ast.Yield) else value
    return value if isinstance(value, ast.Dict) else None


def _with_entry(source: str, given: ast.stmt, entry: str) -> str:
    """The whole statement, one entry a line; where it is so already, one line more and no other change."""
    margin = " " * given.col_offset
    lines = (ast.get_source_segment(source, given, padded=True) or "").split("\n")
    if len(lines) > 1 and lines[-1].strip() == "}":
        return "\n".join([*lines[:-1], f"{margin}    {entry},", lines[-1]])
    there = _entries(given) or ast.Dict([], [])
    entries = [_entry(source, key, value) for key, value in zip(there.keys, there.values, strict=True)]
    word = lines[0].split()[0]
    return "\n".join(
        [f"{margin}{word} {{", *(f"{margin}    {each}," for each in (*entries, entry)), f"{margin}}}"]
    )


def _entry(source: str, key: ast.expr | None, value: ast.expr) -> str:
    said = ast.get_source_segment(source, value) or ""
    return f"{ast.get_source_segment(source, key)}: {said}" if key else f"**{said}"
