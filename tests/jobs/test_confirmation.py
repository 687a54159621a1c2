"""What a person has to say before a run of theirs is written."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import catalog
from jobs.confirmation import Confirmation
from jobs.exceptions import NotAllowed, NotConfirmed
from jobs.job import Job
from jobs.models import AuditLog, Run
from jobs.models.run import Origin
from jobs.models.state import Awaits, State
from jobs.queue import enqueue
from jobs.risk import Risk
from jobs.services.old_data import cleanup_old_data
from tests.jobs.claimed import at_once
from tests.jobs.people import declare, make_private, person

pytestmark = pytest.mark.django_db

PARAMETERS = {"days": 40}


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Job:
    risk = Risk(counted="deleted", reason=True, approval=True)
    return declare(monkeypatch, Job(function=cleanup_old_data, risk=risk))


def previewed(job: Job, **facts: Any) -> Run:
    stored = job.parameters.dump(job.parameters.parse({**PARAMETERS, "dry_run": True}))
    values = {"parameters": stored, "state": State.SUCCEEDED, "result": {"deleted": 12_345}}
    return Run.objects.create(job=job.name, **{**values, "finished_at": timezone.now(), **facts})


def start(job: Job, **said: Any) -> Run:
    options = {"started_by": person(), "origin": Origin.CONSOLE, **said.pop("options", {})}
    parameters = said.pop("parameters", PARAMETERS)
    return enqueue(job, parameters, confirmation=Confirmation(**said) if said else None, **options)


@pytest.mark.parametrize("count", ["12345", "12,345", " 12 345 "])
def test_with_the_count_of_its_preview_and_a_reason_it_is_written(job: Job, count: str) -> None:
    preview = previewed(job)

    run = start(job, count=count, reason="Too old")

    entry = AuditLog.objects.get(target=str(run.pk))
    assert (entry.user, entry.action, entry.job) == (run.started_by, "confirmed", job.name)
    assert entry.details == {
        **{"reason": "Too old", "counted": "12,345 deleted"},
        **{"preview": str(preview.pk)},
    }


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({}, "count", "type 12,345 for 12,345 deleted"),
        ({"count": "12344", "reason": "Too old"}, "count", "is not what its preview has counted"),
        ({"count": "12345", "reason": "  "}, "reason", "kept in the audit"),
    ],
)
def test_what_is_missing_or_wrong_is_asked_for(job: Job, said: Any, field: str, words: str) -> None:
    previewed(job)

    with pytest.raises(NotConfirmed, match=words) as refused:
        start(job, **said)

    assert refused.value.field == field
    assert (Run.objects.count(), AuditLog.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "facts",
    [
        {"finished_at": timezone.now() - timedelta(minutes=61)},
        {"state": State.FAILED},
        {"state": State.RUNNING, "finished_at": None},
        {"parameters": {"days": 41, "dry_run": True}},
        {"parameters": {"days": 40, "dry_run": False}},
        {"result": None},
    ],
    ids=["too old", "failed", "running", "other parameters", "no preview", "without a result"],
)
def test_only_a_young_finished_preview_of_the_same_counts(job: Job, facts: Any) -> None:
    previewed(job, **facts)

    with pytest.raises(NotConfirmed, match="Preview it first"):
        start(job, count="12345", reason="Too old")


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.FAILED])
def test_a_preview_is_spent_by_a_run_for_real(job: Job, state: State) -> None:
    previewed(job)
    begun = {} if state == State.QUEUED else {"started_at": timezone.now() - timedelta(minutes=50)}
    ended = {"finished_at": timezone.now()} if state == State.FAILED else {}
    Run.objects.create(
        job=job.name, parameters={"days": 7}, state=state, created_at=timezone.now(), **begun, **ended
    )

    with pytest.raises(NotConfirmed, match="Preview it first"):
        start(job, count="12345", reason="Too old")


def test_a_preview_after_the_last_run_for_real_counts(job: Job) -> None:
    start(job, parameters={**PARAMETERS, "dry_run": True})
    ended = {"state": State.FAILED, "finished_at": timezone.now() - timedelta(minutes=2)}
    Run.objects.create(job=job.name, parameters={"days": 7}, **ended)
    previewed(job)

    assert start(job, count="12345", reason="Too old").pk


@pytest.mark.django_db(transaction=True)
def test_of_two_that_go_by_one_preview_one_is_refused(job: Job) -> None:
    previewed(job)
    options = {"started_by": person()}

    results = at_once(lambda: start(job, count="12345", reason="Too old", options=options), times=4)

    assert sorted(type(each).__name__ for each in results) == [*["NotConfirmed"] * 3, "Run"]


def test_a_preview_needs_no_word(job: Job) -> None:
    assert start(job, parameters={**PARAMETERS, "dry_run": True}).awaits == Awaits.NOTHING


@pytest.mark.parametrize("origin", [Origin.CODE, Origin.SCHEDULE, Origin.COMMAND])
def test_without_a_person_nothing_is_asked(job: Job, origin: Origin) -> None:
    assert start(job, options={"started_by": None, "origin": origin}).awaits == Awaits.NOTHING


def test_a_run_below_another_is_not_asked_again(job: Job) -> None:
    assert start(job, options={"parent": Run.objects.create(job="nightly")}).awaits == Awaits.NOTHING


def test_where_a_second_person_has_to_say_yes_it_waits_and_is_not_announced(
    job: Job, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    previewed(job)

    with django_capture_on_commit_callbacks() as callbacks:
        run = start(job, count="12345", reason="Too old")

    assert (run.state, run.awaits, callbacks) == (State.QUEUED, Awaits.PERSON, [])


def test_the_same_key_again_is_the_same_run_and_asks_nothing(job: Job) -> None:
    previewed(job)
    run = start(job, count="12345", reason="Too old", options={"key": "once"})
    Run.objects.exclude(pk=run.pk).delete()

    assert start(job, options={"key": "once"}) == run


def test_one_names_no_job_that_one_may_not_start() -> None:
    user = person("run_nightly", "run_greet")

    with pytest.raises(NotAllowed, match="You may not start cleanup_tokens, so nightly does not"):
        named(["greet", "cleanup_tokens"], user)
    assert named(["greet"], user).parameters["jobs"] == ["greet"]


def test_a_risky_job_is_named_by_nobody() -> None:
    with pytest.raises(NotAllowed, match="cleanup_old_data has to be confirmed by itself"):
        named(["cleanup_old_data"], person("add_run"))


def test_a_job_that_one_may_not_see_is_as_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    make_private(monkeypatch, "greet")

    with pytest.raises(NotAllowed) as private:
        named(["greet"], person("add_run"))
    with pytest.raises(NotAllowed) as unknown:
        named(["gruss"], person("add_run"))

    assert str(private.value).replace("greet", "gruss") == str(unknown.value)


def named(jobs: list[str], user: Any) -> Run:
    Run.objects.all().delete()
    return enqueue(catalog.NIGHTLY, {"jobs": jobs}, origin=Origin.CONSOLE, started_by=user)
