"""Answers for whoever watches the service: no sign-in, no secrets."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.health import health


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    found = health()
    body = {"status": "ok" if found.is_ready else "unavailable", "checks": found.checks}
    return JsonResponse(body, status=200 if found.is_ready else 503)
