"""Units, as text everywhere, and as systemd reads them where it is installed."""

import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from jobs import catalog
from tasks.cron_line import cron_fields, parsed
from tasks.slots import slots
from tasks.systemd import Machine, on_calendar, quoted, units, why_not
from tests.tasks.scheduled import by_cron, by_interval, from_database

pytestmark = pytest.mark.django_db

ANALYZE = shutil.which("systemd-analyze")
MACHINE = Machine(python=Path("/usr/bin/env"), manage=Path("/srv/app/manage.py"))
LINES = {
    "30 3 * * *": "*-*-* 03:30:00 UTC",
    "* * * * *": "*-*-* *:*:00 UTC",
    "*/15 2 * * *": "*-*-* 02:00/15:00 UTC",
    "5-59/10 * * * *": "*-*-* *:05/10:00 UTC",
    "0 */6 * * *": "*-*-* 00/6:00:00 UTC",
    "0 9-17 * * mon-fri": "Mon..Fri *-*-* 09..17:00:00 UTC",
    "0 8-18/5 * * *": "*-*-* 08,13,18:00:00 UTC",
    "0 22-2 * * *": "*-*-* 00..02,22..23:00:00 UTC",
    "1,2,3,40 0 * * *": "*-*-* 00:01..03,40:00 UTC",
    "0 0 * * sun,sat": "Sat..Sun *-*-* 00:00:00 UTC",
    "0 0 * * 7,3": "Wed,Sun *-*-* 00:00:00 UTC",
    "0 0 1,15 */3 *": "*-01/3-01,15 00:00:00 UTC",
    "0 0 31 * *": "*-*-31 00:00:00 UTC",
    "0 9 13 * 5": "Fri *-*-13 09:00:00 UTC",
    "0 0 */2 * 1": "Mon *-*-01/2 00:00:00 UTC",
}


@pytest.fixture(autouse=True)
def _none() -> None:
    PeriodicTask.objects.all().delete()


def made(machine: Machine = MACHINE) -> dict[str, str]:
    return units(from_database(), machine)


def calendar(line: str, zone: str = "UTC") -> str:
    cron = parsed(CrontabSchedule(**cron_fields(line), timezone=zone))
    return on_calendar({name: set(getattr(cron, name)) for name in cron_fields(line)}, zone)


def test_a_schedule_has_a_service_and_a_timer() -> None:
    by_cron("30 3 * * 1", zone="Europe/Berlin", kwargs={"failed_days": 7})

    found = made()

    assert list(found) == ["nightshift-morning.service", "nightshift-morning.timer"]
    assert found["nightshift-morning.service"] == (
        "[Unit]\n"
        f"Description=morning: {catalog.CLEANUP_RUNS.summary}\n"
        "Wants=network-online.target\n"
        "After=network-online.target\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        "WorkingDirectory=/srv/app\n"
        "ExecStart=/usr/bin/env /srv/app/manage.py cleanup_runs --no-input --failed-days=7\n"
    )
    assert (
        "OnCalendar=Mon *-*-* 03:30:00 Europe/Berlin\nPersistent=true\n" in found["nightshift-morning.timer"]
    )


def test_account_settings_and_logs_are_said_where_they_are_given() -> None:
    by_cron("30 3 * * *")

    service = made(
        Machine(
            python=Path("/usr/bin/env"),
            manage=Path("/srv/100% app/manage.py"),
            logs=Path("/var/log/100%"),
            environment=Path("/etc/app.env"),
            user="app",
        )
    )["nightshift-morning.service"]

    for line in (
        "User=app",
        "WorkingDirectory=/srv/100%% app",
        "EnvironmentFile=/etc/app.env",
        'ExecStart=/usr/bin/env "/srv/100%% app/manage.py" cleanup_runs --no-input',
        "StandardOutput=append:/var/log/100%%/morning.log",
        "StandardError=append:/var/log/100%%/morning.log",
    ):
        assert line in service.splitlines()


def test_a_policy_that_leaves_missed_slots_out_is_not_persistent() -> None:
    by_cron("30 3 * * *", headers='{"missed": "skip"}')

    assert "Persistent=false" in made()["nightshift-morning.timer"]


