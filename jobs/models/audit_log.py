"""Who did what, when, from where, to what."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class AuditLog(models.Model):
    """`details` holds what else there is to say: values before and after, a reason."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = (models.Index(fields=["created_at", "id"], name="audit_created"),)
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.action} {self.target}".strip()
