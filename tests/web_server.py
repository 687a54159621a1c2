"""A web server on loopback that answers what a test tells it to, however wrong that is."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answering = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """`pages` are what is answered at each path, one after the other, the last one for ever."""

    port: int = 0
    pages: dict[str, list[Answering]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def on(self, path: str, *answers: Answering) -> str:
        self.pages[path] = list(answers)
        return self.url(path)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def plain(body: bytes | str = b"", status: int = 200, **headers: str) -> Answering:
    content = body.encode() if isinstance(body, str) else body

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def as_json(value: Any, **headers: str) -> Answering:
    return plain(json.dumps(value), **headers)


def tagged(value: Any, etag: str) -> Answering:
    """304 to who has it already."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == etag
        (plain(status=304) if known else as_json(value, ETag=etag))(handler)

    return answer


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'[{"sku"')


def without_end(handler: BaseHTTPRequestHandler, status: int = 200) -> None:
    """Piece after piece, until nobody listens any more."""
    handler.send_response(status)
    handler.send_header("Location", "/there")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 10_000)
    except OSError:
        pass


@contextmanager
def web_server() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.close_connection = True
            site.asked.append((self.path, dict(self.headers)))
            answers = site.pages.get(self.path, [plain("nothing here", 404)])
            (answers.pop(0) if len(answers) > 1 else answers[0])(self)

        def log_message(self, *args: Any) -> None:
            """Not on stderr."""

    def silent(handler: BaseHTTPRequestHandler) -> None:
        site.over.wait()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        site.pages["/silent"] = [silent]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield site
        site.over.set()
        server.shutdown()
        thread.join()
