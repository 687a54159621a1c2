"""Crontab lines, read as the crons read them and run by a shell."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django_celery_beat.models import PeriodicTask

from tasks.crontab import Surroundings, crontab_lines
from tasks.exported import Exported
from tests.tasks.scheduled import by_cron, by_interval, from_database

pytestmark = pytest.mark.django_db

AROUND = Surroundings(
    python=Path("/srv/py thon"), manage=Path("/srv/app/manage.py"), logs=Path("/var/log/app")
)


@pytest.fixture(autouse=True)
def _none() -> None:
    PeriodicTask.objects.all().delete()


def printed(around: Surroundings = AROUND) -> list[str]:
    lines = list(crontab_lines(from_database(), around))
    return lines[lines.index("SHELL=/bin/sh") + 1 :]


def test_a_line_has_absolute_paths_and_a_log_of_both_streams() -> None:
    by_cron("30 3 * * *", kwargs={"failed_days": 7})

    assert printed() == [
        "",
        "CRON_TZ=UTC",
        "# morning: At 03:30",
        "30 3 * * * cd /srv/app && '/srv/py thon' /srv/app/manage.py cleanup_runs --no-input --failed-days=7"
        " >> /var/log/app/morning.log 2>&1",
    ]


def test_a_zone_is_said_where_it_changes() -> None:
    for number, zone in enumerate(("UTC", "UTC", "Asia/Kolkata", "UTC")):
        by_cron("30 3 * * *", zone=zone, name=f"schedule {number}")

    assert [line for line in printed() if line.startswith("CRON_TZ")] == [
        "CRON_TZ=UTC",
        "CRON_TZ=Asia/Kolkata",
        "CRON_TZ=UTC",
    ]


def test_a_disabled_one_is_a_comment() -> None:
    by_cron("30 3 * * *", enabled=False)

    assert [line[:26] for line in printed()[2:]] == [
        "# morning: At 03:30, disab",
        "# 30 3 * * * cd /srv/app &",
    ]


def test_an_interval_is_a_sentence() -> None:
    by_interval(90)

    assert printed()[1].startswith(
        "# morning: its interval of 1:30:00 counts from run to run, which cron cannot say"
    )


def test_a_name_cannot_leave_its_comment() -> None:
    by_cron("30 3 * * *", name="morning\n* * * * * rm -rf /")

    assert "# morning * * * * * rm -rf /: At 03:30" in printed()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("*/15 2 * * *", "*/15 2 * * *"),
        ("0 9 * * mon-fri", "0 9 * * 1-5"),
        ("0 9 * * sun,sat", "0 9 * * 0,6"),
        ("0 9 * * 7", "0 9 * * 7"),
        ("0 22-2 * * *", "0 0-2,22-23 * * *"),
        ("5,35 0-23 1-31 * 0-6", "5,35 * * * *"),
        ("0 8-18/5 * * *", "0 8,13,18 * * *"),
        ("0 0 */2 * 1", "0 0 */2 * 1"),
    ],
)
def test_a_line_is_written_as_every_cron_reads_it(line: str, expected: str) -> None:
    by_cron(line)

    assert printed()[3].startswith(f"{expected} cd ")


def test_where_both_days_are_given_the_shell_asks_for_the_weekday() -> None:
    by_cron("0 9 13 * 0,5", zone="Asia/Kolkata")

    assert printed()[3].startswith(r"0 9 13 * 0,5 TZ=Asia/Kolkata date +\%u | grep -q '[75]' && cd ")


@pytest.mark.parametrize("day", range(7))
def test_the_shell_tells_the_weekdays_apart(day: int, tmp_path: Path) -> None:
    by_cron("0 9 1-30 * 0,5")
    guard = printed()[3].split(" * 0,5 ")[1].split(" && ")[0].replace("\\%", "%")
    (tmp_path / "date").write_text(f"#!/bin/sh\necho {day or 7}\n")
    (tmp_path / "date").chmod(0o755)

    ended = subprocess.run(["sh", "-c", guard], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False)

    assert (ended.returncode == 0) is (day in (0, 5))


NAMES = [
    "Ada",
    "two words",
    "it's",
    'a "b"',
    "100%",
    "%",
    "\\%",
    "\\\\%",
    "a\\\\b\\c",
    "$HOME `id` $(id)",
    "-x",
    "",
    "ü; *",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("is_debian", [True, False])
def test_a_parameter_arrives_as_it_is(name: str, is_debian: bool, tmp_path: Path) -> None:
    program = tmp_path / "my 100% manage.py"
    program.write_text("import sys; print(sys.argv[1:]); print('wrong', file=sys.stderr)")
    around = Surroundings(python=Path(sys.executable), manage=program, logs=tmp_path)
    by_cron("30 3 * * *", task="greet", kwargs={"name": name, "times": 2})

    command = as_cron_reads(printed(around)[3].split(" ", 5)[5], is_debian=is_debian)
    subprocess.run(["sh", "-c", command], check=True)

    words = ["--times=2", "--", name] if name.startswith("-") else [name, "--times=2"]
    expected = {str(["greet", "--no-input", *words]), "wrong"}
    assert set((tmp_path / "morning.log").read_text().splitlines()) == expected


def as_cron_reads(command: str, *, is_debian: bool) -> str:
    """Up to the first bare %, as do_command.c does; one of two backslashes goes in one of the two crons."""
    found = re.match(r"(?:\\.|[^\\%])*", command)
    assert found is not None
    assert found[0] == command
    return re.sub(r"\\([%\\])" if is_debian else r"\\(%)", r"\1", command)


def test_a_line_break_is_a_sentence() -> None:
    by_cron("30 3 * * *", task="greet", kwargs={"name": "a\nb"})

    assert printed()[1].startswith("# morning: a parameter or a path holds a line break")


def test_a_file_of_settings_is_read_first(tmp_path: Path) -> None:
    (tmp_path / "app.env").write_text("GREETING=hello\n")
    (tmp_path / "manage.py").write_text("import os; print(os.environ['GREETING'])")
    by_cron("30 3 * * *")
    around = Surroundings(
        python=Path(sys.executable),
        manage=tmp_path / "manage.py",
        logs=tmp_path,
        environment=tmp_path / "app.env",
    )

    subprocess.run(["sh", "-c", printed(around)[3].split(" ", 5)[5]], check=True)

    assert (tmp_path / "morning.log").read_text() == "hello\n"


def test_a_reason_is_said() -> None:
    facts: dict[str, Any] = {"name": "a", "file": "a", "enabled": True}

    assert "# a: it is gone" in crontab_lines([Exported(**facts, why_not="it is gone")], AROUND)
