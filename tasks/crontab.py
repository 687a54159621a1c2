"""Schedules as the lines of a crontab."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.cron_line import FIELDS
from tasks.exported import FULL, Exported, NotExported, one_line, spans
from tasks.timetable import in_words

HEADER = """\
# Schedules of this service, by: manage.py export_schedules --format cron
# Stop beat before cron keeps them, or each is kept twice. An edited schedule is to be exported again.
# cron knows CRON_TZ where it is cronie; Debian's cron does not, and goes by the zone of the machine.
# The directory of the logs has to be there: mkdir -p {logs}
SHELL=/bin/sh
"""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Absolute paths; `logs` is where a job's output goes, `environment` a file of NAME=value lines."""

    python: Path
    manage: Path
    logs: Path
    environment: Path | None = None


def crontab_lines(entries: Sequence[Exported], around: Surroundings) -> Iterator[str]:
    """What cron cannot say, or is not to do, is a comment."""
    yield from HEADER.format(logs=one_line(shlex.quote(str(around.logs)))).splitlines()
    zone = ""
    for each in entries:
        yield ""
        try:
            line = _line(each, around)
        except NotExported as error:
            yield f"# {one_line(each.name)}: {error}"
            continue
        if each.zone != zone:
            yield f"CRON_TZ={each.zone}"
            zone = each.zone
        about = [in_words(line_of(each)), *each.notes, *([] if each.enabled else ["disabled"])]
        yield f"# {one_line(each.name)}: {', '.join(about)}"
        yield line if each.enabled else f"# {line}"


def line_of(each: Exported) -> str:
    """The five fields. Raises NotExported."""
    if each.times is None:
        raise NotExported(
            f"its interval of {each.every} counts from run to run, which cron cannot say; "
            "give it a cron line, or let beat or systemd keep it"
        )
    return " ".join(_field(each, name) for name in FIELDS)


def _field(each: Exported, name: str) -> str:
    """As it was written, where every cron reads it so."""
    values, text = (each.times or {})[name], each.texts[name]
    if values == FULL[name]:
        return "*"
    if re.fullmatch(r"\*/\d+|\d+(,\d+)*", text):
        return text
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in spans(values)]
    return ",".join(parts)


def _line(each: Exported, around: Surroundings) -> str:
    if each.why_not:
        raise NotExported(each.why_not)
    line = line_of(each)
    words = [str(around.python), str(around.manage), *each.words]
    log = around.logs / f"{each.file}.log"
    steps = [*_weekday(each), f"cd {shlex.quote(str(around.manage.parent))}"]
    if around.environment:
        steps.append(f"set -a && . {shlex.quote(str(around.environment))} && set +a")
    command = f"{' && '.join([*steps, shlex.join(words)])} >> {shlex.quote(str(log))} 2>&1"
    if not command.isprintable():
        raise NotExported("a parameter or a path holds a line break or the like, which no crontab can hold")
    return f"{line} {_escaped(command)}"


def _weekday(each: Exported) -> list[str]:
    """Where both days are given cron takes either, and a schedule means both: the shell asks for one."""
    fields = dict(zip(FIELDS, line_of(each).split(), strict=True))
    days = fields["day_of_month"], fields["day_of_week"]
    # A field that begins with a star is none for cron: then it means both itself.
    if any(day.startswith("*") for day in days):
        return []
    allowed = "".join(str(day or 7) for day in sorted((each.times or {})["day_of_week"]))
    return [f"TZ={each.zone} date +%u | grep -q '[{allowed}]'"]


def _escaped(command: str) -> str:
    """A % ends cron's command, a backslash takes that from it, and crons differ in what they make of two."""
    # Inside of quotes, which are closed and opened again: no backslash is followed by one of these two.
    command = re.sub(r"\\(?=[\\%])", r"\\''", command)
    return command.replace("%", r"\%")
