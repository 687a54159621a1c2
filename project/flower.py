"""Flower, on loopback and behind a password, whatever the environment says."""

import os
import sys

from project.celery import app
from project.settings import FLOWER_HOST, FLOWER_PASSWORD, FLOWER_PORT

if __name__ == "__main__":
    # FLOWER_PORT=tcp://… is what Kubernetes sets for a service of that name; Flower would read it and stop.
    for name in [name for name in os.environ if name.startswith("FLOWER_")]:
        del os.environ[name]
    os.environ["FLOWER_BASIC_AUTH"] = f"flower:{FLOWER_PASSWORD}"  # not where `ps` shows it
    app.start(["flower", f"--address={FLOWER_HOST}", f"--port={FLOWER_PORT}", "--read-only", *sys.argv[1:]])
