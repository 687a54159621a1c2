"""Where a page leads to: addresses that more than one of them has."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from jobs.catalog import JOBS


def job_url(job: str) -> str:
    """Its page; of one that has left the catalog, its runs."""
    return reverse("job", args=[job]) if job in JOBS else runs_url(job=job)


def runs_url(**asked: str) -> str:
    """The list of runs, with what it is asked for."""
    query = urlencode(asked)
    return f"{reverse('runs')}?{query}" if query else reverse("runs")


def day_urls(days: Iterable[date], **asked: str) -> list[str]:
    """For each day the runs that ended on it; for hundreds of days the address is looked up once."""
    before = runs_url(**asked, day="")
    return [f"{before}{day}" for day in days]
