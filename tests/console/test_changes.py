"""Starting, cancelling and repeating runs."""

import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase

from jobs.models import AuditLog, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun, signed_in

ACTIONS = ("pause", "resumption", "cancellation", "kill", "retries", "real-run", "rejects", "deletion")


def test_an_operator_starts_a_run(as_operator: Client) -> None:
    answer = as_operator.post("/jobs/greet/runs/", {"name": "World", "times": "3"})

    run = Run.objects.get()
    assert answer["Location"] == f"/runs/{run.pk}/"
    assert run.parameters == {"name": "World", "times": 3}


def test_a_wrong_parameter_starts_nothing(as_operator: Client) -> None:
    answer = as_operator.post("/jobs/greet/runs/", {"name": "World", "times": "0"})

    assert answer.status_code == 422
    assert "error-text" in answer.content.decode()
    assert not Run.objects.exists()


def test_a_file_is_uploaded_with_the_form(as_operator: Client) -> None:
    upload = SimpleUploadedFile("products.csv", b"sku,name,price\n")

    as_operator.post("/jobs/import_products/runs/", {"path": upload, "batch_size": "10", "dry_run": "true"})

    run = Run.objects.get()
    assert Path(run.parameters["path"]).read_bytes() == b"sku,name,price\n"
    assert run.parameters["dry_run"] is True


def test_a_path_in_place_of_a_file_is_refused(as_operator: Client) -> None:
    answer = as_operator.post("/jobs/import_products/runs/", {"path": "/etc/passwd"})

    assert answer.status_code == 422
    assert not Run.objects.exists()


def test_a_second_run_of_an_exclusive_job_is_refused(as_operator: Client, make_run: MakeRun) -> None:
    make_run(State.RUNNING, job="cleanup_runs", lane="cleanup_runs")

    answer = as_operator.post("/jobs/cleanup_runs/runs/", {"dry_run": "true"})

    assert answer.status_code == 422
    assert "runs one at a time" in answer.content.decode()


def test_a_waiting_run_is_cancelled(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run()

    as_operator.post(f"/runs/{run.pk}/cancellation/")

    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_cancelling_what_is_over_says_so(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.SUCCEEDED)

    answer = as_operator.post(f"/runs/{run.pk}/cancellation/", follow=True)

    assert "There was nothing to cancel" in answer.content.decode()


@pytest.mark.parametrize(
    ("action", "state", "wish", "after"),
    [
        ("pause", State.QUEUED, "", ("paused", "")),
        ("pause", State.RUNNING, "", ("running", "pause")),
        ("resumption", State.PAUSED, "", ("queued", "")),
        ("resumption", State.RUNNING, "pause", ("running", "")),
        ("cancellation", State.RUNNING, "pause", ("running", "cancel")),
        ("kill", State.RUNNING, "cancel", ("running", "kill")),
    ],
)
def test_what_is_asked_of_a_run_is_granted_or_wished(
    as_operator: Client, make_run: MakeRun, action: str, state: State, wish: str, after: tuple[str, str]
) -> None:
    run = make_run(state, wish=wish)

    answer = as_operator.post(f"/runs/{run.pk}/{action}/", follow=True)

    run.refresh_from_db()
    assert (run.state, run.wish) == after
    assert "There was nothing to" not in answer.content.decode()


@pytest.mark.parametrize("action", ["pause", "resumption", "kill"])
def test_asking_what_is_over_says_so(as_operator: Client, make_run: MakeRun, action: str) -> None:
    answer = as_operator.post(f"/runs/{make_run(State.SUCCEEDED).pk}/{action}/", follow=True)

    assert "the run is succeeded" in answer.content.decode()


@pytest.mark.parametrize("action", ["pause", "resumption", "kill", "cancellation"])
def test_a_run_that_nobody_knows_is_not_found(as_operator: Client, action: str) -> None:
    assert as_operator.post(f"/runs/{uuid.uuid4()}/{action}/").status_code == 404


def test_a_retry_is_a_new_run_with_the_same_parameters(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.FAILED, parameters={"name": "World", "times": 2})

    answer = as_operator.post(f"/runs/{run.pk}/retries/")

    again = Run.objects.exclude(pk=run.pk).get()
    assert answer["Location"] == f"/runs/{again.pk}/"
    assert again.parameters == run.parameters


def test_a_finished_preview_can_be_run_for_real(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.SUCCEEDED, job="cleanup_runs", parameters={"failed_days": 7, "dry_run": True})

    as_operator.post(f"/runs/{run.pk}/real-run/")

    again = Run.objects.exclude(pk=run.pk).get()
    assert (again.parameters["failed_days"], again.parameters["dry_run"]) == (7, False)


def test_a_job_without_previews_has_no_real_run(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.SUCCEEDED, parameters={"name": "World"})

    as_operator.post(f"/runs/{run.pk}/real-run/")

    assert Run.objects.count() == 1


def test_a_run_whose_job_is_gone_is_not_repeated(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.FAILED, job="gone")

    answer = as_operator.post(f"/runs/{run.pk}/retries/", follow=True)

    assert "There is no job named" in answer.content.decode()


@pytest.mark.parametrize("action", ACTIONS)
def test_a_reader_changes_no_run(as_reader: Client, make_run: MakeRun, action: str) -> None:
    run = make_run()

    assert as_reader.post(f"/runs/{run.pk}/{action}/").status_code == 403
    assert list(Run.objects.values_list("state", flat=True)) == [State.QUEUED]


def test_a_reader_starts_no_run(as_reader: Client) -> None:
    assert as_reader.post("/jobs/greet/runs/", {"name": "World"}).status_code == 403
    assert not Run.objects.exists()


def test_a_reader_sees_no_buttons(as_reader: Client, make_run: MakeRun) -> None:
    pages = ["/jobs/greet/", f"/runs/{make_run().pk}/", f"/runs/{make_run(State.FAILED).pk}/"]

    content = [
        as_reader.get(page).content.decode().partition("<main")[2].partition("</main>")[0] for page in pages
    ]
    # What is left chooses another run to compare with; the form of a job is there to be read.
    assert [body.count('method="post"') for body in content[1:]] == [0, 0]
    assert "Run now" not in content[0]
    assert '<fieldset class="bare" disabled>' in content[0]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_change_is_a_post(as_operator: Client, make_run: MakeRun, action: str) -> None:
    assert as_operator.get(f"/runs/{make_run().pk}/{action}/").status_code == 405


def test_a_post_without_its_token_is_refused(operator: User, make_run: MakeRun) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)

    answer = client.post(f"/runs/{make_run().pk}/cancellation/")

    assert answer.status_code == 403
    assert "The form was too old" in answer.content.decode()


