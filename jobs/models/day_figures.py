"""What came of the runs of a day, added up: with millions of runs no chart could ask the runs themselves."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now


class DayFiguresQuerySet(models.QuerySet["DayFigures"]):
    def of_all_jobs(self) -> "DayFiguresQuerySet":
        return self.filter(job=ALL_JOBS)


class DayFigures(models.Model):
    """The runs that ended on that day of the service's time zone.

    There is a row for each job that had any, and one for all jobs together: no median can be made of the
    jobs' own. `median` and `p95` are of the runs that succeeded, from the first attempt to the end; a run
    that fails at once says nothing of how long the work takes.
    """

    pk = models.CompositePrimaryKey("job", "day")
    day = models.DateField()
    job = models.CharField(max_length=100, blank=True)
    succeeded = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    median = models.DurationField(null=True)
    p95 = models.DurationField(null=True)
    written_at = models.DateTimeField(db_default=Now())

    objects = DayFiguresQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.job or 'All jobs'} on {self.day}"

    def add(
        self,
        succeeded: int,
        failed: int,
        cancelled: int,
        median: timedelta | None = None,
        p95: timedelta | None = None,
    ) -> None:
        """The counts of other runs of the same day; durations are taken over where there are some."""
        self.succeeded += succeeded
        self.failed += failed
        self.cancelled += cancelled
        self.median, self.p95 = median or self.median, p95 or self.p95

    @property
    def ended(self) -> int:
        return self.succeeded + self.failed + self.cancelled


ALL_JOBS = ""
