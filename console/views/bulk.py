"""Many runs at once: rows of the list, or all that its filter finds once somebody has confirmed it."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from console import bulk
from console.audit import record
from console.bulk import Change
from console.changing import change
from console.once import once
from console.permissions import CANCEL, DELETE, PAUSE, RETRY, SignedInRequest
from console.run_filter import parse
from console.selection import MOST, NOTHING, Selection, selection_of
from jobs import access
from jobs.models.run import Run


@change(CANCEL)
def cancel_runs(request: SignedInRequest) -> HttpResponse:
    return _change(request, bulk.CANCEL)


@change(PAUSE)
def pause_runs(request: SignedInRequest) -> HttpResponse:
    return _change(request, bulk.PAUSE)


@change(PAUSE)
def resume_runs(request: SignedInRequest) -> HttpResponse:
    return _change(request, bulk.RESUME)


@change(RETRY)
@once
def retry_runs(request: SignedInRequest) -> HttpResponse:
    return _change(request, bulk.RETRY)


@change(DELETE)
def delete_runs(request: SignedInRequest) -> HttpResponse:
    return _change(request, bulk.DELETE)


def _change(request: SignedInRequest, wanted: Change) -> HttpResponse:
    selection = selection_of(request.POST, parse(request.POST.get("q", ""), request.user))
    back = redirect(f"{reverse('runs')}?{urlencode({'q': selection.asked.text})}")
    if selection.is_empty:
        messages.warning(request, NOTHING)
        return back
    keys = selection.keys(wanted.applies)
    if not keys:
        messages.info(request, f"There was nothing to {wanted.name}: {wanted.only}.")
        return back
    if (selection.is_everything or wanted is bulk.DELETE) and "confirmed" not in request.POST:
        context = {"change": wanted, "selection": selection, "count": len(keys[:MOST])}
        context |= {"is_part": len(keys) > MOST, "back": back.url}
        return render(request, "console/runs_change.html", context)
    _act(request, wanted, selection, keys[:MOST], is_part=len(keys) > MOST)
    return back


def _act(
    request: SignedInRequest, wanted: Change, selection: Selection, keys: Sequence[UUID], *, is_part: bool
) -> None:
    # Before they are gone.
    job = access.told_of(_private_jobs_of(keys))
    changed = wanted.act(keys, request.user)
    which = selection.asked.text or "all" if selection.is_everything else "selected rows"
    rows = {} if selection.is_everything else {"rows": [str(key) for key in keys]}
    after = {"runs": changed.count, "filter": selection.asked.text, **rows}
    if changed.count:
        record(request, f"{wanted.done} runs", f"{changed.count:,} runs: {which}", after=after, job=job)
        words = "1 run" if changed.count == 1 else f"{changed.count:,} runs"
        more = f"; there are more: {wanted.rest}" if is_part else ""
        messages.success(request, f"{words} {wanted.outcome}{more}.")
    for sentence in changed.refusals:
        messages.warning(request, f"{'Not all' if changed.count else 'None'} of them: {sentence}.")


def _private_jobs_of(keys: Sequence[UUID]) -> set[str]:
    private = Run.objects.filter(pk__in=keys, job__in=access.private_jobs())
    return set(private.values_list("job", flat=True).distinct())
