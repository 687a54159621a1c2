"""Where a page leads to: addresses that more than one of them has."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from console.filter_words import Token, written
from jobs.catalog import JOBS

MARK = "-day-"


def job_url(job: str) -> str:
    """Its page; of one that has left the catalog, its runs."""
    return reverse("job", args=[job]) if job in JOBS else runs_url(job=job)


def runs_url(**asked: str) -> str:
    """The list of runs, with the words of its filter."""
    words = written(Token(key=key, value=value) for key, value in asked.items())
    return f"{reverse('runs')}?{urlencode({'q': words})}" if words else reverse("runs")


def day_urls(days: Iterable[date], **asked: str) -> list[str]:
    """For each day the runs of it; for hundreds of days the address is looked up once."""
    address = runs_url(**asked, since=MARK, until=MARK)
    return [address.replace(MARK, str(day)) for day in days]
