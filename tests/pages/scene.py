"""What is to be seen on the pictures of the pages: a past, and something of everything going on."""

import time
from dataclasses import dataclass
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_celery_beat.models import PeriodicTask  # noqa: E402

from console import uploads  # noqa: E402
from jobs import catalog, figures  # noqa: E402
from jobs.models import DayFigures, Heartbeat, Queue, Run  # noqa: E402
from jobs.models.run import Origin  # noqa: E402
from jobs.models.state import State  # noqa: E402
from jobs.queue import enqueue  # noqa: E402
from tests.pages.world import DAYS, make_world  # noqa: E402

ROWS = "sku,name,price\n"
MESSY = ROWS + "".join(f"A-{n},Lamp {n},{n}.50\n" if n % 9 else f"A-{n},,x\n" for n in range(1, 900))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`pages` are addresses by the names of their pictures; `session` is of who may do everything."""

    pages: dict[str, str]
    session: str


def make_scene() -> Scene:
    make_world()
    while figures.keep_up() and DayFigures.objects.values("day").distinct().count() < DAYS - 1:
        pass
    boss = User.objects.get(username="admin")
    preview = _done(boss, "import_products", MESSY, dry_run=True)
    messy = _done(boss, "import_products", MESSY)
    failed = _done(boss, "import_orders", "article,name\n1,Lamp\n")
    running = _running(boss)
    Queue.objects.pause("reports")
    schedule = PeriodicTask.objects.get(name="cleanup_runs")
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
    client = Client()
    client.force_login(boss)
    return Scene(pages=pages, session=client.cookies[settings.SESSION_COOKIE_NAME].value)


def _done(boss: User, job: str, content: str, **parameters: object) -> Run:
    """By a worker, which is waited for."""
    given = {"path": _upload(f"{job.removeprefix('import_')}.csv", content), **parameters}
    run = enqueue(catalog.get(job), given, origin=Origin.CONSOLE, started_by=boss)
    until = time.monotonic() + 60
    while not run.is_final and time.monotonic() < until:
        time.sleep(0.2)
        run.refresh_from_db()
    return run


def _upload(name: str, content: str) -> str:
    return str(uploads.keep(SimpleUploadedFile(name, content.encode())))


def _running(boss: User) -> Run:
    """As if a worker were in the midst of it; its lease is long, so nobody takes it back."""
    now, path = timezone.now(), _upload("orders.csv", ROWS)
    worker = Heartbeat.objects.filter(kind="worker").first()
    run = enqueue(
        catalog.get("import_orders"),
        {"path": path},
        origin=Origin.CONSOLE,
        started_by=boss,
        not_before=now + timedelta(days=1),
    )
    Run.objects.filter(pk=run.pk).update(
        **{"state": State.RUNNING, "attempt": 1, "worker": worker.name if worker else "", "not_before": now},
        **{"started_at": now - timedelta(seconds=42), "lease_until": now + timedelta(days=1)},
        **{"done": 96_000, "total": 155_848, "message": "Writing the orders"},
    )
    return run
