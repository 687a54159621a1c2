"""What is to be seen on the pictures of the pages: a past, and something of everything going on."""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from console import uploads
from jobs import catalog, figures
from jobs.models import Attempt, DayFigures, Heartbeat, Run
from jobs.models.run import Origin
from jobs.models.state import State
from jobs.queue import enqueue
from tests.pages.nights import make_nights
from tests.pages.world import DAYS, make_world

ROWS = "sku,name,price\n"
MESSY = ROWS + "".join(f"A-{n},Lamp {n},{n}.50\n" if n % 9 else f"A-{n},,x\n" for n in range(1, 60_000))
LOG = (
    "INFO jobs.services.keyed_import.file_import: Reading orders.csv\n",
    "INFO jobs.services.keyed_import.staging: 155,848 rows are staged\n",
    "WARNING jobs.services.orders: Line 41,207: its customer is not known, and is made\n",
    "INFO jobs.services.keyed_import.staging: 96,000 of 155,848 are written\n",
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`pages` are addresses by the names of their pictures; `session` is of who may do everything."""

    pages: dict[str, str]
    session: str


def make_scene() -> Scene:
    make_world()
    make_nights()
    while figures.keep_up() and DayFigures.objects.values("day").distinct().count() < DAYS - 1:
        pass
    boss, anna, ben = (User.objects.get(username=name) for name in ("admin", "anna", "ben"))
    _change(boss, reverse("person-rights", args=[ben.pk]), {"group": _group_keys("Operators", "Approvers")})
    preview = _done(anna, "import_products", MESSY, dry_run="true")
    messy = _done(anna, "import_products", MESSY)
    failed = _done(ben, "import_orders", "article,name\n1,Lamp\n")
    running = _running(ben)
    _change(anna, reverse("queue-pause", args=["default"]), {"reason": "Until the books are closed"})
    schedule = PeriodicTask.objects.get(name="prices for the shops")
    _change(anna, reverse("schedule-switch", args=[schedule.pk]), {"enabled": "0"})
    _change(anna, reverse("schedule-switch", args=[schedule.pk]), {"enabled": "1"})
    runs = {"run": running, "run-preview": preview, "run-rejects": messy, "run-failed": failed}
    pages = {
        "overview": reverse("overview"),
        "jobs": reverse("jobs"),
        "job": reverse("job", args=["import_products"]),
        "job-source": f"{reverse('job', args=['import_products'])}?tab=source",
        "runs": reverse("runs"),
        "runs-failed": f"{reverse('runs')}?q=state:failed",
        **{name: reverse("run", args=[run.pk]) for name, run in runs.items()},
        "schedules": reverse("schedules"),
        "schedule": reverse("schedule", args=[schedule.pk]),
        "queues": reverse("queues"),
        "people": reverse("people"),
        "person": reverse("person", args=[User.objects.get(username="anna").pk]),
        "audit": reverse("audit"),
        "account": reverse("account"),
        "login": reverse("login"),
        "not-found": "/nowhere/",
    }
    return Scene(pages=pages, session=_signed_in(boss).cookies[settings.SESSION_COOKIE_NAME].value)


def _signed_in(person: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    return client


def _change(person: User, address: str, sent: dict[str, object]) -> str:
    """As by a form of the console; where it leads to."""
    answer = _signed_in(person).post(address, sent)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def _group_keys(*names: str) -> list[int]:
    return list(Group.objects.filter(name__in=names).values_list("pk", flat=True))


def _done(person: User, job: str, content: str, **parameters: object) -> Run:
    """By a worker, which is waited for."""
    file = SimpleUploadedFile(f"{job.removeprefix('import_')}.csv", content.encode())
    location = _change(person, reverse("job-runs", args=[job]), {"path": file, **parameters})
    run = Run.objects.get(pk=location.strip("/").rpartition("/")[2])
    until = time.monotonic() + 60
    while not run.is_final and time.monotonic() < until:
        time.sleep(0.2)
        run.refresh_from_db()
    return run


def _running(person: User) -> Run:
    """As if a worker were in the midst of it; its lease is long, so nobody takes it back."""
    now = timezone.now()
    begun, worker = now - timedelta(seconds=42), Heartbeat.objects.filter(kind="worker").get().name
    path = uploads.keep(SimpleUploadedFile("orders.csv", ROWS.encode()))
    run = enqueue(
        catalog.get("import_orders"),
        {"path": str(path)},
        origin=Origin.CONSOLE,
        started_by=person,
        not_before=now + timedelta(days=1),
    )
    Run.objects.filter(pk=run.pk).update(
        **{"state": State.RUNNING, "attempt": 1, "worker": worker},
        **{"created_at": begun - timedelta(seconds=1), "not_before": begun, "started_at": begun},
        **{"lease_until": now + timedelta(days=1)},
        **{"done": 96_000, "total": 155_848, "message": "Writing the orders"},
    )
    lines = (f"{begun + timedelta(seconds=9 * n):%Y-%m-%d %H:%M:%S},112 {line}" for n, line in enumerate(LOG))
    Attempt.objects.create(run=run, number=1, worker=worker, started_at=begun, log="".join(lines))
    return run
