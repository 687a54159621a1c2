"""A message to a person, and whether it was sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class NotificationState(models.TextChoices):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Notification(models.Model):
    """`error` says why it failed; `claimed_at` is when somebody began to send it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    subject = models.CharField(max_length=255)
    message = models.TextField()
    state = models.CharField(
        max_length=16, choices=NotificationState.choices, db_default=NotificationState.PENDING
    )
    error = models.TextField(blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["id"], name="notification_to_send", condition=Q(state__in=["pending", "sending"])
            ),
        )
        ordering = ("id",)

    def __str__(self) -> str:
        return self.subject
