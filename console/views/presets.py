"""Presets of a job: what one saves, renames and deletes."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from console.audit import record
from console.changing import change
from console.permissions import RUN, SignedInRequest
from console.presets import save_preset
from console.start_form import StartForm
from console.views.job import start_page
from console.visible import job_to_start
from jobs.models.preset import Preset


@change(RUN)
def create_preset(request: SignedInRequest, name: str) -> HttpResponse:
    form = StartForm(job_to_start(request.user, name), request.POST, request.FILES, user=request.user)
    preset = save_preset(form, request.user)
    if preset is None:
        return start_page(request, form, status=422)
    record(request, "saved preset", f"{name}: {preset}", after=preset.parameters, job=name)
    messages.success(request, f"The preset “{preset}” is saved.")
    return redirect(f"{reverse('job', args=[name])}?preset={preset.pk}")


@change(RUN)
def rename_preset(request: SignedInRequest, name: str, pk: int) -> HttpResponse:
    """And say anew whether others see it."""
    job_to_start(request.user, name)
    preset = get_object_or_404(Preset, pk=pk, job=name, owner=request.user)
    before = {"name": preset.name, "is_shared": preset.is_shared}
    preset.name = request.POST.get("preset-name", "").replace("\x00", "").strip()[:100] or preset.name
    preset.is_shared = "preset-shared" in request.POST
    try:
        with transaction.atomic():
            preset.save(update_fields=["name", "is_shared"])
    except IntegrityError:
        messages.error(request, f"You have a preset “{preset}” of this job already; choose another name.")
        return redirect("job", name)
    after = {"name": preset.name, "is_shared": preset.is_shared}
    record(request, "renamed preset", f"{name}: {preset}", before=before, after=after, job=name)
    messages.success(request, f"The preset “{preset}” is saved.")
    return redirect("job", name)


@change(RUN)
def delete_preset(request: SignedInRequest, name: str, pk: int) -> HttpResponse:
    job_to_start(request.user, name)
    preset = get_object_or_404(Preset, pk=pk, job=name, owner=request.user)
    preset.delete()
    record(request, "deleted preset", f"{name}: {preset}", before=preset.parameters, job=name)
    messages.success(request, f"The preset “{preset}” is deleted.")
    return redirect("job", name)
