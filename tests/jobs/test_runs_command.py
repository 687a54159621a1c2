"""`manage.py runs` and `manage.py queues`."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from jobs.management.commands import runs as module
from jobs.models import Attempt, Queue, Run
from jobs.models.run import Origin
from jobs.models.state import FINAL, State

pytestmark = pytest.mark.django_db


def made(state: State = State.QUEUED, **values: Any) -> Run:
    ended = {"finished_at": timezone.now()} if state in FINAL else {}
    parameters = {"name": "Bob", "times": 1}
    return Run.objects.create(**{"job": "greet", "state": state, "parameters": parameters, **ended, **values})


def runs(*words: object) -> str:
    out = StringIO()
    call_command("runs", *map(str, words), stdout=out)
    return out.getvalue()


def queues(*words: str) -> str:
    out = StringIO()
    call_command("queues", *words, stdout=out)
    return out.getvalue()


def status(call: Callable[..., str], *words: object) -> tuple[int, str]:
    with pytest.raises(CommandError) as caught:
        call(*words)
    return caught.value.returncode, str(caught.value)


def test_the_list_is_narrowed_by_job_and_state() -> None:
    run, other = made(State.FAILED), made(State.FAILED, job="import_products")

    text = runs("list", "--job", "greet", "--state", "failed")

    assert (str(run.pk) in text, str(other.pk) in text) == (True, False)


def test_an_empty_list_says_so_and_is_an_empty_array() -> None:
    assert runs("list") == "No such run.\n"
    assert json.loads(runs("list", "--json")) == []


def test_the_list_has_as_many_as_one_asks_for() -> None:
    for _ in range(5):
        made()

    assert len(json.loads(runs("list", "--json", "--limit", 3))) == 3


def test_a_run_is_shown_for_people_and_programs() -> None:
    run = made(State.SUCCEEDED, result=["Hello"])

    assert "state       succeeded\n" in runs("show", run.pk)
    assert json.loads(runs("show", run.pk, "--json"))["parameters"] == {"name": "Bob", "times": 1}


def test_the_logs_of_all_attempts_have_titles() -> None:
    run = made(State.FAILED, attempt=2)
    for number in (1, 2):
        facts = {"worker": "a@b:1", "started_at": timezone.now()}
        Attempt.objects.create(run=run, number=number, log=f"line {number}\n", traceback="Trace\n", **facts)

    assert "=== attempt 1, a@b:1 ===\nline 1\nTrace\n=== attempt 2" in runs("logs", run.pk)
    assert runs("logs", run.pk, "--attempt", 2) == "line 2\nTrace\n"
    assert status(runs, "logs", run.pk, "--attempt", 3) == (2, f"Run {run.pk} has no attempt 3, but 2 in all")


@pytest.mark.parametrize(
    ("state", "expected"), [(State.FAILED, 1), (State.CANCELLED, 130), (State.PAUSED, 130)]
)
def test_following_ends_with_the_status_of_the_run(state: State, expected: int) -> None:
    run = made(state, error="It broke")

    assert status(runs, "follow", run.pk)[0] == expected


def test_following_what_succeeded_prints_its_result() -> None:
    assert runs("follow", made(State.SUCCEEDED, result=["Hello"]).pk) == "Hello\n"


def test_each_run_that_is_asked_gets_a_line() -> None:
    waiting, begun = made(), made(State.RUNNING)

    lines = runs("pause", waiting.pk, begun.pk, waiting.pk).splitlines()

    assert lines == [
        f"{waiting.pk}  greet: paused",
        f"{begun.pk}  greet: asked to pause: it stops at its next checkpoint",
    ]


def test_runs_are_chosen_by_job_and_state_and_others_are_left_alone() -> None:
    chosen, other, over = made(), made(job="import_products"), made(State.SUCCEEDED)

    runs("cancel", "--job", "greet")

    states = dict(Run.objects.values_list("pk", "state"))
    assert states == {chosen.pk: "cancelled", other.pk: "queued", over.pk: "succeeded"}


def test_a_resumed_run_of_a_paused_queue_is_told_what_holds_it() -> None:
    Queue.objects.pause("bulk")

    lines = runs("resume", made(State.PAUSED, queue="bulk").pk, made(State.PAUSED).pk).splitlines()

    assert len(lines) == 3
    assert lines[2].endswith("until: manage.py queues resume bulk")


def test_a_choice_that_meets_nothing_is_no_error() -> None:
    assert runs("cancel", "--state", "queued") == "No such run: nothing to do.\n"


def test_the_answers_as_json() -> None:
    run = made(State.RUNNING)

    (answer,) = json.loads(runs("kill", run.pk, "--json"))

    assert (answer["run"], answer["state"], answer["wish"]) == (str(run.pk), "running", "kill")
    assert answer["granted"] is True


def test_where_some_could_not_be_asked_the_status_is_1() -> None:
    run, over = made(), made(State.SUCCEEDED)

    code, sentence = status(runs, "pause", run.pk, over.pk)

    assert (code, sentence) == (1, "1 of 2 runs could not be asked to pause")
    assert Run.objects.get(pk=run.pk).state == State.PAUSED


@pytest.mark.parametrize("words", [("pause",), ("pause", "01", "--job", "greet")])
def test_runs_are_named_or_chosen_and_not_both(words: tuple[str, ...]) -> None:
    assert status(runs, *words) == (2, "Name runs by their ids, or choose them by --job and --state")


def test_one_unknown_id_among_several_changes_nothing() -> None:
    run = made()

    code, _ = status(runs, "cancel", run.pk, "ffff")

    assert (code, Run.objects.get().state) == (2, State.QUEUED)


def test_a_retry_is_a_new_run_with_the_same_parameters() -> None:
    run = made(State.FAILED)

    answer = json.loads(runs("retry", run.pk, "--json"))

    again = Run.objects.exclude(pk=run.pk).get()
    assert (answer["run"], answer["state"]) == (str(again.pk), "queued")
    assert (again.parameters, again.origin) == (run.parameters, Origin.COMMAND)


def test_what_is_not_over_is_not_run_again() -> None:
    code, sentence = status(runs, "retry", made(State.PAUSED).pk)

    assert (code, "resume it" in sentence, Run.objects.count()) == (2, True, 1)


def test_every_verb_is_explained_with_examples() -> None:
    text = module.Command().create_parser("manage.py", "runs").format_help()

    for word in (*module.HELP, "for example:", "Exit status: 0"):
        assert word in text


def test_a_queue_is_paused_and_resumed() -> None:
    made(queue="bulk")

    assert "bulk is paused (1 queued, 0 running)" in queues("pause", "bulk")
    assert Queue.objects.paused() == {"bulk"}
    assert "bulk is not paused" in queues("resume", "bulk")
    assert Queue.objects.paused() == set()


def test_the_queues_as_a_table_and_as_json() -> None:
    Queue.objects.pause("bulk")

    assert queues().splitlines()[0].split() == [*("QUEUE", "QUEUED", "RUNNING", "WORKERS", "PAUSED", "SINCE")]
    bulk, default = json.loads(queues("list", "--json"))
    assert (bulk["queue"], bulk["paused_at"] is None) == ("bulk", False)
    assert (default["queue"], default["paused_at"]) == ("default", None)


@pytest.mark.parametrize("words", [("pause",), ("list", "bulk"), ("pause", "bulkk")])
def test_a_queue_that_is_not_named_or_not_there_is_wrong_usage(words: tuple[str, ...]) -> None:
    assert status(queues, *words)[0] == 2


def test_a_queue_is_paused_with_a_reason() -> None:
    queues("pause", "bulk", "--reason", "the disk is full")

    assert Queue.objects.get().reason == "the disk is full"
