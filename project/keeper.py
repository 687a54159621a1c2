"""The parent of the embedded servers: starts them, starts a fallen one again, stops both with the last user.

Run as `python -m project.keeper DIRECTORY` by project/embedded.py.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from project.postgres import Postgres
from project.server import Server
from project.valkey import Valkey

LOOK_EVERY = 0.1  # seconds
REST = 1.0  # seconds before a server that fell is started again


class Keeper:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._postgres = Postgres(directory)
        self._valkey = Valkey(directory)
        self._processes: dict[Server, subprocess.Popen[bytes]] = {}
        self._must_stop = False
        self._users = os.open(directory / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def keep(self) -> None:
        signal.signal(signal.SIGTERM, self._on_term)
        # Ctrl-C in a terminal, or its end, is for the users; the servers stop when they have gone.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            self._start_all()
            while not self._must_stop and not self._is_last():
                time.sleep(LOOK_EVERY)
                self._mend()
        finally:
            (self._directory / "servers.json").unlink(missing_ok=True)
            self._stop_all()

    def _start_all(self) -> None:
        servers: tuple[Server, ...] = (self._postgres, self._valkey)
        for server in servers:
            self._processes[server] = server.start()
        for server in self._processes:
            server.wait_until_ready(self._processes[server])
        self._publish()

    def _publish(self) -> None:
        addresses = {"database_url": self._postgres.url, "broker_url": self._valkey.url}
        draft = self._directory / "servers.json.part"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(addresses))
        draft.replace(self._directory / "servers.json")

    def _is_last(self) -> bool:
        """Nobody holds the lock; from here on new users wait until this process is gone."""
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _mend(self) -> None:
        for server, process in self._processes.items():
            if process.poll() is not None:
                print(f"{server.name} ended with status {process.returncode}; starting it again", flush=True)
                time.sleep(REST)
                self._processes[server] = server.start()
                server.wait_until_ready(self._processes[server])

    def _stop_all(self) -> None:
        for server, process in self._processes.items():
            if process.poll() is None:
                process.send_signal(server.stop_signal)
        for server, process in self._processes.items():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            server.clean_up()

    def _on_term(self, number: int, frame: FrameType | None) -> None:
        self._must_stop = True


def main() -> None:
    directory = Path(sys.argv[1])
    lock = os.open(directory / "keeper.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    keeper = Keeper(directory)
    try:
        keeper.keep()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        sys.exit(str(error))
    finally:
        # Before the lock on the users, which ends with this process: who gets that one looks at this one.
        os.close(lock)


if __name__ == "__main__":
    main()
