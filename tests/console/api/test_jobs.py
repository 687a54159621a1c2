"""What a program can start, and how."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from jobs import catalog
from jobs.models import AuditLog, Run
from jobs.models.run import Origin
from jobs.models.state import State
from jobs.services.tokens import create_token
from tests.console.api.conftest import Caller, post, with_token
from tests.console.every_kind import JOB, MERGE
from tests.jobs.claimed import at_once

pytestmark = pytest.mark.django_db
GREET = "/api/jobs/greet/runs"
IMPORT = "/api/jobs/import_products/runs"


@pytest.fixture(autouse=True)
def _jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    for job in (JOB, MERGE):
        monkeypatch.setitem(catalog.JOBS, job.name, job)


def upload(content: str = "sku,name\n1,Tea\n", name: str = "products.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def files_below(settings: Any) -> list[Path]:
    return [each for each in Path(settings.UPLOADS).rglob("*") if each.is_file()]


def test_a_job_is_started_by_a_json_object(program: Client) -> None:
    answer = post(program, GREET, {"name": "Ada", "times": 3})

    run = Run.objects.get()
    assert answer.status_code == 201
    assert (run.parameters, run.origin) == ({"name": "Ada", "times": 3}, Origin.API)
    assert str(run.started_by) == "program"
    assert answer["Location"] == f"http://testserver/api/runs/{run.pk}" == answer.json()["links"]["self"]
    assert (answer.json()["id"], answer.json()["state"]) == (str(run.pk), "queued")


def test_a_start_is_in_the_audit(program: Client) -> None:
    post(program, GREET, {"name": "Ada"})

    entry = AuditLog.objects.get()
    assert (entry.action, entry.target) == ("started greet", str(Run.objects.get().pk))
    assert (str(entry.user), entry.address) == ("program", "127.0.0.1")


def test_a_body_may_be_left_out_where_nothing_is_required(program: Client) -> None:
    assert program.post("/api/jobs/cleanup_tokens/runs").status_code == 201


def test_wrong_parameters_have_a_sentence_each(program: Client) -> None:
    answer = post(program, GREET, {"nmae": "Ada", "times": "many"})

    assert answer.status_code == 422
    assert answer.json()["parameters"]["nmae"] == "'nmae' is no parameter of greet; did you mean 'name'?"
    assert set(answer.json()["parameters"]) == {"name", "nmae", "times"}
    assert Run.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": 1e999}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'\xff"', "application/json", 400),
        (b'{"name": "\\u0000"}', "application/json", 422),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b"name=Ada", "application/x-www-form-urlencoded", 415),
        (b"name=Ada", "text/plain", 415),
        (b"name=Ada", "multipart/form-data", 400),
    ],
)
def test_a_body_that_is_something_else_is_refused(
    content: bytes, kind: str, status: int, program: Client
) -> None:
    answer = program.post(GREET, content, content_type=kind)

    assert answer.status_code == status
    assert answer.json()["error"]
    assert Run.objects.count() == 0


def test_a_job_that_there_is_not_is_told_the_nearest_one(program: Client) -> None:
    answer = post(program, "/api/jobs/great/runs")

    assert answer.status_code == 404
    assert answer.json()["error"] == "There is no job named 'great'; did you mean 'greet'?"


@pytest.mark.parametrize(("codenames", "status"), [((), 403), (("add_run",), 201), (("run_greet",), 201)])
def test_a_job_is_started_by_whom_it_is_allowed_to(
    codenames: tuple[str, ...], status: int, caller: Caller
) -> None:
    runs = ContentType.objects.get_for_model(Run)
    Permission.objects.get_or_create(codename="run_greet", content_type=runs)

    assert post(caller(*codenames), GREET, {"name": "Ada"}).status_code == status


def test_who_may_start_nothing_learns_nothing_of_what_there_is(caller: Caller) -> None:
    reader = caller()

    assert [post(reader, f"/api/jobs/{name}/runs").status_code for name in ("greet", "great")] == [403, 403]


def test_a_run_for_later_waits_for_its_time(program: Client) -> None:
    answer = program.post(f"{GREET}?at=2126-12-01T02:00", {"name": "Ada"}, content_type="application/json")

    due = timezone.localtime(Run.objects.get().not_before)
    assert answer.status_code == 201
    assert f"{due:%Y-%m-%d %H:%M}" == "2126-12-01 02:00"


@pytest.mark.parametrize(
    "query",
    ["at=soon", "at=2026-13-01", "at=9999-12-31T23:59-08:00", "att=2026-12-01", "at=2126-12-01&name=Ada"],
)
def test_a_question_that_means_nothing_is_refused(query: str, program: Client) -> None:
    answer = program.post(f"{GREET}?{query}", {"name": "Ada"}, content_type="application/json")

    assert (answer.status_code, Run.objects.count()) == (422, 0)


def test_a_job_that_runs_one_at_a_time_is_refused_while_it_is_active(program: Client) -> None:
    first = program.post("/api/jobs/cleanup_tokens/runs").json()

    second = program.post("/api/jobs/cleanup_tokens/runs")

    assert second.status_code == 409
    assert first["id"] in second.json()["error"]


def test_the_same_key_is_the_same_run(program: Client) -> None:
    first, second = (post(program, GREET, {"name": "Ada"}, **{"Idempotency-Key": "a 1"}) for _ in "ab")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert (Run.objects.count(), AuditLog.objects.count()) == (1, 1)


def test_the_same_key_with_another_body_is_refused(program: Client) -> None:
    post(program, GREET, {"name": "Ada"}, **{"Idempotency-Key": "a 1"})

    answer = post(program, GREET, {"name": "Bob"}, **{"Idempotency-Key": "a 1"})

    assert answer.status_code == 409
    assert "use a new key for new work" in answer.json()["error"]


def test_a_key_that_is_too_long_is_refused(program: Client) -> None:
    assert post(program, GREET, {"name": "Ada"}, **{"Idempotency-Key": "a" * 201}).status_code == 422


def test_a_file_is_uploaded(program: Client, settings: Any) -> None:
    answer = program.post(IMPORT, {"path": upload(), "dry_run": "true", "batch_size": "7"})

    run = Run.objects.get()
    assert answer.status_code == 201, answer.content
    assert [str(each) for each in files_below(settings)] == [run.parameters["path"]]
    assert (run.parameters["dry_run"], run.parameters["batch_size"]) == (True, 7)
    assert answer.json()["parameters"]["path"] == "products.csv"


def test_several_files_are_a_list(program: Client, settings: Any) -> None:
    program.post("/api/jobs/merge/runs", {"paths": [upload(name="a.csv"), upload(name="b.csv")]})

    assert [Path(path).name for path in Run.objects.get().parameters["paths"]] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("is_form", [True, False])
def test_no_path_on_the_server_is_taken(is_form: bool, program: Client, settings: Any) -> None:
    values = {"path": "/etc/passwd"}

    answer = program.post(IMPORT, values) if is_form else post(program, IMPORT, values)

    assert answer.status_code == 422
    assert "no path on the server is taken" in answer.json()["parameters"]["path"]


def test_no_place_to_write_to_is_taken(program: Client) -> None:
    answer = post(program, "/api/jobs/export_products/runs", {"output": "/tmp/out.csv"})

    assert answer.status_code == 422
    assert "output" in answer.json()["parameters"]


def test_a_file_for_what_takes_none_is_refused(program: Client, settings: Any) -> None:
    answer = program.post(GREET, {"name": upload()})

    assert (answer.status_code, files_below(settings)) == (422, [])


def test_what_is_given_twice_is_refused(program: Client) -> None:
    answer = program.post(GREET, {"name": ["Ada", "Bob"]})

    assert answer.json()["parameters"] == {"name": "'name' of greet was given twice"}


def test_no_upload_is_kept_of_a_call_that_was_refused(program: Client, settings: Any) -> None:
    answer = program.post(IMPORT, {"path": upload(), "batch_size": "0"})

    assert (answer.status_code, files_below(settings)) == (422, [])


def test_the_same_key_and_the_same_file_is_the_same_run(program: Client, settings: Any) -> None:
    headers = {"Idempotency-Key": "import 7"}

    first, second = (program.post(IMPORT, {"path": upload()}, headers=headers) for _ in "ab")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert len(files_below(settings)) == 1


@pytest.mark.parametrize("other", [upload("sku,name\n1,Rum\n"), upload(name="other.csv")])
def test_the_same_key_with_another_file_is_refused(
    other: SimpleUploadedFile, program: Client, settings: Any
) -> None:
    headers = {"Idempotency-Key": "import 7"}
    program.post(IMPORT, {"path": upload()}, headers=headers)
    other.seek(0)

    answer = program.post(IMPORT, {"path": other}, headers=headers)

    assert (answer.status_code, len(files_below(settings))) == (409, 1)


def test_a_secret_comes_back_to_nobody(program: Client) -> None:
    values = {"path": upload(), "text": "a", "key": "hunter2", "owner": "program"}

    answer = program.post("/api/jobs/everything/runs", values)

    assert answer.status_code == 201, answer.content
    assert "hunter2" not in answer.content.decode() + json.dumps(Run.objects.get().parameters)


def test_the_jobs_are_listed_with_what_they_take(program: Client) -> None:
    listed = {each["name"]: each for each in program.get("/api/jobs").json()["jobs"]}

    greet = listed["greet"]
    assert listed.keys() == catalog.JOBS.keys()
    assert greet["parameters"]["required"] == ["name"]
    assert greet["parameters"]["properties"]["times"]["type"] == "integer"
    assert greet["links"]["runs"] == "http://testserver/api/jobs/greet/runs"


def test_everybody_signed_in_may_read(caller: Caller) -> None:
    reader = caller()

    assert {reader.get(path).status_code for path in ("/api/jobs", "/api/openapi.json")} == {200}


def test_a_start_takes_few_queries(program: Client, django_assert_max_num_queries: Any) -> None:
    post(program, GREET, {"name": "Ada"})

    with django_assert_max_num_queries(12):
        post(program, GREET, {"name": "Ada"})
    assert Run.objects.filter(state=State.QUEUED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_key_and_file_sent_by_many_at_once_is_one_run(settings: Any) -> None:
    secret = create_token(User.objects.create_superuser("boss"), "a test")

    def start() -> tuple[int, str]:
        values, headers = {"path": upload()}, {"Idempotency-Key": "import 7"}
        answer = with_token(secret).post(IMPORT, values, headers=headers)
        return answer.status_code, answer.json().get("id", answer.json().get("error"))

    answers = at_once(start, times=8)

    assert {run for _, run in answers} == {str(Run.objects.get().pk)}
    assert sorted(status for status, _ in answers) == [200] * 7 + [201]
    assert len(files_below(settings)) == 1
