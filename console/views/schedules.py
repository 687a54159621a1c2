"""Schedules to look at: the list, the page of each, the form of a new one, the times that a form means."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_celery_beat.models import PeriodicTask

from console.permissions import EDIT_SCHEDULES, RUN, SignedInRequest, may
from console.schedule_editor import ScheduleEditor, starting_point
from console.schedule_page import outlook_of, schedule_page
from console.schedule_rows import all_rows
from console.slots import LOOKS
from console.timing_form import TimingForm, zone_options
from console.visible import job_or_404, jobs_seen_by
from jobs import catalog
from jobs.access import hidden_from
from tasks.plan import all_schedules


@never_cache
@require_safe
def list_schedules(request: SignedInRequest) -> HttpResponse:
    context = {
        "schedules": all_rows(),
        "looks": LOOKS.values(),
        "may_edit": may(request.user, EDIT_SCHEDULES),
    }
    return render(request, "console/schedules.html", context)


@never_cache
@require_safe
def show_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    return schedule_answer(request, schedule_or_404(request.user, pk))


@require_safe
def show_new(request: SignedInRequest) -> HttpResponse:
    """`?job=…` of that job, `?copy=…` like that schedule, without either the jobs to choose from."""
    if "job" not in request.GET and "copy" not in request.GET:
        return render(request, "console/schedule_jobs.html", {"jobs": jobs_seen_by(request.user)})
    copied = number(request.GET.get("copy", ""))
    base = starting_point(schedule_or_404(request.user, copied)) if copied else None
    job = job_or_404(request.user, base.task if base else request.GET.get("job", ""))
    return new_answer(request, ScheduleEditor(job, base), copied)


@require_safe
def show_times(request: SignedInRequest) -> HttpResponse:
    """The part of the page that changes while one types."""
    of = number(request.GET.get("when-of", ""))
    form = TimingForm(request.GET, schedule=_seen_by(request.user).filter(pk=of).first() if of else None)
    context = {"timing": form, "outlook": form.outlook() if form.is_valid() else None, "is_typed": True}
    return render(request, "console/schedule_times.html", context)


def schedule_answer(
    request: SignedInRequest,
    schedule: PeriodicTask,
    editor: ScheduleEditor | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page of a schedule, with what was typed where a form was sent."""
    job = catalog.JOBS.get(schedule.task)
    if editor is None and job and schedule.crontab:
        editor = ScheduleEditor(job, schedule)
    context = {
        "page": schedule_page(schedule),
        "looks": LOOKS.values(),
        "may_edit": may(request.user, EDIT_SCHEDULES),
        "may_run": bool(job) and may(request.user, RUN, schedule.task),
        **(_form(editor) if editor else {"outlook": outlook_of(schedule)}),
    }
    return render(request, "console/schedule.html", context, status=status)


def new_answer(
    request: SignedInRequest, editor: ScheduleEditor, copied: int, *, status: int = 200
) -> HttpResponse:
    """`copied` is the key of the schedule that it begins with, 0 where there is none."""
    context = {"job": editor.job, "copied": copied, "may_edit": may(request.user, EDIT_SCHEDULES)}
    context |= _form(editor)
    return render(request, "console/schedule_new.html", context, status=status)


def schedule_or_404(person: User, pk: int) -> PeriodicTask:
    """One of a job that this person may not see is as one that is not there. Raises Http404."""
    return get_object_or_404(_seen_by(person), pk=pk)


def _seen_by(person: User) -> QuerySet[PeriodicTask]:
    return all_schedules().exclude(task__in=hidden_from(person))


def _form(editor: ScheduleEditor) -> dict[str, Any]:
    return {"editor": editor, "timing": editor.timing, "outlook": editor.outlook, "zones": zone_options()}


def number(text: str) -> int:
    """0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
