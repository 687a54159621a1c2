"""The values of a form, copied out: what is copied means the same again."""

import json
import shlex
import subprocess
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import load_command_class
from hypothesis import given as for_each
from hypothesis import strategies as st

from console.copying import command_line, copies, curl_call, python_call, with_placeholders
from jobs.arguments import given
from jobs.catalog import GREET, IMPORT_PRODUCTS
from jobs.command import JobCommand
from jobs.job import Job
from jobs.models import Run
from tests.console.every_kind import MERGE
from tests.jobs.declared import Colour, do_everything

EVERYTHING = Job(function=do_everything)
ADDRESS = "https://jobs.example/api/jobs/do_everything/runs"
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
VALUES = st.fixed_dictionaries(
    {"text": TEXTS},
    optional={
        "whole": st.integers(1, 10),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "switch": st.booleans(),
        "price": st.decimals(allow_nan=False, allow_infinity=False),
        "day": st.dates(date(2, 1, 1), date(9998, 12, 31)),
        "moment": MOMENTS,
        "wait": st.timedeltas(timedelta(days=-400), timedelta(days=10_000)),
        "level": st.sampled_from(["low", "high"]),
        "size": st.sampled_from([1, 2]),
        "colour": st.sampled_from(Colour),
        "tags": st.lists(TEXTS),
        "sizes": st.lists(st.integers()),
    },
)


def parsed_by_command(job: Job, line: str) -> dict[str, Any]:
    """As `manage.py` reads it."""
    program, script, name, *words = shlex.split(line)
    assert (program, script, name) == ("python", "manage.py", job.name)
    command = JobCommand()
    command.job = job  # type: ignore[misc]
    options = vars(command.create_parser(script, name).parse_args(words))
    return job.parameters.parse(given(job.parameters, options))


def called(job: Job, code: str, **names: Any) -> dict[str, Any]:
    """What the copied call gives to `delay`."""
    imports, _, call = code.rpartition("\n\n")
    kept: dict[str, Any] = {}
    scope = {job.name: SimpleNamespace(delay=lambda **values: kept.update(values))}
    exec(imports.rpartition(f"from tasks import {job.name}")[0], scope)
    eval(call, scope)
    return job.parameters.parse(kept)


def words_in_a_shell(line: str) -> list[str]:
    """What the shell gives to curl."""
    script = f'curl() {{ printf "%s\\0" "$@"; }}\n{line}'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env={})
    return done.stdout.split("\0")[:-1]


@for_each(values=VALUES)
def test_a_command_line_means_the_values_that_it_was_made_of(values: dict[str, Any]) -> None:
    said = with_placeholders(EVERYTHING, values, frozenset())

    line = command_line(EVERYTHING, said)

    expected = EVERYTHING.parameters.parse(values)
    if line.startswith("#"):
        assert any(str(each).startswith("-") for name in ("tags", "sizes") for each in values.get(name, []))
    else:
        assert parsed_by_command(EVERYTHING, line) == expected


@for_each(values=VALUES)
def test_a_call_in_python_means_the_values_that_it_was_made_of(values: dict[str, Any]) -> None:
    said = with_placeholders(EVERYTHING, values, frozenset())

    assert called(EVERYTHING, python_call(EVERYTHING, said)) == EVERYTHING.parameters.parse(values)


@for_each(values=VALUES)
def test_a_call_of_curl_sends_the_values_that_it_was_made_of(values: dict[str, Any]) -> None:
    said = with_placeholders(EVERYTHING, values, frozenset())

    words = shlex.split(curl_call(EVERYTHING, said, ADDRESS))

    body = json.loads(words[words.index("--data-raw") + 1])
    assert EVERYTHING.parameters.parse(body) == EVERYTHING.parameters.parse(values)
    assert words[:3] == ["curl", "--fail-with-body", ADDRESS]


def test_what_has_its_default_is_not_said() -> None:
    said = with_placeholders(EVERYTHING, {"text": "a", "whole": 1, "wait": timedelta(days=30)}, frozenset())

    assert command_line(EVERYTHING, said) == "python manage.py do_everything a --wait=30d"


def test_what_is_missing_and_what_is_secret_has_a_placeholder() -> None:
    said = with_placeholders(EVERYTHING, {}, frozenset({"password"}))

    made = copies(EVERYTHING, said, ADDRESS)

    assert made.command == "python manage.py do_everything '<text>' '--password=<password>'"
    assert """--data-raw '{"text": "<text>", "password": "<password>"}\'""" in made.curl
    assert made.python.endswith('do_everything.delay(text="<text>", password="<password>")')


def test_the_python_of_a_job_is_imported_from_where_its_task_stands() -> None:
    said = with_placeholders(IMPORT_PRODUCTS, {"path": "products.csv", "batch_size": 100}, frozenset())

    assert python_call(IMPORT_PRODUCTS, said) == (
        "from tasks.products import import_products\n\n"
        'import_products.delay(path="products.csv", batch_size=100)'
    )


def test_the_copied_python_starts_a_run(db: None) -> None:
    said = with_placeholders(GREET, {"name": 'O"Brien\n\\', "times": 2}, frozenset())

    exec(python_call(GREET, said), {})

    assert Run.objects.get().parameters == {"name": 'O"Brien\n\\', "times": 2}


def test_the_command_is_one_that_there_is() -> None:
    said = with_placeholders(GREET, {"name": "--help; rm -rf $HOME `x`", "times": 2}, frozenset())

    _, script, name, *words = shlex.split(command_line(GREET, said))

    options = vars(load_command_class("jobs", name).create_parser(script, name).parse_args(words))
    assert (options["name"], options["times"]) == ("--help; rm -rf $HOME `x`", "2")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("products.csv", "path=@products.csv"),
        ("of may.csv", "path=@of may.csv"),
        ('a;type=x,"b"\\.csv', 'path=@"a;type=x,\\"b\\"\\\\.csv"'),
    ],
)
def test_a_file_is_sent_by_its_name_and_other_values_beside_it_as_texts(name: str, field: str) -> None:
    said = with_placeholders(IMPORT_PRODUCTS, {"path": name, "batch_size": 7, "dry_run": True}, frozenset())

    words = words_in_a_shell(curl_call(IMPORT_PRODUCTS, said, ADDRESS))

    assert words[-6:] == ["-F", field, "--form-string", "batch_size=7", "--form-string", "dry_run=true"]


def test_several_files_are_sent_one_after_the_other() -> None:
    said = with_placeholders(MERGE, {"paths": ["a.csv", "b.csv"]}, frozenset())

    assert words_in_a_shell(curl_call(MERGE, said, ADDRESS))[-4:] == [
        "-F",
        "paths=@a.csv",
        "-F",
        "paths=@b.csv",
    ]
    assert command_line(MERGE, said) == "python manage.py merge a.csv b.csv"
    assert python_call(MERGE, said).endswith('merge.delay(paths=["a.csv", "b.csv"])')


def test_a_row_is_named_by_its_key(db: None) -> None:
    user = User.objects.create_user("ada")
    said = with_placeholders(EVERYTHING, {"text": "a", "user": user}, frozenset())

    assert command_line(EVERYTHING, said) == f"python manage.py do_everything a --user={user.pk}"
    assert called(EVERYTHING, python_call(EVERYTHING, said))["user"] == user
