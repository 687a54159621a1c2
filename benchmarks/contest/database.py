"""The database of a benchmark, made beside the configured one and dropped at the end; ways to ask it."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from project.postgres import PROGRAMS

NAME = "benchmark"


@contextmanager
def own_database() -> Iterator[None]:
    """With all tables. One that a killed benchmark has left behind is dropped first."""
    configured = str(connection.settings_dict["NAME"])
    # What Django does for tests is what is wanted here; only the name is another.
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(configured, verbosity=0)


def execute(statements: Sequence[str], rows: int) -> None:
    """Each in a transaction of its own; %(rows)s stands for the number."""
    for statement in statements:
        one_statement(statement, {"rows": rows})


def one_statement(statement: str, values: Mapping[str, Any] | None = None) -> float:
    """The seconds it took, all of them in one transaction."""
    begin = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    return time.perf_counter() - begin


def value(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def psql(script: str) -> None:
    """By the program of the embedded server, for what only it can do."""
    arguments, variables = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    options = ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]
    command = [str(PROGRAMS / "psql"), *options, *arguments[1:]]
    subprocess.run(command, input=script, text=True, check=True, env=variables)
