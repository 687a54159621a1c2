"""The record for a closer look, read-only; products to edit. Schedules have pages of their own."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django_celery_beat import admin as beat_admin

from jobs.models import (
    Artifact,
    Attempt,
    AuditLog,
    AuthToken,
    DailyStat,
    Notification,
    Order,
    Product,
    Queue,
    Run,
    TempFile,
)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """What happened is not edited; actions on runs are the console's."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("id", "job", "state", "attempt", "origin", "started_by", "created_at", "finished_at")
    list_filter = ("state", "origin")
    list_select_related = ("started_by",)
    ordering = ("-id",)
    search_fields = ("id", "job")


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("run", "number", "outcome", "worker", "started_at", "finished_at")
    list_select_related = ("run",)
    ordering = ("-id",)


@admin.register(Artifact)
class ArtifactAdmin(ReadOnlyAdmin):
    list_display = ("name", "run", "size", "created_at")
    ordering = ("-id",)


@admin.register(Queue)
class QueueAdmin(ReadOnlyAdmin):
    list_display = ("name", "paused_at")
    ordering = ("name",)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    search_fields = ("sku", "name")
    show_full_result_count = False


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin[Order]):
    list_display = ("number", "customer", "placed_at", "amount", "state")
    list_filter = ("state",)
    search_fields = ("number", "customer")
    show_full_result_count = False


@admin.register(DailyStat)
class DailyStatAdmin(ReadOnlyAdmin):
    list_display = ("day", "orders", "customers", "amount")


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin[Notification]):
    list_display = ("id", "user", "subject", "state", "created_at", "sent_at")
    list_filter = ("state",)
    list_select_related = ("user",)
    raw_id_fields = ("user",)
    show_full_result_count = False


@admin.register(AuthToken)
class AuthTokenAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "name", "created_at", "last_used_at", "expires_at")
    list_select_related = ("user",)


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "action", "target", "address")
    list_select_related = ("user",)


@admin.register(TempFile)
class TempFileAdmin(ReadOnlyAdmin):
    list_display = ("name", "size", "created_at")


# Their task is free text: who may edit such a row could run anything, past the job's form and the audit.
for model in (
    beat_admin.PeriodicTask,
    beat_admin.CrontabSchedule,
    beat_admin.IntervalSchedule,
    beat_admin.SolarSchedule,
    beat_admin.ClockedSchedule,
):
    admin.site.unregister(model)
