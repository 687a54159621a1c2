"""Nothing is done to a private job by whom it is hidden from, and what others do is not told them."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django_celery_beat.models import PeriodicTask

from jobs.access import SEVERAL
from jobs.models import AuditLog, Run
from jobs.models.slot import Slot
from jobs.services.tokens import create_token
from tests.console.conftest import MakeRun, signed_in
from tests.console.makings import a_form
from tests.console.private.conftest import JOB, body, words
from tests.jobs.people import make_private, person


def test_no_audit_names_what_is_done_to_it(as_operator: Client, busy: list[Run]) -> None:
    boss = signed_in(User.objects.create_superuser("boss"))
    schedule = PeriodicTask.objects.get(name="nightly count")
    keys = [run.pk for run in busy]
    for address, said in [
        (f"/schedules/{schedule.pk}/switch/", {"enabled": "0"}),
        (f"/schedules/{schedule.pk}/runs/", {}),
        (f"/schedules/{schedule.pk}/slots/{Slot.objects.get(run=None).pk}/run/", {}),
        (f"/schedules/{schedule.pk}/deletion/", {}),
        ("/acknowledgements/", {"job": JOB}),
        (f"/jobs/{JOB}/runs/", {"app_labels": "jobs"}),
        (f"/jobs/{JOB}/presets/", {"preset-save": "yes", "preset-name": "week"}),
        (f"/runs/{busy[0].pk}/retries/", {}),
        ("/runs/pauses/", {"run": keys}),
        ("/runs/cancellations/", {"everything": "yes", "q": f"job:{JOB}", "confirmed": "yes"}),
        (f"/runs/{keys[0]}/deletion/", {}),
        ("/runs/deletions/", {"run": keys, "confirmed": "yes"}),
    ]:
        before = AuditLog.objects.count()
        boss.post(address, said)
        assert AuditLog.objects.count() == before + 1, f"{address} was refused"

    pages = body(as_operator, "/audit/") + body(as_operator, "/audit/export")

    named = [*words(busy), *map(str, Run.objects.filter(job=JOB).values_list("pk", flat=True))]
    assert [word for word in [*named, "nightly count"] if word in pages] == []


def test_a_schedule_of_it_is_as_one_that_is_not_there(as_operator: Client, busy: list[Run]) -> None:
    schedule, slot = PeriodicTask.objects.get(name="nightly count"), Slot.objects.get(run=None)
    places = [
        f"/schedules/new/?job={JOB}",
        f"/schedules/new/?copy={schedule.pk}",
        f"/schedules/{schedule.pk}/",
    ]
    actions = ("revision", "switch", "reset", "deletion", "runs", f"slots/{slot.pk}/run")

    statuses = [
        *(as_operator.get(each).status_code for each in places),
        *(as_operator.post(f"/schedules/{schedule.pk}/{each}/").status_code for each in actions),
        as_operator.post("/schedules/creation/", {"form-job": JOB}).status_code,
        as_operator.post("/schedules/creation/", {"form-copy": schedule.pk, "form-job": "greet"}).status_code,
        as_operator.post(f"/schedules/addition/{JOB}/").status_code,
    ]

    assert statuses == [404] * len(statuses)
    assert PeriodicTask.objects.get().name == "nightly count"


@pytest.mark.parametrize(("named", "status"), [(JOB, 422), ("count_cows", 422), ("greet", 302)])
def test_no_schedule_is_made_to_start_it(as_operator: Client, hidden: Run, named: str, status: int) -> None:
    PeriodicTask.objects.all().delete()
    when = {name: text for name, text in a_form().items() if "-" in name}
    said = {"form-job": "nightly", "schedule-name": "mine", "jobs": named}

    answer = as_operator.post("/schedules/creation/", {**when, **said})

    sentence = f"There is no job named &#x27;{named}&#x27; that nightly could start for you"
    assert (answer.status_code, sentence in answer.content.decode()) == (status, status == 422)


@pytest.mark.parametrize("address", ["pauses", "resumptions", "cancellations", "retries", "deletions"])
def test_ticked_it_is_not_changed_with_others(as_operator: Client, busy: list[Run], address: str) -> None:
    before = list(Run.objects.filter(job=JOB).order_by("pk").values_list("pk", "state", "wish"))

    as_operator.post(f"/runs/{address}/", {"run": [run.pk for run in busy], "confirmed": "yes"})

    assert list(Run.objects.filter(job=JOB).order_by("pk").values_list("pk", "state", "wish")) == before


@pytest.mark.parametrize("action", ["pause", "resumption", "cancellation", "kill", "retries", "real-run"])
def test_nothing_is_done_to_it(as_operator: Client, hidden: Run, action: str) -> None:
    assert as_operator.post(f"/runs/{hidden.pk}/{action}/").status_code == 404


@pytest.mark.parametrize("below", ["runs/", "uploads/path/", "copy/", "presets/", "presets/1/name/"])
def test_who_starts_it_is_told_what_one_is_told_of_what_is_not_there(
    as_operator: Client, hidden: Run, below: str
) -> None:
    statuses = [as_operator.post(f"/jobs/{name}/{below}").status_code for name in (JOB, "count_cows")]

    assert statuses == [404, 404]
    assert Run.objects.filter(job=JOB).count() == 1


def test_so_is_a_program(operator: User, hidden: Run) -> None:
    program = Client(headers={"Authorization": f"Bearer {create_token(operator, 'program')}"})

    statuses = [program.post(f"/api/jobs/{name}/runs").status_code for name in (JOB, "count_cows")]

    assert statuses == [404, 404]


def test_what_is_done_to_runs_of_two_is_told_to_who_sees_both(
    hidden: Run, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_private(monkeypatch, "greet")
    boss = signed_in(User.objects.create_superuser("boss"))

    boss.post("/runs/pauses/", {"run": [make_run(job=JOB).pk, make_run(job="greet").pk]})

    told = AuditLog.objects.filter(action="paused runs")
    assert told.get().job == SEVERAL
    seen = [
        told.visible_to(somebody).exists()
        for somebody in (person("view_count_rows"), person("view_count_rows", "view_greet"))
    ]
    assert seen == [False, True]


def test_runs_of_it_go_on_when_somebody_who_may_not_see_them_sends_their_person_away(
    operator: User, hidden: Run, make_run: MakeRun
) -> None:
    operator.user_permissions.add(Permission.objects.get(codename="change_user"))
    ada = person()
    runs = [make_run(started_by=ada), make_run(job=JOB, started_by=ada)]

    signed_in(operator).post(f"/people/{ada.pk}/deactivation/", {"cancel": "yes"})

    assert [Run.objects.get(pk=run.pk).state for run in runs] == ["cancelled", "queued"]
