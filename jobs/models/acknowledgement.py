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
    def acknowledge(self, runs: Iterable[uuid.UUID], user: "User") -> None:
        """That person has seen these runs; of several people, the first one counts."""
        self.bulk_create([Acknowledgement(run_id=pk, user=user) for pk in runs], ignore_conflicts=True)


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
