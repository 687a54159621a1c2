"""Who gets a stream, and what of a request that ends too early."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from console.live.door import Door
from console.live.stream import poller
from jobs.models.state import State
from tests.console.conftest import MakeRun, signed_in
from tests.jobs.people import make_private


class Visit:
    """One request at the door, whose sender leaves once something of the body has come."""

    def __init__(self, query: str, client: Client | None = None, messages: Any = ()) -> None:
        session = client.cookies[settings.SESSION_COOKIE_NAME].value if client else ""
        self.scope = {
            **{
                "type": "http",
                "method": "GET",
                "path": "/live/",
                "query_string": query.encode("latin-1"),
            },
            "headers": [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode())],
        }
        self.sent: list[Any] = []
        self.is_deaf = False
        self._messages = list(messages)
        self._has_heard = asyncio.Event()

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def body(self) -> str:
        return b"".join(each.get("body", b"") for each in self.sent).decode()

    async def receive(self) -> dict[str, Any]:
        if self._messages:
            return self._messages.pop(0)
        await self._has_heard.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if self.is_deaf and self.sent:
            await asyncio.Event().wait()
        self.sent.append(message)
        if b"regions" in message.get("body", b""):
            self._has_heard.set()

    def make(self, pages: Any = None) -> None:
        # In a thread of its own: that of the tests may have the loop of a browser.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._make(pages)).result()

    async def _make(self, pages: Any) -> None:
        await asyncio.wait_for(Door(pages)(self.scope, self.receive, self.send), 10)


@pytest.mark.parametrize(
    "query", ["", "topic=nothing:1", "topic=\xff", *("&".join(["topic=run:1"] * many) for many in (5, 2_000))]
)
def test_a_stream_of_nothing_known_is_refused(query: str) -> None:
    visit = Visit(query)

    visit.make()

    assert visit.status == 400


@pytest.mark.django_db(transaction=True)
def test_a_stream_is_for_those_who_signed_in() -> None:
    visit = Visit("topic=run:1")

    visit.make()

    assert (visit.status, visit.body) == (401, "")


@pytest.mark.django_db(transaction=True)
def test_a_stream_begins_with_how_things_are(as_reader: Client, make_run: MakeRun) -> None:
    run = make_run(State.RUNNING, message="under way")
    visit = Visit(f"topic=run:{run.pk}", as_reader)

    visit.make()

    assert visit.status == 200
    assert visit.body.startswith("retry: ")
    assert "event: picture" in visit.body
    assert "under way" in visit.body


@pytest.mark.django_db(transaction=True)
def test_who_does_not_read_is_sent_away(
    as_reader: Client, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.live.door.PATIENCE", 0.01)
    visit = Visit(f"topic=run:{make_run(State.RUNNING).pk}", as_reader)
    visit.is_deaf = True

    visit.make()

    assert (visit.status, visit.body) == (200, "")
    assert poller._watchers == {}


@pytest.mark.django_db(transaction=True)
def test_a_stream_of_a_private_run_is_for_who_may_see_it(
    as_reader: Client, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_private(monkeypatch, "greet")
    run = make_run(State.RUNNING)
    boss = signed_in(User.objects.create_superuser("boss"))
    visits = [Visit(f"topic=run:{run.pk}", client) for client in (as_reader, boss)]

    for each in visits:
        each.make()

    assert [each.status for each in visits] == [404, 200]


def test_half_a_request_is_none() -> None:
    async def pages(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass

    visit = Visit("", messages=[{"type": "http.request", "body": b"half", "more_body": True}])
    visit.scope["path"] = "/jobs/import_products/runs/"
    visit._has_heard.set()

    with pytest.raises(OSError, match="before it was whole"):
        visit.make(pages)
