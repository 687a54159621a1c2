"""How a view may change something: by POST, by whom it is allowed to, in one transaction."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string

from console.permissions import SignedInRequest, demand
from jobs.exceptions import NotAllowed

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[SignedInRequest, P], HttpResponse]


def change(permission: str) -> Callable[[View[P]], View[P]]:
    """403 comes before anything is looked up: who may change nothing learns nothing about what there is."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"], render_to_string("405.html", request=request))
            demand(request.user, permission)
            try:
                with transaction.atomic():
                    return view(request, *args, **kwargs)
            except NotAllowed as refused:
                raise PermissionDenied(str(refused)) from refused

        guarded.permission = permission  # type: ignore[attr-defined]  # the test over all addresses looks for it
        return guarded

    return decorate
