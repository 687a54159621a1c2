"""A server on loopback, and the leave to ask it."""

from collections.abc import Iterator
from typing import Any

import pytest

from jobs.services import web
from tests.web_server import Site, web_server


@pytest.fixture
def site(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(web, "FIRST_WAIT", 0.0)
    with web_server() as site:
        yield site
