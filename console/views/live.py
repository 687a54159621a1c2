"""The stream of an open page."""

from django.http import HttpResponseBadRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from console.live.kinds import KINDS
from console.live.stream import events
from console.permissions import SignedInRequest

TOPICS = 4  # of one page at most


@require_safe
async def stream(request: SignedInRequest) -> HttpResponseBase:
    """`?topic=KIND:KEY`, once or a few times."""
    asked = [topic.partition(":") for topic in request.GET.getlist("topic")]
    names = [(kind, key) for kind, _, key in asked]
    if not names or len(names) > TOPICS or any(kind not in KINDS for kind, _ in names):
        return HttpResponseBadRequest(f"topic is one of {', '.join(KINDS)}, a colon, and what of it")
    # A proxy that gathers what it passes on would make a live page an old one.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(events(names), content_type="text/event-stream", headers=headers)
