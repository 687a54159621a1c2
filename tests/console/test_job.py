"""The page of a job: its tabs, what it may cost, and what a form asks for as one fills it in."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.uploads import Kept, kept_by
from console.views.job import NAMES
from jobs.catalog import JOBS
from jobs.models import AuditLog, Preset, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.console.every_kind import JOB, MERGE

UPLOADS = "/jobs/import_products/uploads/path/"


@pytest.fixture(autouse=True)
def _jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(JOBS, JOB.name, JOB)
    monkeypatch.setitem(JOBS, MERGE.name, MERGE)


def csv(name: str = "a.csv", content: bytes = b"sku") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("person", ["as_reader", "as_operator"])
@pytest.mark.parametrize("tab", NAMES)
@pytest.mark.parametrize("job", ["import_products", "cleanup_runs", "everything"])
def test_every_tab_is_there_for_everybody_within_twelve_queries(
    request: pytest.FixtureRequest,
    make_run: MakeRun,
    django_assert_max_num_queries: Any,
    person: str,
    tab: str,
    job: str,
) -> None:
    client: Client = request.getfixturevalue(person)
    for state in State:
        make_run(state, job=job)
    Preset.objects.create(job=job, name="a", owner=User.objects.create_user("x"), is_shared=True)

    with django_assert_max_num_queries(12):
        body = client.get(f"/jobs/{job}/", {"tab": tab}).content.decode()

    assert body.count('aria-current="page"') == 1
    assert f'aria-current="page">{NAMES[tab]}</a>' in body


@pytest.mark.parametrize("word", ["run", "preset"])
def test_a_form_that_is_filled_in_costs_no_more(
    as_operator: Client,
    operator: User,
    make_run: MakeRun,
    django_assert_max_num_queries: Any,
    word: str,
) -> None:
    run = make_run(State.SUCCEEDED, job="import_products", parameters={"batch_size": 3})
    preset = Preset.objects.create(job=run.job, name="a", owner=operator, parameters={"batch_size": 3})
    key = {"run": run.pk, "preset": preset.pk}[word]

    with django_assert_max_num_queries(12):
        as_operator.get(f"/jobs/import_products/?{word}={key}&shards=3")


def test_a_reader_sees_the_form_and_a_sentence_instead_of_the_buttons(as_reader: Client) -> None:
    body = as_reader.get("/jobs/import_products/").content.decode()

    assert "Ask an administrator for the permission to run it." in body
    assert '<fieldset class="bare" disabled>' in body
    assert 'name="dry_run"' not in body
    assert "formaction" not in body


def test_the_preview_is_the_button_that_enter_presses(as_operator: Client) -> None:
    body = as_operator.get("/jobs/import_products/").content.decode()

    main = body[body.index('class="start"') :]
    first, second = main.index('value="true" class="primary">Preview'), main.index(">Run now<")
    assert first < second
    assert "<button" not in main[: first - 30]
    assert 'data-key="r"' in main


def test_an_error_is_told_at_the_head_and_beside_its_field(as_operator: Client) -> None:
    body = as_operator.post("/jobs/greet/runs/", {"name": "x", "times": "0"}).content.decode()

    assert '<a href="#id_times">Times</a>' in body
    assert 'tabindex="-1" autofocus' in body
    assert 'id="id_times_error"' in body
    assert 'aria-invalid="true"' in body


def test_an_upload_is_kept_and_named_by_a_token(as_operator: Client, operator: User, reader: User) -> None:
    answer = as_operator.post(UPLOADS, {"file": csv("Preise.csv", b"x" * 1_500)}).json()

    kept = kept_by(answer["token"], operator)
    assert kept
    assert (kept.path.read_bytes(), answer["name"], answer["size"]) == (b"x" * 1_500, "Preise.csv", "1.5 kB")
    assert kept_by(answer["token"], reader) is None


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"file": csv("a.pdf")}, "'a.pdf' is no .csv, .json, .xlsx, .txt or .gz file; choose another"),
        ({"file": csv(content=b"")}, "The file is empty; choose another"),
        ({}, "Choose a file"),
        ({"file": "a.csv"}, "Choose a file"),
    ],
)
def test_an_upload_that_is_not_taken_says_why(as_operator: Client, files: Any, sentence: str) -> None:
    answer = as_operator.post(UPLOADS, files)

    assert (answer.status_code, answer.json()) == (422, {"error": sentence})
    assert not settings.UPLOADS.exists()


def test_an_upload_that_was_kept_starts_a_run(as_operator: Client) -> None:
    token = as_operator.post(UPLOADS, {"file": csv()}).json()["token"]

    as_operator.post("/jobs/import_products/runs/", {"kept-path": token, "dry_run": "true"})

    assert Path(Run.objects.get().parameters["path"]).read_bytes() == b"sku"


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "WyIuLiIsIi4uIiwxXQ:1:x"])
def test_a_token_of_nobody_starts_nothing(as_operator: Client, token: str) -> None:
    answer = as_operator.post("/jobs/import_products/runs/", {"kept-path": token})

    assert answer.status_code == 422
    assert "choose the file again" in answer.content.decode()
    assert not Run.objects.exists()


def test_a_token_is_good_for_a_day(operator: User, time_machine: Any) -> None:
    directory = Path(settings.UPLOADS) / "one"
    directory.mkdir(parents=True)
    (directory / "a.csv").write_text("sku")
    time_machine.move_to("2026-12-01T00:00Z")
    token = Kept(path=directory / "a.csv", user=operator).token

    time_machine.move_to("2026-12-01T23:59Z")
    assert kept_by(token, operator)
    time_machine.move_to("2026-12-02T00:01Z")
    assert kept_by(token, operator) is None


def test_copies_follow_the_form(as_operator: Client) -> None:
    body = {"batch_size": "7", "path": "products of may.csv", "copy-preview": "true"}

    copies = as_operator.post("/jobs/import_products/copy/", body).json()

    assert copies["command"] == (
        "python manage.py import_products 'products of may.csv' --batch-size=7 --dry-run"
    )
    assert "-F 'path=@products of may.csv'" in copies["curl"]
    assert "http://testserver/api/jobs/import_products/runs" in copies["curl"]
    assert copies["python"].endswith(
        'import_products.delay(path="products of may.csv", batch_size=7, dry_run=True)'
    )


def test_copies_leave_out_what_is_wrong_and_never_hold_a_secret(as_operator: Client) -> None:
    body = {"text": "a", "key": "hush", "whole": "many", "owner": "x", "share": "0.25", "nothing": "1"}

    copies = as_operator.post("/jobs/everything/copy/", body).json()

    assert "hush" not in str(copies)
    assert copies["command"].startswith(
        "python manage.py everything '<path>' a '<key>' '<owner>' --share=0.25"
    )


def test_copies_name_the_files_that_are_kept(as_operator: Client) -> None:
    token = as_operator.post(UPLOADS, {"file": csv("May 1.csv")}).json()["token"]

    copies = as_operator.post("/jobs/import_products/copy/", {"kept-path": token}).json()

    assert copies["command"] == "python manage.py import_products May_1.csv"
    assert str(settings.UPLOADS) not in str(copies)


def test_copies_stand_there_without_a_script_too(as_reader: Client) -> None:
    body = as_reader.get("/jobs/import_products/?batch_size=7").content.decode()

    assert "python manage.py import_products &#x27;&lt;path&gt;&#x27; --batch-size=7 --dry-run" in body


def test_a_run_for_later_says_so(as_operator: Client) -> None:
    body = {"name": "x", "start-later": "true", "start-at": "2099-01-01T00:00"}

    answer = as_operator.post("/jobs/greet/runs/", body, follow=True)

    assert "It is planned" in answer.content.decode()
    assert AuditLog.objects.get().action == "started greet"


@pytest.mark.parametrize("address", ["runs", "uploads/path", "copy", "presets", "presets/1/name"])
def test_nothing_starts_by_a_get(as_operator: Client, address: str) -> None:
    assert as_operator.get(f"/jobs/import_products/{address}/").status_code == 405


def test_the_tab_of_runs_shows_the_last_and_leads_to_all(as_reader: Client, make_run: MakeRun) -> None:
    runs = [make_run(State.SUCCEEDED) for _ in range(31)]

    body = as_reader.get("/jobs/greet/?tab=runs").content.decode()

    assert f"/runs/{runs[-1].pk}/" in body
    assert f"/runs/{runs[0].pk}/" not in body
    assert "30 of 30 succeeded" in body
    assert "/runs/?q=job%3Agreet" in body
