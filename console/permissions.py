"""Who may do what in the console: everybody signed in reads, operators start, cancel and run again."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

P = ParamSpec("P")


class SignedInRequest(HttpRequest):
    """LoginRequiredMiddleware has seen to it that the user is one."""

    user: User


def may_operate(user: User | AnonymousUser) -> bool:
    return user.is_active and (user.is_staff or user.has_perm("jobs.add_run"))


def operators_post(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[SignedInRequest, P], HttpResponse]:
    """The view takes POST only, and from operators only."""

    @wraps(view)
    def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may_operate(request.user):
            raise PermissionDenied("You may look at runs, not start or cancel them")
        return view(request, *args, **kwargs)

    return require_POST(guarded)
