"""Addresses of the pages of schedules, with slots of each outcome to see."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from jobs.models import Run
from jobs.models.slot import Outcome, Slot


def schedule_addresses() -> dict[str, str]:
    edited = PeriodicTask.objects.get(name="cleanup_runs")
    PeriodicTask.objects.filter(pk=edited.pk).update(kwargs='{"failed_days": 1}', enabled=False)
    PeriodicTask.objects.filter(name="nightly").delete()
    often = IntervalSchedule.objects.create(every=10, period="minutes")
    other = PeriodicTask.objects.create(name="often", task="greet", kwargs='{"name": "Ada"}', interval=often)
    for day, outcome in enumerate(Outcome, start=1):
        has_run = outcome in (Outcome.RAN, Outcome.LATE)
        Slot.objects.create(
            schedule=edited.name,
            planned_for=timezone.now() - timedelta(days=day),
            outcome=outcome,
            run=Run.objects.create(job="cleanup_runs", state="succeeded", finished_at=timezone.now())
            if has_run
            else None,
            reason="Nobody kept it for 8:12:04 (latest)",
        )
    return {
        "schedules": reverse("schedules"),
        "schedule of the catalog": reverse("schedule", args=[edited.pk]),
        "schedule without a line": reverse("schedule", args=[other.pk]),
        "schedule-new": reverse("schedule-new"),
        "schedule-new of a job": f"{reverse('schedule-new')}?job=greet",
        "schedule-new of a file": f"{reverse('schedule-new')}?job=import_products",
    }
