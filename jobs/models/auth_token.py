"""A token by which a program signs in for a person; only its digest is kept."""

import hashlib
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

LONGEST_NAME = 80


class AuthToken(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["expires_at"], name="token_expires", condition=Q(expires_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.name or f"token {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


def new_secret() -> str:
    """What the program keeps: 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    # A plain digest is enough for 256 random bits: nobody can try them all.
    return hashlib.sha256(secret.encode()).hexdigest()
