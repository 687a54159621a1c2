"""The function of a job as it is written, for those who want to know what it really does."""

import inspect
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound

from jobs.job import Job


@dataclass(frozen=True, kw_only=True)
class Source:
    """`file` is the path in the project; `line` that of its first line."""

    file: str
    line: int
    code: SafeString


def source_of(job: Job) -> Source | None:
    """None where there is only what was compiled."""
    try:
        lines, line = inspect.getsourcelines(job.function)
        path = Path(inspect.getfile(job.function))
    except (OSError, TypeError):
        return None
    file = path.relative_to(settings.ROOT) if path.is_relative_to(settings.ROOT) else Path(path.name)
    return Source(file=str(file), line=line, code=highlighted("".join(lines), "python", first_line=line))


def highlighted(code: str, language: str, *, first_line: int | None = None) -> SafeString:
    """In spans with classes, which the stylesheet colours; plain where nobody knows the language."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False)
    numbers = "inline" if first_line else False
    formatter = HtmlFormatter(cssclass="code", wrapcode=True, linenos=numbers, linenostart=first_line or 1)
    # Pygments escapes all that it is given.
    return SafeString(highlight(code, lexer, formatter))
