"""The Chromium in which the pages are tried: the one that is there, or Debian's where that may be installed.

`python -m tests.pages.chromium` sees to it before the tests begin.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
HINT = (
    "The pages are tested in Chromium, and there is none: install it (Debian: apt-get install chromium), "
    "or set CHROMIUM to the path of one."
)
# It asks nobody but the page's own server, and may run as root.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoChromium(Exception):
    def __init__(self) -> None:
        super().__init__(HINT)


def chromium() -> str:
    """Its path. Raises NoChromium."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise NoChromium
    return found


def install() -> None:
    """Raises NoChromium where it may not."""
    apt = shutil.which("apt-get")
    if not apt or os.geteuid() != 0:
        raise NoChromium
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        done = subprocess.run([apt, "--quiet", "--quiet", *arguments], env=environment, check=False)
        if done.returncode:
            raise NoChromium


def main() -> int:
    try:
        try:
            chromium()
        except NoChromium:
            print("Installing Chromium, in which the pages are tested", flush=True)
            install()
            chromium()
    except NoChromium as nowhere:
        print(nowhere, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
