"""What people do to schedules: make, edit, switch, reset and delete them, and run them out of turn."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django_celery_beat.models import PeriodicTask

from console.audit import record
from console.changing import change
from console.once import once
from console.permissions import EDIT_SCHEDULES, RUN, SignedInRequest, demand
from console.schedule_editor import SEEN, ScheduleEditor, moment, starting_point
from console.views.schedules import new_answer, number, schedule_answer, schedule_or_404
from console.visible import job_or_404
from jobs.exceptions import NightshiftError
from jobs.models.slot import Slot
from tasks import editing, ledger, seeding
from tasks.editing import facts

CONFLICT, WRONG = 409, 422


@change(EDIT_SCHEDULES)
def create_schedule(request: SignedInRequest) -> HttpResponse:
    copied = number(request.POST.get("form-copy", ""))
    base = starting_point(schedule_or_404(request.user, copied)) if copied else None
    job = job_or_404(request.user, request.POST.get("form-job", ""))
    editor = ScheduleEditor(job, base, request.POST, user=request.user)
    schedule = editor.save()
    if schedule is None:
        return new_answer(request, editor, copied, status=200 if editor.only_checks else WRONG)
    return _done(request, "made schedule", schedule, f"{schedule.name} is scheduled.")


@change(EDIT_SCHEDULES)
def revise_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    schedule = schedule_or_404(request.user, pk)
    before = facts(schedule)
    job = job_or_404(request.user, schedule.task)
    editor = ScheduleEditor(job, schedule, request.POST, user=request.user)
    try:
        saved = editor.save()
    except NightshiftError as refused:
        messages.error(request, f"{refused}.")
        return schedule_answer(request, schedule, editor, status=CONFLICT)
    if saved is None:
        return schedule_answer(request, schedule, editor, status=200 if editor.only_checks else WRONG)
    return _done(request, "edited schedule", saved, f"{saved.name} is saved.", before=before)


@change(EDIT_SCHEDULES)
def switch_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    schedule = schedule_or_404(request.user, pk)
    before, is_on = facts(schedule), request.POST.get("enabled") == "1"
    try:
        saved = editing.switch(schedule, enabled=is_on)
    except NightshiftError as refused:
        messages.error(request, f"{refused}.")
        return redirect("schedule", pk)
    word = "on" if is_on else "off"
    return _done(request, f"switched schedule {word}", saved, f"{saved.name} is {word}.", before=before)


@change(EDIT_SCHEDULES)
def reset_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    schedule = schedule_or_404(request.user, pk)
    before = facts(schedule)
    try:
        row = editing.locked(schedule, seen=moment(request.POST.get(SEEN, "")))
        saved = seeding.set_back(row, job_or_404(request.user, schedule.name))
    except NightshiftError as refused:
        messages.error(request, f"{refused}.")
        return redirect("schedule", pk)
    said = f"{saved.name} is as the catalog says."
    return _done(request, "reset schedule", saved, said, before=before)


@change(EDIT_SCHEDULES)
def delete_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    schedule = schedule_or_404(request.user, pk)
    record(request, "deleted schedule", schedule.name, before=facts(schedule), job=schedule.task)
    schedule.delete()
    messages.success(request, f"{schedule.name} is deleted; what became of its slots is kept.")
    return redirect("schedules")


@change(EDIT_SCHEDULES)
def add_schedule(request: SignedInRequest, name: str) -> HttpResponse:
    job = job_or_404(request.user, name)
    try:
        schedule = seeding.add(job)
    except NightshiftError as refused:
        messages.error(request, f"{refused}.")
        return redirect("schedules")
    return _done(request, "added schedule", schedule, f"{name} is scheduled as the catalog says.")


@change(RUN)
@once
def run_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    schedule = schedule_or_404(request.user, pk)
    demand(request.user, RUN, schedule.task)
    try:
        run = ledger.run_now(schedule, request.user)
    except NightshiftError as refused:
        messages.error(request, f"It was not started. {refused}.")
        return redirect("schedule", pk)
    record(request, "ran schedule", schedule.name, after=str(run.pk), job=run.job)
    return redirect("run", run.pk)


@change(RUN)
def run_slot(request: SignedInRequest, pk: int, slot: int) -> HttpResponse:
    schedule = schedule_or_404(request.user, pk)
    demand(request.user, RUN, schedule.task)
    found = get_object_or_404(Slot, pk=slot, schedule=schedule.name)
    before = {"slot": found.planned_for.isoformat(), "outcome": found.outcome}
    try:
        run = ledger.make_up(found, schedule, request.user)
    except NightshiftError as refused:
        messages.error(request, f"It was not started. {refused}.")
        return redirect("schedule", pk)
    record(
        request,
        "ran missed slot",
        schedule.name,
        before=before,
        after={"outcome": "late", "run": str(run.pk)},
        job=run.job,
    )
    return redirect("run", run.pk)


def _done(
    request: SignedInRequest, action: str, schedule: PeriodicTask, said: str, *, before: Any = None
) -> HttpResponse:
    record(request, action, schedule.name, before=before, after=facts(schedule), job=schedule.task)
    messages.success(request, said)
    return redirect("schedule", schedule.pk)
