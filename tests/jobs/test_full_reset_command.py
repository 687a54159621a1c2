"""`manage.py full_reset`, on a database of its own and in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from jobs import catalog
from jobs.models.heartbeat import Heartbeat
from jobs.rights import GROUPS
from jobs.services.commands import NEVER
from tests.nodes.worker import service_environment

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "scratch"
FIXTURE = '[{"model": "auth.group", "pk": null, "fields": {"name": "Night watch", "permissions": []}}]'


class Scratch:
    """A database that only these tests use."""

    def __init__(self, environment: dict[str, str], parameters: dict[str, Any]) -> None:
        self._environment = environment
        self._parameters = parameters

    def reset(self, *words: str, typed: str = "", debug: bool = False) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", "full_reset", *words],
            env={**self._environment, "DEBUG": str(debug)},
            cwd=ROOT,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def ask(self, statement: str) -> list[Any]:
        with psycopg.connect(**self._parameters) as session:
            cursor = session.execute(statement)
            return [each for (each,) in cursor.fetchall()] if cursor.description else []

    def fill(self) -> None:
        self.ask("TRUNCATE auth_group, jobs_product CASCADE")
        self.ask("INSERT INTO auth_group (name) VALUES ('Before')")
        self.ask("INSERT INTO jobs_product (sku, name, price) VALUES ('1', 'Tea', 2.50)")
        self.ask("DELETE FROM django_celery_beat_periodictask")

    @property
    def groups(self) -> list[str]:
        return self.ask("SELECT name FROM auth_group")


@pytest.fixture(scope="module")
def empty(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scratch]:
    """Without a table yet."""
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {NAME}")
        environment = {**os.environ, **service_environment(settings.BROKER_URL)}
        url = urlsplit(environment["DATABASE_URL"])._replace(path=f"/{NAME}").geturl()
        known = connection.get_connection_params()
        parameters = {name: known[name] for name in ("host", "port", "user", "password") if name in known}
        yield Scratch({**environment, "DATABASE_URL": url}, {**parameters, "dbname": NAME})
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture(scope="module")
def migrated(empty: Scratch) -> Scratch:
    done = empty.reset("--i-know", "--no-input", "--database-name", NAME)
    assert done.returncode == 0, done.stderr
    return empty


@pytest.fixture
def scratch(migrated: Scratch) -> Scratch:
    migrated.fill()
    return migrated


@pytest.fixture
def fixture(tmp_path: Path) -> str:
    path = tmp_path / "groups.json"
    path.write_text(FIXTURE)
    return str(path)


def test_it_empties_migrates_seeds_and_loads(scratch: Scratch, fixture: str) -> None:
    done = scratch.reset("--i-know", "--fixtures", fixture, typed=f"{NAME}\n")

    assert done.returncode == 0, done.stderr
    assert set(scratch.groups) == {"Night watch", *GROUPS}
    assert scratch.ask("SELECT count(*) FROM jobs_product") == [0]
    schedules = {job.name for job in catalog.JOBS.values() if job.schedule}
    assert set(scratch.ask("SELECT name FROM django_celery_beat_periodictask")) == schedules
    assert f"The database '{NAME}' is as new." in done.stdout


def test_in_debug_it_asks_for_no_name(scratch: Scratch) -> None:
    done = scratch.reset(typed="yes\n", debug=True)

    assert (done.returncode, set(scratch.groups)) == (0, set(GROUPS))


def test_a_fixture_that_cannot_be_read_says_what_is_left(scratch: Scratch, fixture: str) -> None:
    Path(fixture).write_text("[{")

    done = scratch.reset("--i-know", "--fixtures", fixture, typed=f"{NAME}\n")

    assert (done.returncode, set(scratch.groups)) == (1, set(GROUPS))
    assert "The database is empty and migrated, but the fixtures were not loaded" in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        ("", "THE NAME\n", "DEBUG is off"),
        ("--no-input --database-name", "", "DEBUG is off"),
        ("--i-know", "yes\n", "That was not it: nothing was changed"),
        ("--i-know", "", "That was not it"),
        ("--i-know --database-name", "yes\n", "That was not it"),
        ("--i-know --no-input", "", "name the database by --database-name"),
        ("--i-know --no-input --database-name other", "", ", not 'other': nothing was changed"),
        ("--i-know --fixtures nowhere", "THE NAME\n", "No fixture named 'nowhere' found. Nothing was"),
    ],
)
def test_outside_of_debug_it_refuses_what_may_not_be_meant(
    monkeypatch: pytest.MonkeyPatch, words: str, typed: str, sentence: str
) -> None:
    name = connection.settings_dict["NAME"]
    given = [*words.split(), *([name] if words.endswith("--database-name") else [])]

    assert sentence in refused(monkeypatch, given, typed.replace("THE NAME", name))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "typed"), [("", "no\n"), ("", "\n"), ("", ""), ("--no-input --database-name other", "")]
)
def test_in_debug_it_refuses_what_is_no_yes(
    monkeypatch: pytest.MonkeyPatch, settings: Any, words: str, typed: str
) -> None:
    settings.DEBUG = True

    assert "nothing was changed" in refused(monkeypatch, words.split(), typed)


@pytest.mark.django_db
def test_whoever_is_still_at_work_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.beat("worker", "celery@here")
    said = StringIO()

    refused(monkeypatch, ["--i-know"], "no\n", stderr=said)

    assert "Still at work on this database: 1 worker. Better stop them first." in said.getvalue()


def test_it_is_no_job_and_no_command_that_a_job_may_run() -> None:
    assert "full_reset" not in catalog.JOBS
    assert "full_reset" in NEVER


def refused(monkeypatch: pytest.MonkeyPatch, words: list[str], typed: str, **streams: Any) -> str:
    """What it says, once it is certain that nothing was changed."""
    Group.objects.create(name="Before")
    monkeypatch.setattr("sys.stdin", StringIO(typed))
    with pytest.raises(CommandError) as caught:
        call_command("full_reset", *words, **{"stdout": StringIO(), **streams})
    assert (caught.value.returncode, Group.objects.filter(name="Before").count()) == (2, 1)
    return str(caught.value)
