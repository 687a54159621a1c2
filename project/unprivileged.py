"""PostgreSQL refuses to run as root: as root, it is run as a user without rights.

No folder of the machine is opened for that user. Where a folder above the data is closed to it (a clone below
root's home), its processes keep the one capability that walks through, and no other.
"""

import os
import pwd
import shutil
import signal
from pathlib import Path

# capability numbers of linux/capability.h
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2


class _Ownership:
    """Gives files to the user that PostgreSQL runs as; where we are not root, they are ours and stay so."""

    @property
    def user(self) -> int:
        return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()

    def __call__(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            entry = pwd.getpwnam("nobody")
            for path in paths:
                os.chown(path, entry.pw_uid, entry.pw_gid)


own = _Ownership()


def command_prefix(data: Path | None, *, stop_with_parent: signal.Signals | None = None) -> list[str]:
    """What to put before a server's command: who runs it, and that it ends with its parent.

    `data` is given for a program that may not be run by root.
    """
    setpriv = shutil.which("setpriv")
    drop = os.geteuid() == 0 and data is not None
    if setpriv is None:
        if drop:
            raise RuntimeError("setpriv (of util-linux) is missing; install it, or do not run as root")
        return []
    prefix = [setpriv]
    if stop_with_parent is not None:
        prefix.append(f"--pdeathsig={stop_with_parent.name.removeprefix('SIG')}")
    if drop and data is not None:
        entry = pwd.getpwnam("nobody")
        prefix += [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
        prefix += _walking(data)
    return prefix if len(prefix) > 1 else []


def _walking(data: Path) -> list[str]:
    here = Path(__file__).resolve()
    folders = {*data.parents, *here.parents, *Path(os.path.realpath(shutil.__file__)).parents}
    if all(folder.stat().st_mode & 0o001 for folder in folders):
        return []
    name = "dac_read_search" if _may_keep(DAC_READ_SEARCH) else "dac_override"
    return [f"--inh-caps=+{name}", f"--ambient-caps=+{name}"]


def _may_keep(capability: int) -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapBnd:"):
            return bool(int(line.split()[1], 16) >> capability & 1)
    return False
