"""Light or dark: a choice of the browser, not of the person."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from console.theme import COOKIE, THEMES

YEAR = 31_536_000  # seconds


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, None)
    response = HttpResponseRedirect(back) if is_ours else redirect("overview")
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(COOKIE, theme, max_age=YEAR, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(COOKIE)
    return response
