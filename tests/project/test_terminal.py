"""Without a terminal there is no foreground to take."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os
from project.terminal import foreground
with foreground():
    print(os.getpgrp() == {group})
"""


def test_without_a_terminal_the_process_group_stays_as_it_is() -> None:
    program = PROGRAM.format(group=os.getpgrp())

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "True\n"
