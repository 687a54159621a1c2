"""One try of a run: who tried, when, and how it ended."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from jobs.models.run import Run


class Attempt(models.Model):
    """`outcome` is the state it left the run in, or why it is tried again: retried, yielded, crashed.

    It is empty while it runs, and a first attempt has no row before its first report. `cursor` is where it
    went on, None where it began at the beginning.
    """

    # Written by the statements of a run only, in the same breath: looking the run up once more, or keeping an
    # index that the unique one below repeats, is work that every run would pay for.
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="attempts", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    cursor = models.JSONField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    error_type = models.CharField(max_length=200, blank=True)
    error_message = models.TextField(blank=True)
    traceback = models.TextField(blank=True)
    log = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "number"], name="attempt_once"),)
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.run_id} attempt {self.number}"

    @property
    def duration(self) -> timedelta:
        return (self.finished_at or timezone.now()) - self.started_at
