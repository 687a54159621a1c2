"""Which failed runs somebody has looked at."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from jobs.models.run import Run

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    def acknowledge(self, runs: Iterable[uuid.UUID], user: "User") -> int:
        """That person has seen these runs; how many nobody had seen before."""
        known = set(self.filter(pk__in=(runs := list(runs))).values_list("pk", flat=True))
        new = [Acknowledgement(run_id=pk, user=user) for pk in runs if pk not in known]
        # Of two people at once, the first one counts.
        self.bulk_create(new, ignore_conflicts=True)
        return len(new)


class Acknowledgement(models.Model):
    """A table of its own, written by people only: no run pays for it while it runs."""

    run = models.OneToOneField(
        Run,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="acknowledgement",
        db_constraint=False,
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects = AcknowledgementQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.run_id} seen by {self.user}"
