"""Files that are written together: all of them, or none."""

import difflib
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Change:
    """`path` is below the project's directory; `before` is None where the file is new."""

    path: str
    before: str | None
    after: str


def diff(changes: Sequence[Change]) -> Iterator[str]:
    """The lines of one unified diff, as `git apply` takes it."""
    for each in changes:
        old = f"a/{each.path}" if each.before is not None else "/dev/null"
        lines = difflib.unified_diff(
            (each.before or "").splitlines(), each.after.splitlines(), old, f"b/{each.path}", lineterm=""
        )
        yield from lines


def write(root: Path, changes: Sequence[Change]) -> None:
    """Raises OSError, and has changed nothing then."""
    drafts: dict[Path, Path] = {}
    done: list[Change] = []
    try:
        for each in changes:
            drafts[root / each.path] = _draft(root / each.path, each.after)
        for each in changes:
            drafts[root / each.path].replace(root / each.path)
            done.append(each)
    except BaseException:
        for each in done:
            _undo(root / each.path, each.before)
        raise
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _draft(path: Path, text: str) -> Path:
    """The whole file beside its place: what cannot be written is known before anything is changed."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.write_text(text, encoding="utf-8")
        if path.exists():
            # A file that its owner has protected is left alone, even where the directory would let us.
            with path.open("r+b"):
                shutil.copymode(path, draft)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _undo(path: Path, before: str | None) -> None:
    if before is None:
        path.unlink()
    else:
        path.write_text(before, encoding="utf-8")
