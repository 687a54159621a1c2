"""Who did what, when, from where, to what."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now

from jobs.access import SEVERAL, hidden_from

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

# The trigger of migration 0010 holds this too, and lets nobody delete who has not said LET_GO.
KEPT = timedelta(days=30)
LET_GO = "SELECT set_config('nightshift.audit', 'retention', true)"
OF_PERSONS = "person "  # begins the targets that only who manages people may see
MANAGE_PEOPLE = "auth.change_user"  # Django's own


class AuditLogQuerySet(models.QuerySet["AuditLog"]):
    def visible_to(self, user: "User | AnonymousUser") -> "AuditLogQuerySet":
        """Without what is about jobs private to others; people and their sign-ins are for their managers."""
        hidden = hidden_from(user)
        shown = self.exclude(job__in=[*hidden, SEVERAL]) if hidden else self.all()
        return shown if user.has_perm(MANAGE_PEOPLE) else shown.exclude(target__startswith=OF_PERSONS)

    def delete_old(self) -> int:
        """In the caller's transaction, and what is young not at all: the database refuses it."""
        with connection.cursor() as cursor:
            cursor.execute(LET_GO)
        return self.delete()[0]


class AuditLog(models.Model):
    """`job` is the one that it is about, if any; `details` holds what else there is to say: values before and
    after, a reason.

    Rows are only ever added: a trigger refuses every update, but for a user that is deleted.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=200, blank=True)
    job = models.CharField(max_length=100, blank=True, db_default="")
    address = models.GenericIPAddressField(null=True, blank=True)
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AuditLogQuerySet.as_manager()

    class Meta:
        # Each search is read from the newest on, a page at a time.
        indexes = (
            models.Index(fields=["created_at", "id"], name="audit_created"),
            models.Index(fields=["user", "created_at", "id"], name="audit_user"),
            models.Index(fields=["action", "created_at", "id"], name="audit_action"),
            models.Index(fields=["job", "created_at", "id"], name="audit_job"),
            models.Index(fields=["target"], name="audit_target", opclasses=["text_pattern_ops"]),
        )
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.action} {self.target}".strip()
