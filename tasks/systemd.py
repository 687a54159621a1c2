"""Schedules as systemd's services and timers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from jobs.catalog import JOBS
from tasks.cron_line import FIELDS
from tasks.exported import FULL, Exported, one_line, spans

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SERVICE = """\
[Unit]
Description={description}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{account}WorkingDirectory={directory}
{environment}ExecStart={command}
{logs}"""
TIMER = """\
[Unit]
Description={description}

[Timer]
{times}
AccuracySec=1s

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Absolute paths; without `logs` the output goes to the journal."""

    python: Path
    manage: Path
    logs: Path | None = None
    environment: Path | None = None
    user: str = ""


def units(entries: Sequence[Exported], machine: Machine) -> dict[str, str]:
    """A service and a timer for each schedule that is kept, by the names of their files."""
    found = {}
    for each in entries:
        if not why_not(each):
            found[f"nightshift-{each.file}.service"] = _service(each, machine)
            found[f"nightshift-{each.file}.timer"] = _timer(each)
    return found


def why_not(each: Exported) -> str:
    """Why a schedule has no units, or an empty text."""
    return each.why_not or ("" if each.enabled else "it is disabled")


def on_calendar(times: dict[str, set[int]], zone: str) -> str:
    """OnCalendar= for a cron line whose days both have to hold, as they have to here."""
    minute, hour, day, month = (_component(times[name], name) for name in FIELDS[:4])
    weekdays = "" if times["day_of_week"] == FULL["day_of_week"] else f"{_weekdays(times['day_of_week'])} "
    return f"{weekdays}*-{month}-{day} {hour}:{minute}:00 {zone}"


def quoted(word: str) -> str:
    """One word of ExecStart: `%` begins a specifier there, `$` a variable, a backslash an escape."""
    doubled = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$")
    if re.fullmatch(r"[\w@%+=:,./-]+", doubled, re.ASCII):
        return doubled
    escaped = doubled.replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else _code(each) for each in escaped) + '"'


def _code(letter: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in letter.encode())


def _service(each: Exported, machine: Machine) -> str:
    # systemd looks for no variable in the program's own path.
    program = quoted(str(machine.python)).replace("$$", "$")
    command = [program, *map(quoted, (str(machine.manage), *each.words))]
    log = machine.logs and _plain(f"{machine.logs}/{each.file}.log")
    return SERVICE.format(
        description=_description(each),
        account=f"User={machine.user}\n" if machine.user else "",
        directory=_plain(str(machine.manage.parent)),
        environment=f"EnvironmentFile={_plain(str(machine.environment))}\n" if machine.environment else "",
        command=" ".join(command),
        logs=f"StandardOutput=append:{log}\nStandardError=append:{log}\n" if log else "",
    )


def _timer(each: Exported) -> str:
    return TIMER.format(description=_description(each), times="\n".join(_times(each)))


def _times(each: Exported) -> Iterator[str]:
    yield from (f"# {note}" for note in each.notes)
    if each.times is None:
        length = _seconds(each.every or timedelta())
        yield f"OnActiveSec={length}"
        yield f"OnUnitActiveSec={length}"
        return
    yield f"OnCalendar={on_calendar(each.times, each.zone)}"
    yield f"Persistent={'true' if each.makes_up else 'false'}"


def _component(values: set[int], name: str) -> str:
    """`*`, a step up to the end of the field, or ranges and numbers."""
    full, found = FULL[name], sorted(values)
    if values == full:
        return "*"
    step = found[1] - found[0] if len(found) > 2 else 0
    if step > 1 and found == list(range(found[0], max(full) + 1, step)):
        return f"{found[0]:02}/{step}"
    return ",".join(_span(first, last) for first, last in spans(values))


def _span(first: int, last: int) -> str:
    return f"{first:02}" if first == last else f"{first:02}..{last:02}"


def _weekdays(values: set[int]) -> str:
    """systemd's week begins with Monday."""
    parts = [(DAYS[first], DAYS[last]) for first, last in spans((day - 1) % 7 for day in values)]
    return ",".join(first if first == last else f"{first}..{last}" for first, last in parts)


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.6f}".rstrip("0").rstrip(".") + "s"


def _description(each: Exported) -> str:
    """A backslash at the end would take the next line with it."""
    text = one_line(f"{each.name}: {JOBS[each.words[0]].summary}")
    return _plain(text.rstrip("\\"))


def _plain(value: str) -> str:
    """A value that is one whole, such as a path: it has specifiers, and knows no quotes."""
    return value.replace("%", "%%")
