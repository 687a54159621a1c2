"""Progress and results for a person at a terminal, or for the log of one who is not there."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from jobs.secret import masked

LINE_EVERY = 3.0  # seconds between two lines where there is no terminal
WIDTH = 500  # columns where there is no terminal: more than any row needs, so that none is cut


class HowFar(Protocol):
    """What both a Run and the progress of one have."""

    done: int
    total: int | None
    message: str


class Display:
    """Shows nothing; the base of those that do."""

    def show(self, state: HowFar) -> None:
        """Draw it anew."""


class LineDisplay(Display):
    def __init__(self, name: str, stream: IO[str]) -> None:
        self.name = name
        self._stream = stream
        self._shown = time.monotonic()

    def show(self, state: HowFar) -> None:
        if time.monotonic() - self._shown < LINE_EVERY:
            return
        self._shown = time.monotonic()
        of = f" of {state.total:,}" if state.total else ""
        about = f" {state.message}" if state.message else ""
        print(f"{self.name}: {state.done:,}{of}{about}", file=self._stream, flush=True)


class BarDisplay(Display):
    def __init__(self, name: str, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID = bar.add_task(name, total=None, message="")

    def show(self, state: HowFar) -> None:
        self._bar.update(self._task, completed=state.done, total=state.total, message=state.message)


@contextmanager
def display(
    name: str, *, verbosity: int, color: bool = True, console: Console | None = None
) -> Iterator[Display]:
    """A bar on a terminal, a line every few seconds elsewhere, nothing at verbosity 0; on stderr."""
    console = console or Console(stderr=True, no_color=not color)
    if verbosity == 0:
        yield Display()
    elif not console.is_terminal:
        yield LineDisplay(name, console.file)
    else:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[message]}"),
        )
        with Bar(*columns, console=console) as bar:
            yield BarDisplay(name, bar)


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, whole: Collection[str] = ()) -> Table:
    """For `printed`. The columns named in `whole` are never cut."""
    drawn = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for header in headers:
        drawn.add_column(header, no_wrap=header in whole, overflow="fold")
    for row in rows:
        drawn.add_row(*map(Text, row))  # a text is no markup
    return drawn


def printed(drawn: Table, *, is_terminal: bool, color: bool = True) -> str:
    """As wide as the terminal; where there is none, a line a row, without lines and colours."""
    if not is_terminal:
        drawn.box = None
    # Without a colour system nothing is bold either: --no-color is for who reads no escape sequences.
    console = Console(color_system="auto" if color else None, width=None if is_terminal else WIDTH)
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def result_lines(result: Any) -> list[str]:
    """A result as a person reads it: a line a field, figures aligned."""
    if isinstance(result, Mapping):
        width = max((len(_label(name)) for name in result), default=0)
        return [line for name, value in result.items() for line in _field_lines(_label(name), value, width)]
    if isinstance(result, list):
        return [line for item in result for line in result_lines(item)]
    return [] if result is None else [_value(result)]


def _field_lines(label: str, value: Any, width: int) -> list[str]:
    value = masked(value)
    if isinstance(value, Mapping) and value:
        return [f"{label}:", *(f"  {line}" for line in result_lines(value))]
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return [f"{label}:", *(f"  {_item(item)}" for item in value)]
    if isinstance(value, Mapping | list) and not value:
        value = "none"
    shown = ", ".join(map(_value, value)) if isinstance(value, list) else _value(value)
    return [f"{label:<{width}}  {shown}"]


def _item(item: Any) -> str:
    """One of a list, in a line."""
    if not isinstance(item, Mapping):
        return _value(item)
    return ", ".join(f"{_label(name)} {_value(value)}" for name, value in item.items())


def _label(name: Any) -> str:
    return str(name).replace("_", " ")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
