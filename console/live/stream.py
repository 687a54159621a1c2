"""What happens, sent to an open page as it happens: server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import suppress

from console.live.kinds import KINDS
from console.live.poller import Name, Poller

# Messages; a page that reads more slowly is sent away, comes again, and is told how things are then.
WAITING = 200
LENGTH = 300.0  # seconds, then the page comes again, and its right to look is judged anew
AGAIN = 1_000  # milliseconds until a page that lost its stream asks for a new one

poller = Poller(KINDS)


async def events(names: Collection[Name]) -> AsyncGenerator[bytes, None]:
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
    over = asyncio.Event()

    def put(message: bytes) -> None:
        if waiting.full():
            over.set()
        else:
            waiting.put_nowait(message)

    def tell(event: str, data: str) -> None:
        with suppress(RuntimeError):  # the server is ending, and its loop with it
            loop.call_soon_threadsafe(put, f"event: {event}\ndata: {data}\n\n".encode())

    yield f"retry: {AGAIN}\n\n".encode()
    poller.watch(names, tell)
    try:
        until = loop.time() + LENGTH
        while not over.is_set() and loop.time() < until:
            try:
                # Not wait_for: in Python 3.11 it may swallow the cancellation that ends this stream.
                async with asyncio.timeout_at(until):
                    message = await waiting.get()
            except TimeoutError:
                return
            yield message
    finally:
        poller.leave(tell)
