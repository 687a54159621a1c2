"""A queue that somebody has paused; one that nobody has paused needs no row."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class QueueQuerySet(models.QuerySet["Queue"]):
    def pause(self, name: str, *, by: "User | None" = None, reason: str = "") -> bool:
        """Nothing of it begins any more, on any worker, until it is resumed; what runs goes on.

        False where it is paused already: it stays so since the first time, and for that reason.
        """
        self.get_or_create(name=name)
        held = self.filter(name=name, paused_at=None)
        return bool(held.update(paused_at=Now(), paused_by=by, reason=reason))

    def resume(self, name: str) -> bool:
        """False where it was not paused."""
        held = self.filter(name=name, paused_at__isnull=False)
        return bool(held.update(paused_at=None, paused_by=None, reason=""))

    def paused(self) -> Collection[str]:
        return set(self.filter(paused_at__isnull=False).values_list("name", flat=True))


class Queue(models.Model):
    """`paused_by` is empty where a command did it, which knows nobody."""

    name = models.CharField(max_length=50, primary_key=True)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(blank=True, default="", db_default="")

    objects = QueueQuerySet.as_manager()

    class Meta:
        permissions = (("pause_queues", "Can pause and resume queues"),)

    def __str__(self) -> str:
        return self.name
