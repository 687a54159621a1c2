"""Who of the processes at a terminal is sent its Ctrl-C."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def foreground() -> Iterator[None]:
    """Alone in the terminal's foreground, where there is one.

    `make` in the same foreground would get the Ctrl-C too, and answer a clean stop with an error.
    """
    if not _is_in_foreground() or os.getpgrp() == os.getpid():
        yield
        return
    before = os.getpgrp()
    # A background process that hands over the terminal is stopped by SIGTTOU, unless it ignores it.
    ttou = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(0, before)
        signal.signal(signal.SIGTTOU, ttou)


def _is_in_foreground() -> bool:
    try:
        return sys.stdin.isatty() and os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False  # a terminal, but not the one that controls this session, as under `su -c`
