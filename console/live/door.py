"""Where open pages come for their stream: an ASGI application in front of the one that makes the pages."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from importlib import import_module
from io import BytesIO
from typing import Any, TypeAlias

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import Error, connection

from console.live.kinds import GUARDS, KINDS
from console.live.poller import Name
from console.live.stream import events

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

PATH = "/live/"
TOPICS = 4  # of one page at most
PATIENCE = 20.0  # seconds that a page has to take what it is sent
HEADERS = [
    (b"content-type", b"text/event-stream"),
    # A proxy that gathers what it passes on would make a live page an old one.
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Gone(OSError):
    """Who sent the request has left in the midst of it: what Django has read so far is not all."""


class Door:
    def __init__(self, pages: App) -> None:
        self._pages = pages
        # One for all who come: a thread each would be a database connection each.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live door")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self._open(scope, receive, send)
        else:
            await self._pages(scope, _whole(receive), send)

    async def _open(self, scope: Message, receive: Receive, send: Send) -> None:
        status, names = await asyncio.get_running_loop().run_in_executor(self._thread, _judge, scope)
        await send({"type": "http.response.start", "status": status, "headers": HEADERS})
        if status == 200:
            await _stream(names, receive, send)
        with suppress(TimeoutError):
            await _send(send, {"type": "http.response.body"})


def _judge(scope: Message) -> tuple[int, Collection[Name]]:
    """The status of the answer, and what the page wants to watch: `?topic=KIND:KEY`, once or a few times."""
    try:
        request = ASGIRequest(scope, BytesIO())
        asked = [topic.partition(":") for topic in request.GET.getlist("topic")]
    except (UnicodeDecodeError, SuspiciousOperation):
        return 400, ()
    names = [(kind, key) for kind, _, key in asked]
    if not names or len(names) > TOPICS or any(kind not in KINDS for kind, _ in names):
        return 400, ()
    cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(cookie)
    try:
        person = get_user(request)
        if not person.is_authenticated:
            return 401, ()
        return (200 if _may_watch(person, names) else 404), names
    except Error:
        return 503, ()
    finally:
        connection.close()


def _may_watch(person: User | AnonymousUser, names: Collection[Name]) -> bool:
    """A picture is shared by all who watch, so who may not see it is refused here."""
    return all(GUARDS[kind](person, key) for kind, key in names if kind in GUARDS)


async def _stream(names: Collection[Name], receive: Receive, send: Send) -> None:
    """Until the page leaves, or does not take what it is sent."""
    telling = asyncio.create_task(_tell(names, send))
    leaving = asyncio.create_task(_until_gone(receive))
    try:
        await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        telling.cancel()
        leaving.cancel()
        ended, _ = await asyncio.gather(telling, leaving, return_exceptions=True)
    if isinstance(ended, Exception):
        raise ended  # for the log of the web server


async def _tell(names: Collection[Name], send: Send) -> None:
    with suppress(TimeoutError):
        async with aclosing(events(names)) as stream:
            async for event in stream:
                await _send(send, {"type": "http.response.body", "body": event, "more_body": True})


async def _send(send: Send, message: Message) -> None:
    """Raises TimeoutError where the other side does not read: what is sent to it would be kept for good."""
    async with asyncio.timeout(PATIENCE):
        await send(message)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _whole(receive: Receive) -> Receive:
    """Half an upload must not be taken for a small one."""

    async def receive_or_raise() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone("The request ended before it was whole")
        return message

    return receive_or_raise
