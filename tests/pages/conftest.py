"""Pages as people see them: the real web server on the test database, a real worker, and a real Chromium.

`page` is a page of somebody who may do everything, `reader_page` of somebody who may only look.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.console.conftest import make_run  # noqa: F401 a fixture
from tests.pages.chromium import ARGUMENTS, chromium
from tests.pages.web import Web

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}

# Milliseconds that a page may take to show something: others use the machine, and a worker takes its time.
PATIENCE = 30_000

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which waits while the tests ask the database.
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def web(nodes: Path, environment: dict[str, str]) -> Iterator[Web]:
    """A web server that serves the test database until the session ends."""
    call_command("collectstatic", interactive=False, verbosity=0)
    web = Web(nodes, environment)
    web.start()
    yield web
    web.stop()


@pytest.fixture
def site(transactional_db: None, broker_of_the_nodes: None, web: Web) -> str:
    return web.address


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[OpenPage]:
    """A page of that person in a window of its own; nothing may be written to its console as an error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(user: User | None, *, narrow: bool = False, scheme: str = "light", **more: object) -> Page:
        size = NARROW if narrow else WIDE
        context = browser.new_context(base_url=site, viewport=size, color_scheme=scheme, **more)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if user:
            context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said.text) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def boss(transactional_db: None) -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def page(open_page: OpenPage, boss: User) -> Page:
    return open_page(boss)


@pytest.fixture
def reader_page(open_page: OpenPage) -> Page:
    return open_page(User.objects.create_user("reader"))


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _is_complaint(text: str) -> bool:
    # A refused script or style, that is; a status such as 422 is an answer.
    return "Content Security Policy" in text or "Refused to" in text