def test_an_interval_counts_from_run_to_run() -> None:
    by_interval(90)

    assert "OnActiveSec=5400s\nOnUnitActiveSec=5400s\n" in made()["nightshift-morning.timer"]


def test_a_disabled_one_has_no_units_and_a_reason() -> None:
    by_cron("30 3 * * *", enabled=False)

    (found,) = from_database()

    assert (made(), why_not(found)) == ({}, "it is disabled")


def test_a_name_cannot_leave_its_description() -> None:
    by_cron("30 3 * * *", name="a\n[Service]\nExecStart=/bin/false %h \\")

    service = made()["nightshift-a-Service-ExecStart-bin-false-h.service"]

    assert "Description=a [Service] ExecStart=/bin/false %%h \\: Delete" in service
    assert service.count("\nExecStart=") == 1


@pytest.mark.parametrize(("line", "expected"), LINES.items())
def test_a_cron_line_becomes_a_calendar(line: str, expected: str) -> None:
    assert calendar(line) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain-1.2:/x=@", "plain-1.2:/x=@"),
        ("", '""'),
        ("two words", '"two words"'),
        ("it's", '"it\'s"'),
        ('"', '"\\""'),
        ("100%", "100%%"),
        ("$HOME", '"$$HOME"'),
        ("a\\b", '"a\\\\b"'),
        (";", '";"'),
        ("a\nb", '"a\\x0ab"'),
        ("ü", '"ü"'),
        ("\u2028", '"\\xe2\\x80\\xa8"'),
    ],
)
def test_a_word_is_quoted_as_systemd_has_it(word: str, expected: str) -> None:
    assert quoted(word) == expected


def test_systemd_reads_each_calendar_as_beat_does() -> None:
    """By its next ten elapses, where it is installed."""
    begin = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)
    for line in LINES:
        for zone in ("UTC", "Asia/Kolkata"):
            expected = list(islice(slots(row(line, zone), begin, begin + timedelta(days=700)), 10))
            assert elapses(calendar(line, zone), begin, expected) == expected


def row(line: str, zone: str) -> PeriodicTask:
    crontab = CrontabSchedule(**cron_fields(line), timezone=ZoneInfo(zone))
    return PeriodicTask(name="x", crontab=crontab, date_changed=datetime(2025, 1, 1, tzinfo=UTC))


def elapses(expression: str, begin: datetime, otherwise: list[datetime]) -> list[datetime]:
    base = f"--base-time={begin:%Y-%m-%d %H:%M:%S} UTC"
    said = analyze(["calendar", f"--iterations={len(otherwise)}", base, expression], env={"TZ": "UTC"})
    if said is None:
        return otherwise
    # 'Next elapse: Fri 2026-01-02 03:30:00 UTC', then 'Iter. #2: …'; '(in UTC): …' where the zone differs.
    lines = [
        text.split(": ", 1)[1].split() for text in said.splitlines() if ("elapse" in text or "Iter" in text)
    ]
    return [datetime.fromisoformat(f"{day} {time}+00:00") for _, day, time, _ in lines]


def analyze(words: list[str], **options: Any) -> str | None:
    """What it says; None where systemd is not installed."""
    if ANALYZE is None:
        return None
    ended = subprocess.run([ANALYZE, *words], capture_output=True, text=True, check=False, **options)
    assert ended.returncode == 0, f"{shlex.join(words)}\n{ended.stdout}{ended.stderr}"
    return ended.stdout + ended.stderr


NAMES = [
    "Ada",
    "two words",
    "it's",
    'a "b"',
    "100%",
    "%h %%",
    "a\\b\\\\",
    "$HOME ${HOME} $$",
    ";",
    "-x",
    "",
    "ü\n",
]


def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    for number, name in enumerate(NAMES):
        by_cron("30 3 * * mon", name=f"schedule {number} \\%n", task="greet", kwargs={"name": name})
    by_interval(90)
    around = Machine(
        python=Path(sys.executable), manage=tmp_path / "my 100% $x.py", logs=tmp_path, user="root"
    )

    files = made(around)
    for file, text in files.items():
        (tmp_path / file).write_text(text)

    assert len(files) == 2 * (len(NAMES) + 1)
    said = analyze(["verify", "--man=no", *(str(tmp_path / file) for file in files)])
    assert [line for line in (said or "").splitlines() if "nightshift" in line] == []
