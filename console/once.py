"""A form that is sent twice starts one run: by a double click, or once more after its answer got lost."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from console.permissions import SignedInRequest
from jobs.models.sent_form import SentForm

P = ParamSpec("P")

# Made anew with each page. With a hyphen, which the name of a parameter cannot have.
TOKEN = "form-token"  # noqa: S105 no secret


def once(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """Below `@change`, in whose transaction it is; a form without a token is taken as it comes."""

    @wraps(view)
    def only_once(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.POST.get(TOKEN):
            return view(request, *args, **kwargs)
        sent, is_new = SentForm.objects.get_or_create(digest=_digest(request))
        if not is_new:
            messages.info(request, "This form was sent before: this is what came of it.")
            return redirect(sent.leads_to)
        answer = view(request, *args, **kwargs)
        if isinstance(answer, HttpResponseRedirect):
            SentForm.objects.filter(pk=sent.pk).update(leads_to=answer.url)
        else:
            sent.delete()  # It was refused, or asks something first: once that is mended, it is sent again.
        return answer

    only_once.is_once = True  # type: ignore[attr-defined]  # the test over all forms looks for it
    return only_once


def _digest(request: SignedInRequest) -> str:
    """Of all that it says: who goes back and changes something sends another form."""
    said = [(name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"]
    files = [(name, [(each.name, each.size) for each in files]) for name, files in request.FILES.lists()]
    return sha256(repr((request.path, sorted(said), sorted(files))).encode()).hexdigest()
