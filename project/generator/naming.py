"""Whether a job can have that name, and everything that follows from it."""

import builtins
import keyword
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from django.core.management import get_commands

from jobs.catalog import JOBS
from jobs.exceptions import NightshiftError

LONGEST = 36  # letters, so that no line that a template makes of it is too long
LONGEST_DESCRIPTION = 100  # letters of a docstring's line
FILES = (
    "jobs/services/{}.py",
    "tasks/{}.py",
    "jobs/management/commands/{}.py",
    "tests/jobs/services/test_{}.py",
)
NO_NOUN = {"utils", "helpers", "common", "misc", "core", "manager", "base_utils"}


class WrongName(NightshiftError):
    """A job cannot be called that; nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """`module` is the file of jobs/services/ without its ending; the description ends in a full stop."""

    name: str
    module: str
    description: str

    @property
    def texts(self) -> dict[str, str]:
        """What a template may ask for."""
        camel = "".join(part.capitalize() for part in self.name.split("_"))
        return {
            "name": self.name,
            "module": self.module,
            "description": self.description,
            "constant": self.name.upper(),
            "title": self.name.replace("_", " ").capitalize(),
            "report": f"{camel}Report",
            "unavailable": f"{camel}Unavailable",
        }


def naming(name: str, *, description: str, module: str | None, root: Path) -> Naming:
    """Raises WrongName."""
    _check_word(name, "name of a job")
    _check_free(name, root)
    if module is None:
        _check_files(name, root)
    else:
        _check_word(module, "name of a module")
        if (root / f"tasks/{module}.py").exists() and not (root / f"jobs/services/{module}.py").exists():
            raise WrongName(f"tasks/{module}.py is there and holds no jobs; choose another --module")
    return Naming(name=name, module=module or name, description=_sentence(description))


def _check_word(word: str, what: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", word):
        raise WrongName(f"{word!r} cannot be the {what}; write small letters and _, like cleanup_tokens")
    if keyword.iskeyword(word) or hasattr(builtins, word) or word in sys.stdlib_module_names:
        raise WrongName(f"{word!r} is a word of Python's own; add what it is about, like {word}_orders")
    if len(word) > LONGEST:
        raise WrongName(f"{word!r} has {len(word)} letters, and {LONGEST} is the most; choose a shorter one")
    if word.startswith("test_"):
        raise WrongName(f"pytest would take {word!r} for a test; choose another")
    if word in NO_NOUN:
        raise WrongName(f"{word!r} says nothing about what is in it; name it by a noun")


def _check_free(name: str, root: Path) -> None:
    if name in JOBS:
        raise WrongName(f"There is a job named {name!r} already; choose another name")
    commands = get_commands()
    if name in commands:
        owner = str(commands[name]).removeprefix("django.core") or "Django"
        raise WrongName(f"{name!r} is a command of {owner} already; choose another name")
    if (root / FILES[2].format(name)).exists():
        raise WrongName(f"{FILES[2].format(name)} is there already; choose another name")


def _check_files(module: str, root: Path) -> None:
    for file in FILES:
        if (root / file.format(module)).exists():
            raise WrongName(f"{file.format(module)} is there already; choose another name, or a --module")


def _sentence(text: str) -> str:
    """With a full stop, as the summary of every job."""
    text = text.strip()
    if not text or len(text) >= LONGEST_DESCRIPTION or not text.isprintable():
        raise WrongName(f"--description is one line of 1 to {LONGEST_DESCRIPTION - 1} letters: what it does")
    if '"' in text or "\\" in text:
        raise WrongName('--description becomes a docstring: write it without " and \\')
    return text if text.endswith(".") else f"{text}."
