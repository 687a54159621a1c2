"""A filter finds what it says, and says what it cannot mean."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from console.run_filter import LENGTH, WORDS, parse
from jobs.models import Run
from jobs.models.run_search import first_key
from jobs.models.state import State
from jobs.secret import seal
from tests.console.conftest import MakeRun


@pytest.fixture
def found(make_run: MakeRun, operator: User) -> Any:
    """By their names: the runs of a small history that a text finds for the operator."""
    long_ago = first_key(datetime.now(UTC) - timedelta(days=10))
    parent = make_run(State.SUCCEEDED, key="parent")
    made = {
        "failed": make_run(State.FAILED, job="import_products", error="ReadTimeout: no answer", queue="bulk"),
        "paused": make_run(State.PAUSED, started_by=operator, origin="console"),
        "queued": make_run(
            State.QUEUED, parameters={"name": "Anna Blume", "token": seal(SecretStr("geheim"))}
        ),
        "planned": make_run(State.SUCCEEDED, origin="schedule", schedule="every night"),
        "old": make_run(State.CANCELLED, pk=long_ago),
        "preview": make_run(
            State.SUCCEEDED, parameters={"dry_run": True, "path": "/uploads/0a/New Products.csv"}
        ),
        "child": make_run(State.SUCCEEDED, parent=parent, job="gone"),
        "parent": parent,
    }
    names = {run.pk: name for name, run in made.items()}

    def found(text: str) -> set[str]:
        asked = parse(text.format(**{name: run.pk for name, run in made.items()}), operator)
        assert asked.problems == ()
        return {names[pk] for pk in Run.objects.filter(asked.search).values_list("pk", flat=True)}

    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("job:import_products", {"failed"}),
        ("job:import_products job:gone", {"failed", "child"}),
        ("gone:x job:gone", None),
        ("state:failed", {"failed"}),
        ("state:failed,paused", {"failed", "paused"}),
        ("state:failed state:paused", {"failed", "paused"}),
        ("State:failed STATE:paused", {"failed", "paused"}),
        ("failed", {"failed"}),
        ("import_products", {"failed"}),
        ("job:import_products state:paused", set()),
        ("by:me", {"paused"}),
        ("by:operator", {"paused"}),
        ("origin:console", {"paused"}),
        ("queue:bulk", {"failed"}),
        ('schedule:"every night"', {"planned"}),
        ('error:"no answer"', {"failed"}),
        ("error:TIMEOUT error:answer", {"failed"}),
        ("error:timeout error:nothing", set()),
        ('name:"anna blume"', {"queued"}),
        ("parameter.name:'Anna Blume'", {"queued"}),
        ("parameter.token:geheim", set()),
        ('path:"new products.csv"', {"preview"}),
        ("is:preview", {"preview"}),
        ("is:active", {"paused", "queued"}),
        ("is:ended is:preview", {"preview"}),
        ("until:5d", {"old"}),
        ("since:11d until:9d", {"old"}),
        ("until:2020-01-01", set()),
        ("since:today is:active", {"paused", "queued"}),
        ("since:2020-01-01T12:00 state:cancelled", {"old"}),
        ("parent:{parent}", {"child"}),
        ("id:{old}", {"old"}),
        ("{old}", {"old"}),
    ],
)
def test_a_filter_finds_what_it_says(found: Any, text: str, expected: set[str] | None) -> None:
    if expected is None:
        assert parse(text, User()).problems
    else:
        assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stat:failed", "There is nothing called 'stat' to look for; did you mean 'state'?"),
        ("state:faild", "There is no state 'faild'; did you mean 'failed'?"),
        ("job:import_product", "There is no job 'import_product'; did you mean 'import_products'?"),
        ("origin:moon", "it is one of command, code, schedule, console, api"),
        ("is:nice", "it is one of preview, active, ended"),
        ("by:operatr", "There is no person 'operatr'; did you mean 'operator'?"),
        ("since:tomorrowish", "is no time; write today"),
        ("since:2026-02-31", "is no time"),
        ("since:9999999d", "is no time"),
        ("until:999999w", "is no time"),
        ("id:----", "does not begin a run's id"),
        ("id:xyz", "does not begin a run's id"),
        ("parent:12", "is no id of a run"),
        ("error:ab", "too short"),
        ("job:", "job: has no value"),
        ("something", "'something' could be many things: write error:something"),
        ("x " * (WORDS + 1), "could be many things"),
        (" ".join(f"name:{number}" for number in range(WORDS + 1)), "more than a filter can hold"),
        ("name:" + "x" * LENGTH, "more than a filter can hold"),
    ],
)
def test_what_a_filter_cannot_mean_is_said(operator: User, text: str, sentence: str) -> None:
    assert any(sentence in problem for problem in parse(text, operator).problems)


def test_a_filter_that_is_not_understood_lists_nothing(as_reader: Client, make_run: MakeRun) -> None:
    make_run(State.FAILED)

    answer = as_reader.get("/runs/", {"q": "state:failed stat:x"})

    assert answer.context["page"].runs == []
    assert "did you mean &#x27;state&#x27;?" in answer.content.decode()


@pytest.mark.parametrize("until", ["9999-12-31", "0001-01-01"])
def test_any_day_is_a_day(operator: User, until: str) -> None:
    asked = parse(f"until:{until} since:{until}", operator)

    assert asked.problems == ()
    assert not Run.objects.filter(asked.search).exists()


def test_a_chip_leads_to_the_filter_without_it(operator: User) -> None:
    asked = parse('job:greet error:"no answer" since:today', operator)

    assert [asked.without(token) for token in asked.tokens] == [
        'error:"no answer" since:today',
        "job:greet since:today",
        'job:greet error:"no answer"',
    ]


def test_the_beginning_of_an_id_finds_the_run(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(pk=uuid7())

    answer = as_reader.get("/runs/", {"q": str(run.pk)[:13]})

    assert [each.pk for each in answer.context["page"].runs] == [run.pk]
