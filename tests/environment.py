"""A directory and servers of its own for each test session; loaded before Django's settings are."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

VAR = Path(tempfile.mkdtemp(prefix="nightshift-tests-"))

OF_THE_CALLER = (
    "DATABASE_URL",
    "BROKER_URL",
    "SECRET_KEY",
    "HTTPS",
    "DEBUG",
    "TIME_ZONE",
    "PORT",
    "FLOWER_PORT",
    "RUNNABLE_COMMANDS",
    "RELEASE",
    # A hundred processes of the service are started, and each would compile all of it.
    "PYTHONDONTWRITEBYTECODE",
)

for name in OF_THE_CALLER:
    os.environ.pop(name, None)
os.environ["NIGHTSHIFT_VAR"] = str(VAR)
sys.dont_write_bytecode = False


def pytest_unconfigure() -> None:
    from project import embedded  # noqa: PLC0415 it must not be imported before the variables are set

    embedded.release(VAR)
    shutil.rmtree(VAR)
