import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django_celery_beat.models import PeriodicTask

from tasks.seeding import seed
from tests.tasks.scheduled import by_cron

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _seeded() -> None:
    PeriodicTask.objects.all().delete()
    seed()


def export(format: str, **options: Any) -> str:  # noqa: A002 the option's name
    out = StringIO()
    call_command("export_schedules", format=format, stdout=out, **options)
    return out.getvalue()


def test_a_crontab_has_a_line_for_each_schedule(settings: Any) -> None:
    by_cron("0 9 * * mon", zone="Asia/Kolkata", name="greeting", task="greet", kwargs={"name": "50% Ada"})

    lines = export("cron").splitlines()

    start = f"cd {ROOT} && {sys.executable} {ROOT / 'manage.py'}"
    logs = Path(settings.VAR) / "log"
    assert f"30 3 * * * {start} cleanup_runs --no-input >> {logs / 'cleanup_runs.log'} 2>&1" in lines
    greeting = rf"0 9 * * 1 {start} greet --no-input '50\% Ada' >> {logs / 'greeting.log'} 2>&1"
    assert lines[lines.index("CRON_TZ=Asia/Kolkata") + 2] == greeting


def test_relative_directories_become_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert f">> {tmp_path}/logs/cleanup_runs.log 2>&1" in export("cron", log_directory=Path("logs"))
    assert f"append:{tmp_path}/logs/cleanup_runs.log" in export("systemd", log_directory=Path("logs"))


def test_units_are_printed_each_under_its_name() -> None:
    lines = export("systemd").splitlines()

    assert lines[lines.index("# nightshift-cleanup_runs.service") + 1] == "[Unit]"
    assert lines[lines.index("# nightshift-cleanup_runs.timer") + 1] == "[Unit]"
    assert f"ExecStart={sys.executable} {ROOT / 'manage.py'} cleanup_runs --no-input" in lines


def test_units_are_written_to_a_directory(tmp_path: Path) -> None:
    by_cron("0 9 * * *", name="off", enabled=False)

    printed = export("systemd", directory=tmp_path / "units", user="app").splitlines()

    files = sorted((tmp_path / "units").iterdir())
    assert sorted(printed) == ["# off has no units: it is disabled", *map(str, files)]
    assert {file.suffix for file in files} == {".service", ".timer"}
    assert "User=app" in (tmp_path / "units" / "nightshift-cleanup_runs.service").read_text()


def test_a_directory_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match="The units cannot be written"):
        export("systemd", directory=tmp_path / "file")


@pytest.mark.parametrize("options", [{"directory": Path("x")}, {"user": "app"}])
def test_what_is_for_systemd_is_refused_for_cron(options: dict[str, Any]) -> None:
    with pytest.raises(CommandError, match="are for systemd") as refused:
        export("cron", **options)

    assert refused.value.returncode == 2
