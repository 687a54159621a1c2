"""What every address of the API does: one method, a token, JSON, and a sentence whatever goes wrong."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from console.api.bearer import sign_in
from console.api.refusal import Refused, refusal_of
from console.permissions import SignedInRequest
from console.unavailable import RETRY_AFTER
from jobs.exceptions import NightshiftError

P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]

EXPECTED = (
    *(Refused, NightshiftError, Http404, OperationalError, InterfaceError),
    *(MultiPartParserError, SuspiciousOperation, BadRequest),
)
AWAY = "The database does not answer; nothing was accepted, so ask again in a while"
TOO_LONG = "The body is too long, or has too many fields; send long values as files, by multipart/form-data"


def endpoint(*methods: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    def made(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                _admit(request, methods)
                return view(request, *args, **kwargs)  # type: ignore[arg-type] # _admit has set its user
            except EXPECTED as error:
                return _refusal(error).answer()

        # A cookie counts for nothing here, so no other site can have a browser send a call that is believed.
        return csrf_exempt(login_not_required(never_cache(answered)))

    return made


@endpoint("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
def nowhere(request: SignedInRequest, path: str) -> JsonResponse:
    raise Http404(f"There is nothing at /api/{path}; /api/openapi.json lists what there is")


def _admit(request: HttpRequest, methods: tuple[str, ...]) -> None:
    request.user = sign_in(request)
    if request.method not in methods:
        allowed = ", ".join(methods)
        raise Refused(405, f"This address takes {allowed}, not {request.method}", headers={"Allow": allowed})


def _refusal(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, NightshiftError):
        return refusal_of(error)
    if isinstance(error, OperationalError | InterfaceError):
        return Refused(503, AWAY, headers={"Retry-After": str(RETRY_AFTER)})
    if isinstance(error, Http404):
        return Refused(404, str(error))
    if isinstance(error, SuspiciousOperation):  # that of a body with too much in it
        return Refused(413, TOO_LONG)
    return Refused(400, f"The body cannot be read: {error}")
