"""The first sheet of a workbook, read by a process of its own.

The parser is native code, and takes the process with it that it runs in: a sheet of two cells that lie far
apart makes it ask for 512 GiB. So it runs under a limit, and where it dies the file is at fault.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from signal import SIGABRT, SIGSEGV

from jobs.exceptions import WrongInput
from jobs.services.keyed_import import sheet_process

FAULTS_OF_THE_FILE = {-SIGABRT, -SIGSEGV}


class Sheet:
    """`height` in rows, empty ones too. Raises WrongInput, and OSError where the process was killed."""

    def __init__(self, path: Path, label: str) -> None:
        self._label = label
        # In a session of its own: Ctrl-C is for us, who stop between two batches.
        self._process = subprocess.Popen(
            [sys.executable, "-I", sheet_process.__file__, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self.height = int(self._answer())
        except BaseException:
            self.close()
            raise

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each with its number from 1."""
        while block := json.loads(self._answer()):
            yield from block

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 for mypy
        line = self._process.stdout.readline()
        if line.startswith(sheet_process.WRONG):
            raise self._unreadable(json.loads(line[len(sheet_process.WRONG) :]))
        if line.endswith(b"\n"):
            return line
        status = self._process.wait()
        if status in FAULTS_OF_THE_FILE:
            raise self._unreadable("its cells need more memory than there is for them, or are damaged")
        raise OSError(f"The process that reads {self._label} ended with {status}")

    def _unreadable(self, why: str) -> WrongInput:
        return WrongInput(f"{self._label} cannot be read as XLSX ({why}); save it anew, or as CSV")
