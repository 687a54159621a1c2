"""Parameters of a job that somebody has saved under a name."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class PresetQuerySet(models.QuerySet["Preset"]):
    def seen_by(self, user: "User") -> "PresetQuerySet":
        """Their own, and what others share."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class Preset(models.Model):
    """`parameters` as a run has them, but neither files nor secrets; what is left out has its default."""

    job = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    parameters: Any = models.JSONField(default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_shared = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PresetQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["job", "owner", "name"], name="preset_once"),)
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
