"""A page that needs no database, for when there is none."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_AFTER = 10  # seconds


class DatabaseUnavailable:
    """Stands between AuthenticationMiddleware and SignInFirst.

    Whoever first asks for the user asks the database. Django hands an exception of a view to middleware, and
    not one of another middleware; so the question is asked here, before SignInFirst asks it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        try:
            _ = request.user.is_authenticated
        except (OperationalError, InterfaceError):
            if getattr(view, "login_required", True):
                return unavailable()
            # SignInFirst asks for the user of every view; this one answers to nobody too.
            request.user = AnonymousUser()
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable() if isinstance(exception, OperationalError | InterfaceError) else None


def unavailable() -> HttpResponse:
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("console/unavailable.html"), status=503, headers=headers)
