"""Many runs at once: those that are ticked, or everything that matches."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pydantic import SecretStr

from jobs.models import Run
from jobs.models.artifact import directory_of
from jobs.models.attempt import Attempt
from jobs.models.audit_log import AuditLog
from jobs.models.state import State
from jobs.secret import seal
from tests.console.conftest import MakeRun, signed_in

ADDRESSES = [f"/runs/{name}/" for name in ("pauses", "resumptions", "cancellations", "retries", "deletions")]


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss", password="pass")


@pytest.fixture
def as_boss(boss: User) -> Client:
    return signed_in(boss)


def states() -> list[str]:
    return sorted(Run.objects.values_list("state", flat=True))


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_ticked_runs_are_cancelled_and_no_others(as_boss: Client, make_run: MakeRun) -> None:
    ticked, _, over = make_run(), make_run(), make_run(State.SUCCEEDED)

    answer = as_boss.post(
        "/runs/cancellations/", {"run": [ticked.pk, over.pk], "q": "job:greet"}, follow=True
    )

    assert states() == ["cancelled", "queued", "succeeded"]
    assert said(answer) == ["1 run cancelled, or asked to stop at the next checkpoint."]
    assert answer.redirect_chain == [("/runs/?q=job%3Agreet", 302)]


@pytest.mark.parametrize(
    ("address", "state", "after"),
    [
        ("/runs/pauses/", State.QUEUED, ["paused"]),
        ("/runs/resumptions/", State.PAUSED, ["queued"]),
        ("/runs/retries/", State.FAILED, ["failed", "queued"]),
    ],
)
def test_each_change_does_what_it_says(
    as_boss: Client, make_run: MakeRun, address: str, state: State, after: list[str]
) -> None:
    as_boss.post(address, {"run": make_run(state).pk})

    assert states() == after


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_it_does_not_fit_is_left_alone(as_boss: Client, make_run: MakeRun, address: str) -> None:
    fits_not = State.QUEUED if address in ("/runs/retries/", "/runs/deletions/") else State.FAILED
    if address == "/runs/resumptions/":
        fits_not = State.QUEUED

    answer = as_boss.post(address, {"run": make_run(fits_not).pk, "confirmed": "1"}, follow=True)

    assert "There was nothing to" in said(answer)[0]
    assert states() == [fits_not]


@pytest.mark.parametrize("address", [*ADDRESSES, "/runs/export.csv"])
@pytest.mark.parametrize("data", [{}, {"everything": "1", "q": "stat:failed"}, {"run": "x"}])
def test_nothing_selected_changes_nothing(
    as_boss: Client, make_run: MakeRun, address: str, data: dict[str, str]
) -> None:
    for state in State:
        make_run(state)

    answer = as_boss.post(address, {**data, "confirmed": "1"}, follow=True)

    assert said(answer)[0].startswith("Nothing is selected")
    assert states() == sorted(State.values)


def test_everything_that_matches_is_asked_about_first(as_boss: Client, make_run: MakeRun) -> None:
    for _ in range(3):
        make_run(State.FAILED)
    make_run(State.FAILED, job="import_products")
    data = {"everything": "1", "q": "job:greet state:failed"}

    asked = as_boss.post("/runs/retries/", data)
    assert "Run again 3 runs?" in asked.content.decode()
    assert Run.objects.count() == 4

    late = make_run(State.FAILED)
    until = asked.context["selection"].until
    as_boss.post("/runs/retries/", {**data, "confirmed": "1", "until": until})
    assert Run.objects.filter(state=State.QUEUED, job="greet").count() == 3
    assert late.pk > until


def test_a_deletion_is_asked_about_and_takes_files_and_attempts_along(
    as_boss: Client, make_run: MakeRun, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    run, active = make_run(State.SUCCEEDED), make_run()
    directory: Path = directory_of(run.pk)
    directory.mkdir(parents=True)
    (directory / "report.csv").write_text("x")
    data = {"run": [run.pk, active.pk]}

    assert "Delete 1 run?" in as_boss.post("/runs/deletions/", data).content.decode()
    assert Run.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        as_boss.post("/runs/deletions/", {**data, "confirmed": "1"})

    assert list(Run.objects.all()) == [active]
    assert not Attempt.objects.filter(run_id=run.pk).exists()
    assert not directory.exists()


def test_a_change_of_many_is_audited_with_its_filter(as_boss: Client, make_run: MakeRun, boss: User) -> None:
    make_run()
    make_run()

    as_boss.post("/runs/cancellations/", {"everything": "1", "q": "job:greet", "confirmed": "1"})

    entry = AuditLog.objects.get()
    assert (entry.user, entry.action, entry.target) == (boss, "cancelled runs", "2 runs: job:greet")
    assert entry.details["after"] == {"runs": 2, "filter": "job:greet"}


def test_more_than_one_request_changes_is_said(
    as_boss: Client, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_run()
    monkeypatch.setattr("console.selection.MOST", 2)
    monkeypatch.setattr("console.views.bulk.MOST", 2)

    asked = as_boss.post("/runs/cancellations/", {"everything": "1"})
    answer = as_boss.post("/runs/cancellations/", {"everything": "1", "confirmed": "1"}, follow=True)

    assert "There are more than 2" in asked.content.decode()
    assert "do the same once more" in said(answer)[0]
    assert states() == ["cancelled", "cancelled", "queued"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_reader_changes_nothing(as_reader: Client, make_run: MakeRun, address: str) -> None:
    run = make_run()

    assert as_reader.post(address, {"run": run.pk}).status_code == 403
    assert as_reader.get(address).status_code == 405


def test_who_may_retry_runs_only_the_jobs_that_are_theirs(reader: User, make_run: MakeRun) -> None:
    reader.user_permissions.add(Permission.objects.get(codename="retry_run"))
    run = make_run(State.FAILED)

    answer = signed_in(reader).post("/runs/retries/", {"run": run.pk}, follow=True)

    assert said(answer) == ["None of them: You may not run greet (1 of them)."]
    assert states() == ["failed"]
    assert not AuditLog.objects.exists()


def test_what_is_run_again_is_there_still_so_the_rest_is_found_by_its_time(
    as_boss: Client, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_run(State.FAILED)
    monkeypatch.setattr("console.selection.MOST", 2)
    monkeypatch.setattr("console.views.bulk.MOST", 2)
    everything = {"everything": "1"}

    asked = as_boss.post("/runs/retries/", everything)
    answer = as_boss.post("/runs/retries/", {**everything, "confirmed": "1"}, follow=True)

    assert "for the older ones add until: and a time to the filter" in asked.content.decode()
    assert said(answer)[0].endswith("for the older ones add until: and a time to the filter.")


def test_everything_is_exported_in_parts(
    as_reader: Client, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, reader: User
) -> None:
    monkeypatch.setattr("console.run_export.AT_ONCE", 2)
    made = [make_run(State.FAILED, error="=1+1", started_by=reader) for _ in range(5)]
    make_run()

    answer = as_reader.get("/runs/export.csv", {"q": "state:failed"})

    rows = list(csv.DictReader(exported(answer)))
    assert [row["run"] for row in rows] == [str(run.pk) for run in reversed(made)]
    assert {(row["error"], row["started_by"]) for row in rows} == {("'=1+1", "reader")}
    assert answer["Content-Disposition"] == 'attachment; filename="runs.csv"'


def test_the_ticked_rows_are_exported_without_secrets(as_reader: Client, make_run: MakeRun) -> None:
    run, _ = make_run(parameters={"tokens": [seal(SecretStr("x"))], "name": "Anna"}), make_run()

    rows = list(csv.DictReader(exported(as_reader.post("/runs/export.csv", {"run": run.pk}))))

    assert [row["parameters"] for row in rows] == ['{"name": "Anna", "tokens": ["••••••"]}']


def exported(answer: Any) -> list[str]:
    return b"".join(answer.streaming_content).decode().splitlines()
