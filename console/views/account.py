"""What is one's own: the password, and the tokens of one's programs."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.audit import record
from console.changing import change
from console.permissions import OWN, SignedInRequest
from console.rights import in_words, rights_in_use
from console.tokens import TokenForm
from jobs.models.audit_log import OF_PERSONS


@never_cache
@require_safe
def show_account(request: SignedInRequest) -> HttpResponse:
    return _page(request, TokenForm(label_suffix=""))


@change(OWN)
def create_token(request: SignedInRequest) -> HttpResponse:
    form = TokenForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, form, status=422)
    token, secret = form.create(request.user)
    record(request, "created a token", _own(request), after={"name": token.name, "until": token.expires_at})
    # In the answer itself: only its digest is kept, so a redirect would have nothing to show.
    response = render(request, "console/token_once.html", {"token": token, "secret": secret})
    response["Cache-Control"] = "no-store"
    return response


@change(OWN)
def revoke_token(request: SignedInRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(request.user.tokens, pk=pk)
    record(request, "revoked a token", _own(request), before={"name": token.name})
    token.delete()
    messages.success(request, f"{token.name or 'The token'} is revoked: no program gets in by it any more.")
    return redirect("account")


class PasswordChange(PasswordChangeView):
    """Asks for the old one; the other sessions of this person end."""

    template_name = "console/password.html"
    success_url = reverse_lazy("account")
    request: SignedInRequest

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            record(self.request, "changed their password", _own(self.request))
            messages.success(self.request, "The password is changed. Elsewhere you are signed out.")
            return super().form_valid(form)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label_suffix": ""}


def _page(request: SignedInRequest, form: TokenForm, *, status: int = 200) -> HttpResponse:
    tokens = list(request.user.tokens.order_by("-id"))
    context = {"tokens": tokens, "form": form, "may": in_words(request.user, rights_in_use(request.user))}
    return render(request, "console/account.html", context, status=status)


def _own(request: SignedInRequest) -> str:
    return f"{OF_PERSONS}{request.user.get_username()}"
