"""A private job is nowhere, for who may not see it."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from console.live.kinds import GUARDS, KINDS
from console.live.picture import Picture
from console.run_filter import parse
from console.run_suggestions import suggestions
from jobs import audit, catalog
from jobs.models import AuditLog, Preset, Run
from jobs.models.artifact import directory_of
from jobs.models.heartbeat import Heartbeat
from jobs.models.run_search import first_key
from jobs.models.slot import Outcome, Slot
from jobs.models.state import Awaits, State
from jobs.services.tokens import create_token
from tests.console.conftest import MakeRun, signed_in
from tests.console.makings import a_schedule
from tests.jobs.people import declare, make_private

JOB = "count_rows"
COUNTED = {"app_labels": ["jobs"]}


@pytest.fixture
def hidden(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, reader: User) -> Run:
    """A run of it, with whatever a run can leave behind."""
    declare(monkeypatch, replace(catalog.JOBS[JOB], private=True, at_most=2))
    parent = make_run(State.SUCCEEDED, job="nightly")
    run = make_run(State.SUCCEEDED, job=JOB, parent=parent, parameters=COUNTED)
    run.artifacts.create(name="rows.csv", size=1)
    directory_of(run.pk).mkdir(parents=True)
    (directory_of(run.pk) / "rows.csv").write_text("x")
    audit.write("asked to pause", run.pk, job=JOB)
    return run


@pytest.fixture
def busy(hidden: Run, make_run: MakeRun) -> list[Run]:
    """All of its runs, one of each kind that a page tells of, and of another job what hangs on them."""
    now = timezone.now()
    Heartbeat.objects.create(kind="worker", name="w@a:1", seen_at=now, queues=["bulk"])
    running = make_run(State.RUNNING, job=JOB, worker="w@a:1", lane=JOB, queue="bulk", lease_until=now)
    later = make_run(job=JOB, not_before=now + timedelta(hours=1), publish_after=now + timedelta(hours=1))
    failed = make_run(State.FAILED, job=JOB, error="No such table")
    made = [running, later, failed, make_run(job=JOB, awaits=Awaits.PERSON)]
    make_run(State.RUNNING, parent=running)
    Preset.objects.create(job=JOB, name="all", owner=User.objects.get(username="reader"), is_shared=True)
    a_schedule(JOB, "nightly count", **COUNTED)
    for moment, run in ((now, failed), (now - timedelta(days=1), None)):
        Slot.objects.create(
            schedule="nightly count",
            planned_for=moment,
            outcome=Outcome.REFUSED,
            run=run,
            reason=f"{JOB}: no",
        )
    return [hidden, *made]


def addresses(run: Run) -> list[str]:
    return [
        *(f"/jobs/{JOB}/", f"/runs/{run.pk}/"),
        *(f"/runs/{run.pk}/attempts/1/log", f"/runs/{run.pk}/artifacts/rows.csv"),
    ]


def lists() -> list[str]:
    """Each of them is to be there for whoever asks."""
    hidden, parent = Run.objects.get(job=JOB, state=State.SUCCEEDED), Run.objects.get(job="nightly")
    child = Run.objects.get(job="greet")
    schedule = PeriodicTask.objects.get(name="nightly count")
    return [
        *("/", "/?days=90", "/jobs/", "/jobs/?search=rows", "/queues/", "/schedules/", "/schedules/new/"),
        *("/runs/", f"/runs/?job={JOB}", f"/runs/?q=job:{JOB}", "/runs/?q=state:failed", "/runs/export.csv"),
        *("/runs/?q=is:unseen", f"/runs/?q=parent:{parent.pk}", "/runs/?q=error:table"),
        *(f"/runs/{parent.pk}/", f"/runs/{child.pk}/", f"/runs/{parent.pk}/?compare={str(hidden.pk)[:8]}"),
        *(f"/runs/{parent.pk}/?compare={hidden.pk}", "/runs/?q=job:count_row", "/runs/?q=job:"),
        *("/account/", "/people/", f"/people/{User.objects.get(username='reader').pk}/"),
        *("/audit/", "/audit/export", f"/schedules/times/?when-of={schedule.pk}"),
        *("/api/jobs", "/api/openapi.json", f"/api/runs/{child.pk}", f"/api/runs/{parent.pk}"),
    ]


def body(client: Client, address: str) -> str:
    answer: Any = client.get(address, follow=True)
    assert answer.status_code in (200, 404), address
    return text_of(answer)


def text_of(answer: Any) -> str:
    async def parts() -> list[bytes]:
        return [part async for part in answer.streaming_content]

    is_written_later = answer.streaming and answer.is_async
    return (b"".join(async_to_sync(parts)()) if is_written_later else answer.getvalue()).decode()


def test_who_may_see_it_sees_all_of_it(hidden: Run) -> None:
    client = signed_in(User.objects.create_superuser("boss"))

    answers = [client.get(each) for each in addresses(hidden)]
    assert b"".join(answers[-1].streaming_content) == b"x"

    assert {each.status_code for each in answers} == {200}
    assert str(hidden.pk) in body(client, "/runs/")
    assert str(hidden.pk) in body(client, "/audit/export")


def test_no_address_of_it_answers(as_operator: Client, hidden: Run) -> None:
    assert {each: as_operator.get(each).status_code for each in addresses(hidden)} == dict.fromkeys(
        addresses(hidden), 404
    )


@pytest.mark.parametrize("kind", ["runs", "jobs"])
def test_its_page_is_that_of_what_is_not_there(as_operator: Client, hidden: Run, kind: str) -> None:
    private, unknown = (hidden.pk, uuid.uuid4()) if kind == "runs" else (JOB, "count_cows")

    pages = [body(as_operator, f"/{kind}/{each}/").replace(str(each), "") for each in (private, unknown)]

    assert without_tokens(pages[0]) == without_tokens(pages[1])


def test_no_list_names_it_or_a_run_of_it(operator: User, busy: list[Run]) -> None:
    operator.user_permissions.add(Permission.objects.get(codename="change_user"))
    client = Client(headers={"Authorization": f"Bearer {create_token(operator, 'program')}"})
    client.force_login(operator)

    # The field repeats what was asked for in the address.
    found = {
        each: [word for word in words(busy) if word in body(client, each) and word not in each]
        for each in lists()
    }

    assert {each: named for each, named in found.items() if named} == {}


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
        ("/runs/deletions/", {"run": keys, "confirmed": "yes"}),
    ]:
        before = AuditLog.objects.count()
        boss.post(address, said)
        assert AuditLog.objects.count() == before + 1, f"{address} was refused"

    pages = body(as_operator, "/audit/") + body(as_operator, "/audit/export")

    named = [*words(busy), *map(str, Run.objects.filter(job=JOB).values_list("pk", flat=True))]
    assert [word for word in [*named, "nightly count"] if word in pages] == []


def test_no_live_picture_that_all_share_names_it(
    as_operator: Client, operator: User, busy: list[Run]
) -> None:
    long_ago, rows = first_key(timezone.now() - timedelta(days=1)).hex, ",".join(run.pk.hex for run in busy)
    keys = {
        **{"jobs": {"all"}, "queues": {"all"}, "schedules": {"all"}, "running": {"all"}},
        **{"overview": {"7", "30", "90"}, "runs": {f"{long_ago}/{rows}", f"{long_ago},{JOB}/{rows}"}},
        "run": set(map(str, Run.objects.values_list("pk", flat=True))),
        "job": {JOB, "greet"},
    }
    assert keys.keys() == KINDS.keys()

    seen = {
        (kind, key): picture
        for kind, read in KINDS.items()
        for key, picture in read(keys[kind]).items()
        if kind not in GUARDS or GUARDS[kind](operator, key)
    }

    assert len(seen) > len(KINDS)
    assert seen.keys().isdisjoint([("job", JOB), *(("run", str(run.pk)) for run in busy)])
    assert [
        (name, word) for name, picture in seen.items() for word in words(busy) if word in told(picture)
    ] == []


@pytest.mark.parametrize("is_there", [True, False], ids=["in the database", "only in the catalog"])
def test_its_own_schedule_is_not_told_of(
    as_operator: Client, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    make_private(monkeypatch, "cleanup_runs")
    a_schedule("cleanup_runs", "cleanup_runs" if is_there else "nightly")

    assert "cleanup_runs" not in body(as_operator, "/schedules/")


@pytest.mark.parametrize("word", ["job:{}", "{}"])
def test_a_filter_says_of_it_what_it_says_of_what_is_not_there(reader: User, hidden: Run, word: str) -> None:
    private, unknown = parse(word.format(JOB), reader), parse(word.format("shear_cows"), reader)

    assert [each.replace("shear_cows", JOB) for each in unknown.problems] == list(private.problems)


def test_the_field_of_the_list_offers_nothing_of_it(reader: User, hidden: Run) -> None:
    boss = User.objects.create_superuser("boss")
    own = [
        {each for each in suggestions(parse(f"job:{JOB}", person), person)[:2] if each.endswith(":")}
        for person in (boss, reader)
    ]

    assert "app_labels:" in own[0]
    assert "app_labels:" not in own[1]


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


@pytest.mark.parametrize("address", ["pauses", "resumptions", "cancellations", "retries", "deletions"])
def test_ticked_it_is_not_changed_with_others(as_operator: Client, busy: list[Run], address: str) -> None:
    before = list(Run.objects.filter(job=JOB).order_by("pk").values_list("pk", "state", "wish"))

    as_operator.post(f"/runs/{address}/", {"run": [run.pk for run in busy], "confirmed": "yes"})

    assert list(Run.objects.filter(job=JOB).order_by("pk").values_list("pk", "state", "wish")) == before


def test_ticked_it_is_not_exported(as_operator: Client, busy: list[Run]) -> None:
    answer: Any = as_operator.post("/runs/export.csv", {"run": [run.pk for run in busy]})

    assert [word for word in words(busy) if word in text_of(answer)] == []


def words(runs: list[Run]) -> list[str]:
    return [JOB, "Count rows", *(str(run.pk) for run in runs)]


def told(picture: Picture) -> str:
    """All that a page is sent of it."""
    return str([picture.render(), picture.offers, picture.lines])


@pytest.mark.parametrize("action", ["pause", "resumption", "cancellation", "kill", "retries", "real-run"])
def test_nothing_is_done_to_it(as_operator: Client, hidden: Run, action: str) -> None:
    assert as_operator.post(f"/runs/{hidden.pk}/{action}/").status_code == 404


def test_nobody_starts_it(as_operator: Client, hidden: Run) -> None:
    assert as_operator.post(f"/jobs/{JOB}/runs/").status_code == 403
    assert Run.objects.filter(job=JOB).count() == 1


def test_staff_do_not_see_it_in_the_admin(reader: User, hidden: Run) -> None:
    reader.is_staff = True
    reader.save()
    reader.user_permissions.set(
        Permission.objects.filter(codename__in=["view_run", "view_attempt", "view_artifact", "view_auditlog"])
    )
    client = signed_in(reader)

    pages = [body(client, f"/admin/jobs/{each}/") for each in ("run", "attempt", "artifact", "auditlog")]

    assert not [page for page in pages if str(hidden.pk) in page]
    assert str(hidden.parent_id) in pages[0]


def without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)