def test_staff_as_such_may_change_nothing(reader: User, make_run: MakeRun) -> None:
    reader.is_staff = True
    reader.save()

    assert signed_in(reader).post(f"/runs/{make_run().pk}/cancellation/").status_code == 403


def test_what_somebody_changes_is_in_the_audit(
    as_operator: Client, operator: User, make_run: MakeRun
) -> None:
    run = make_run()

    as_operator.post(f"/runs/{run.pk}/pause/")

    entry = AuditLog.objects.get()
    assert (entry.user, entry.action, entry.target) == (operator, "asked to pause", str(run.pk))
    assert entry.details == {"before": "queued", "after": "paused"}


def test_who_may_run_one_job_runs_no_other(reader: User) -> None:
    reader.user_permissions.add(Permission.objects.get(codename="run_greet"))
    client = signed_in(reader)

    statuses = [
        client.post(f"/jobs/{job}/runs/", {"name": "World"}).status_code for job in ("greet", "check_health")
    ]

    assert statuses == [302, 403]


def test_a_run_that_is_over_is_deleted_with_its_files(as_operator: Client, make_run: MakeRun) -> None:
    run = make_run(State.FAILED)
    path = run.artifacts.create(name="a.csv", size=1).path
    path.parent.mkdir(parents=True)
    path.write_text("x")

    with TestCase.captureOnCommitCallbacks(execute=True):
        as_operator.post(f"/runs/{run.pk}/deletion/")

    assert not Run.objects.filter(pk=run.pk).exists()
    assert not path.parent.exists()
    entry = AuditLog.objects.get()
    assert (entry.action, entry.target) == ("deleted run", str(run.pk))
    assert entry.details == {"before": {"job": "greet", "state": "failed"}}


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.PAUSED])
def test_a_run_that_is_not_over_is_not_deleted(as_operator: Client, make_run: MakeRun, state: State) -> None:
    run = make_run(state)

    answer = as_operator.post(f"/runs/{run.pk}/deletion/", follow=True)

    assert "Cancel it, then delete it" in answer.content.decode()
    assert Run.objects.filter(pk=run.pk).exists()


def test_what_a_run_rejected_is_run_again_with_a_copy_of_its_file(
    as_operator: Client, make_run: MakeRun
) -> None:
    run = make_run(State.SUCCEEDED, job="import_products", parameters={"path": "/srv/a.csv", "shards": 1})
    path = run.artifacts.create(name="rejected.csv", size=1).path
    path.parent.mkdir(parents=True)
    path.write_text("line,sku,reason\n2,x,y\n")

    answer = as_operator.post(f"/runs/{run.pk}/rejects/")

    again = Run.objects.exclude(pk=run.pk).get()
    assert answer["Location"] == f"/runs/{again.pk}/"
    copy = Path(again.parameters["only"])
    assert copy != path
    assert copy.read_text() == path.read_text()
    assert (again.parameters["path"], again.parameters["shards"]) == ("/srv/a.csv", 1)


@pytest.mark.parametrize("job", ["import_products", "normalize_emails", "greet", "gone"])
def test_where_there_is_nothing_to_run_again_nothing_is_started(
    as_operator: Client, make_run: MakeRun, job: str
) -> None:
    run = make_run(State.SUCCEEDED, job=job)
    run.artifacts.create(name="rejected.csv", size=1)

    answer = as_operator.post(f"/runs/{run.pk}/rejects/", follow=True)

    assert "has left no file of what it rejected" in answer.content.decode()
    assert Run.objects.count() == 1
