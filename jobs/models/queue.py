"""A queue that somebody has paused; one that nobody has paused needs no row."""

from collections.abc import Collection

from django.db import models
from django.db.models.functions import Now


class QueueQuerySet(models.QuerySet["Queue"]):
    def pause(self, name: str) -> None:
        """Nothing of it begins any more, on any worker, until it is resumed; what runs goes on."""
        self.get_or_create(name=name)
        self.filter(name=name, paused_at=None).update(paused_at=Now())

    def resume(self, name: str) -> None:
        self.filter(name=name).update(paused_at=None)

    def paused(self) -> Collection[str]:
        return set(self.filter(paused_at__isnull=False).values_list("name", flat=True))


class Queue(models.Model):
    name = models.CharField(max_length=50, primary_key=True)
    paused_at = models.DateTimeField(null=True)

    objects = QueueQuerySet.as_manager()

    class Meta:
        permissions = (("pause_queues", "Can pause and resume queues"),)

    def __str__(self) -> str:
        return self.name
