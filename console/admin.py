"""The record for a closer look, read-only; products to edit. Schedules have pages of their own."""

from collections.abc import Set as AbstractSet
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django_celery_beat import admin as beat_admin

from console.audit import record
from console.rights import private_jobs_in, rights_of_group
from jobs.access import hidden_from
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


class OfRunsAdmin(ReadOnlyAdmin):
    """`job` leads to the name of the job; private ones are here for who may see them, too."""

    job = "run__job"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(**{f"{self.job}__in": hidden_from(request.user)})


@admin.register(Run)
class RunAdmin(OfRunsAdmin):
    job = "job"
    list_display = ("id", "job", "state", "attempt", "origin", "started_by", "created_at", "finished_at")
    list_filter = ("state", "origin")
    list_select_related = ("started_by",)
    ordering = ("-id",)
    search_fields = ("id", "job")


@admin.register(Attempt)
class AttemptAdmin(OfRunsAdmin):
    list_display = ("run", "number", "outcome", "worker", "started_at", "finished_at")
    list_select_related = ("run",)
    ordering = ("-id",)


@admin.register(Artifact)
class ArtifactAdmin(OfRunsAdmin):
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditLog]:
        return AuditLog.objects.visible_to(request.user)


# People and what each may do are managed in the console, which lets nobody give what they do not have.
admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(Group)
class OfAdministratorsAdmin(GroupAdmin):
    """Who writes down what a group may do gives rights to all in it, so that is for administrators."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_administrator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_administrator(request)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        form.instance.rights_before = rights_of_group(form.instance)
        super().save_related(request, form, formsets, change)

    def log_addition(self, request: Any, obj: Any, message: Any) -> Any:
        self._record(request, "created group", obj, set(), rights_of_group(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: Any, obj: Any, message: Any) -> Any:
        self._record(request, "changed group", obj, obj.rights_before, rights_of_group(obj))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: Any, queryset: Any) -> Any:
        for group in queryset:
            self._record(request, "deleted group", group, rights_of_group(group), set())
        return super().log_deletions(request, queryset)

    def _record(
        self, request: Any, action: str, group: Group, before: AbstractSet[str], after: AbstractSet[str]
    ) -> None:
        job = private_jobs_in(before | after)
        record(request, action, group, before=sorted(before), after=sorted(after), job=job)

    def _is_administrator(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser


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
