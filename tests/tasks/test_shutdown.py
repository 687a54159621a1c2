"""A worker that is to stop."""

import subprocess
import sys

from tasks import shutdown
from tests.nodes.process import ROOT

# A process of its own: what has begun does not end, and would be heard by the tests that come after.
PARENT_AND_CHILD = """
import os, time
from tasks import shutdown

child = os.fork()
if child == 0:
    while not shutdown.has_begun():
        time.sleep(0.01)
    os._exit(7)
before = shutdown.has_begun()
shutdown.begin()
print(before, shutdown.has_begun(), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_as_a_rule_no_worker_is_to_stop() -> None:
    assert not shutdown.has_begun()


def test_a_child_sees_what_its_parent_was_told() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PARENT_AND_CHILD],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert done.stdout.split() == ["False", "True", "7"]
