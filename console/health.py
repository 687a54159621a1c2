"""Whether what the service needs is there: each check says OK, or in a sentence what to do."""

from dataclasses import dataclass

from celery import current_app
from django.db import DatabaseError, InterfaceError, connection

from jobs.catalog import QUEUES
from jobs.models.heartbeat import Heartbeat

OK = "ok"
STARTS = {
    "worker": f"celery -A project worker --queues {','.join(QUEUES)}",
    "beat": "celery -A project beat",
}
UNKNOWN = "Not known while the database does not answer."
BROKER_TIMEOUT = 2  # seconds


@dataclass(frozen=True, kw_only=True)
class Health:
    """Sentences without addresses, names of machines or passwords: anybody may read them."""

    checks: dict[str, str]

    @property
    def is_ready(self) -> bool:
        return all(sentence == OK for sentence in self.checks.values())


def health() -> Health:
    database = check_database()
    checks = {"database": database, "broker": check_broker()}
    for kind in STARTS:
        checks[kind] = check_process(kind) if database == OK else UNKNOWN
    return Health(checks=checks)


def check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return "The database does not answer: start PostgreSQL, or correct DATABASE_URL."
    return OK


def check_broker() -> str:
    try:
        with current_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=0, timeout=BROKER_TIMEOUT)
    except Exception:  # each transport raises errors of its own, and all of them mean the same here
        return "The broker does not answer: start Valkey, or correct BROKER_URL."
    return OK


def check_process(kind: str) -> str:
    """A worker or beat that was heard from lately."""
    try:
        is_alive = Heartbeat.objects.fresh(kind).exists()
    except (DatabaseError, InterfaceError):
        return "Not known: the tables are missing; run `python manage.py migrate`."
    return OK if is_alive else f"No {kind} was heard from: start one with `{STARTS[kind]}`."
