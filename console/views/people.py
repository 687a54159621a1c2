"""Who may sign in, and what each may do."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console import people
from console.audit import record
from console.changing import change
from console.permissions import CANCEL, PEOPLE, SignedInRequest, demand
from console.rights import in_words, private_jobs_in, rights_in_use
from jobs.models.audit_log import OF_PERSONS


class PersonForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")


@never_cache
@require_safe
def list_people(request: SignedInRequest) -> HttpResponse:
    demand(request.user, PEOPLE)
    name, after = (request.GET.get(key, "").replace("\x00", "") for key in ("name", "after"))
    found = people.with_rights().filter(username__startswith=name, username__gt=after).order_by("username")
    shown, actor = list(found[: people.PAGE + 1]), rights_in_use(request.user)
    context = {
        "rows": [{"person": each, "may": in_words(each, actor)} for each in shown[: people.PAGE]],
        "name": name,
        "next": shown[people.PAGE - 1].username if len(shown) > people.PAGE else "",
        "form": PersonForm(label_suffix=""),
    }
    return render(request, "console/people.html", context)


@change(PEOPLE)
def create_person(request: SignedInRequest) -> HttpResponse:
    form = PersonForm(request.POST, label_suffix="")
    if not form.is_valid():
        return render(request, "console/person_new.html", {"form": form}, status=422)
    password = people.new_password()
    form.instance.set_password(password)
    person = form.save()
    record(request, "created", _target(person), after={"email": person.email})
    return _password_once(request, person, password)


@never_cache
@require_safe
def show_person(request: SignedInRequest, pk: int) -> HttpResponse:
    demand(request.user, PEOPLE)
    return _page(request, _person(pk))


@change(PEOPLE)
def set_details(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)
    people.refuse_higher(request.user, person)
    before = _details(person)
    form = PersonForm(request.POST, instance=person, label_suffix="")
    if not form.is_valid():
        person.refresh_from_db()
        return _page(request, person, details=form, status=422)
    form.save()
    record(request, "edited", _target(person), before=before, after=_details(person))
    return redirect("person", pk)


@change(PEOPLE)
def set_rights(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)
    rights, groups = request.POST.getlist("right"), request.POST.getlist("group")
    before, after = people.set_rights(request.user, person, rights, groups)
    job = private_jobs_in({*before["rights"], *after["rights"]})
    record(request, "changed the rights of", _target(person), before=before, after=after, job=job)
    messages.success(request, f"The rights of {person.username} are saved.")
    return redirect("person", pk)


@change(PEOPLE)
def set_password(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)
    people.refuse_higher(request.user, person)
    password = people.new_password()
    person.set_password(password)
    person.save(update_fields=["password"])
    record(request, "gave a new password to", _target(person))
    return _password_once(request, person, password)


@change(PEOPLE)
def deactivate(request: SignedInRequest, pk: int) -> HttpResponse:
    person, cancelled = _person(pk), 0
    people.deactivate(request.user, person)
    if "cancel" in request.POST:
        demand(request.user, CANCEL)
        cancelled = people.waiting_runs(request.user, person).cancel()
    after = {"runs cancelled": cancelled} if cancelled else None
    record(request, "deactivated", _target(person), after=after)
    messages.success(request, f"{person.username} is signed out, and cannot sign in any more.")
    return redirect("person", pk)


@change(PEOPLE)
def activate(request: SignedInRequest, pk: int) -> HttpResponse:
    person = _person(pk)
    people.refuse_higher(request.user, person)
    User.objects.filter(pk=pk).update(is_active=True)
    record(request, "activated", _target(person))
    messages.success(request, f"{person.username} can sign in again.")
    return redirect("person", pk)


@change(PEOPLE)
def set_administrator(request: SignedInRequest, pk: int) -> HttpResponse:
    person, is_one = _person(pk), request.POST.get("administrator") == "yes"
    people.make_administrator(request.user, person, is_one=is_one)
    before, after = ({"administrator": each} for each in (person.is_superuser, is_one))
    record(request, "changed the rights of", _target(person), before=before, after=after)
    messages.success(request, f"{person.username} is {'an' if is_one else 'no'} administrator now.")
    return redirect("person", pk)


def _person(pk: int) -> User:
    """Raises Http404."""
    return get_object_or_404(people.with_rights(), pk=pk)


def _page(
    request: SignedInRequest, person: User, *, details: PersonForm | None = None, status: int = 200
) -> HttpResponse:
    actor = rights_in_use(request.user)
    context = {
        "person": person,
        "may": in_words(person, actor),
        "details": details or PersonForm(instance=person, label_suffix=""),
        "groups": people.group_boxes(actor, person),
        "rights": people.boxes(actor, person),
        "jobs": people.job_rows(actor, person),
        "higher": people.is_higher(actor, person),
        "waiting": people.waiting_runs(request.user, person).count(),
    }
    return render(request, "console/person.html", context, status=status)


def _password_once(request: SignedInRequest, person: User, password: str) -> HttpResponse:
    """In the answer itself: it is kept nowhere, so a redirect would have nothing to show."""
    context = {"person": person, "password": password}
    response = render(request, "console/password_once.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _details(person: User) -> dict[str, Any]:
    return {name: getattr(person, name) for name in PersonForm.Meta.fields}


def _target(person: User) -> str:
    return f"{OF_PERSONS}{person.username}"
