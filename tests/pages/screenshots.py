"""`make screenshots`: a picture of every page, wide and narrow, light and dark, for docs/screenshots/.

It starts the whole service in a directory of its own, gives it a past, lets a real worker work, and looks.
"""

import base64
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.pages.chromium import ARGUMENTS, chromium

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "docs" / "screenshots"
SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
QUALITY = 80  # of 100
READY_WITHIN = 120.0  # seconds


def main() -> int:
    with (
        tempfile.TemporaryDirectory(prefix="nightshift-pictures-") as directory,
        service(Path(directory)) as site,
    ):
        django.setup()
        from tests.pages.scene import make_scene  # noqa: PLC0415 its models need what was just set up

        scene = make_scene()
        PICTURES.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
            for name, size in SIZES.items():
                for scheme in SCHEMES:
                    context = browser.new_context(base_url=site, viewport=size, color_scheme=scheme)
                    take_all(context, site, scene.pages, scene.session, f"{name}-{scheme}")
            browser.close()
    return 0


def take_all(context: BrowserContext, site: str, pages: dict[str, str], session: str, kind: str) -> None:
    page = context.new_page()
    for name, address in pages.items():
        context.clear_cookies()
        if name != "login":
            context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        page.goto(address)
        page.wait_for_timeout(400)  # for the first word of its stream
        take(page, PICTURES / f"{name}-{kind}.webp")


def take(page: Page, path: Path) -> None:
    """WebP, which Playwright has no name for and the browser has."""
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(taken["data"]))
    session.detach()


@contextmanager
def service(directory: Path) -> Iterator[str]:
    """Its address; all of it, as `make run` starts it."""
    os.environ.update(
        {"NIGHTSHIFT_VAR": str(directory / "var"), "DJANGO_SETTINGS_MODULE": "project.settings"}
    )
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    web, flower = _free_port(), _free_port()
    environment = {**os.environ, "PORT": str(web), "FLOWER_PORT": str(flower)}
    site = f"http://127.0.0.1:{web}"
    with (directory / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _wait_for(site, process)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait_for(site: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_WITHIN
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{site}/health/ready", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The service did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())
