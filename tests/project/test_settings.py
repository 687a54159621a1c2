"""The environment, read once."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {
    "DATABASE_URL": "postgres://me:secret@%2Frun%2Fpostgresql/shop",
    "BROKER_URL": "redis://localhost/0",
    "SECRET_KEY": "x" * 60,
    "FLOWER_PASSWORD": "y",
}


def read(expression: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    program = f"from project import settings; print({expression})"
    known = {**os.environ, "NIGHTSHIFT_VAR": str(tmp_path), **environment}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=known, capture_output=True, text=True, check=False
    )


def test_a_socket_is_written_as_libpq_writes_it(tmp_path: Path) -> None:
    done = read('settings.DATABASES["default"]["HOST"]', tmp_path, **SERVERS)

    assert done.stdout == "/run/postgresql\n"


def test_servers_of_one_s_own_mean_production(tmp_path: Path) -> None:
    done = read("settings.EMBEDDED, settings.SECURE_SSL_REDIRECT, settings.DEBUG", tmp_path, **SERVERS)

    assert done.stdout == "False True False\n"


def test_production_without_a_key_is_a_sentence(tmp_path: Path) -> None:
    done = read("1", tmp_path, **{**SERVERS, "SECRET_KEY": ""})

    assert "Set SECRET_KEY to a long random text" in done.stderr


def test_a_secret_may_begin_with_any_sign(tmp_path: Path) -> None:
    secret = r"$HOME\$" + "x" * 50
    done = read("settings.SECRET_KEY", tmp_path, **{**SERVERS, "SECRET_KEY": secret})

    assert done.stdout == f"{secret}\n"


@pytest.mark.parametrize("name", ["Procfile", "Dockerfile", "docker-compose.yml"])
def test_whether_a_proxy_is_believed_is_said_by_the_settings_alone(name: str) -> None:
    starts = [line for line in (ROOT / name).read_text().splitlines() if "project.asgi:application" in line]

    assert starts
    assert all("--no-proxy-headers" in line for line in starts)


def test_a_secret_that_nobody_gave_is_made_and_kept_for_its_owner() -> None:
    path = Path(settings.VAR) / "secret-key"

    assert path.read_text() == settings.SECRET_KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
