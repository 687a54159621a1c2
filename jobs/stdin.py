"""What comes in on a command's standard input, as a file: a run that goes on reads it again."""

import shutil
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings

from jobs.models.temp_file import TempFile

STDIN = "-"


def spool(stream: BinaryIO) -> TempFile:
    """All of it. It goes with `discard`, or else with the old temporary files."""
    # The row first: a file without one would be found by nobody.
    file = TempFile.objects.create(name=f"stdin-{uuid4()}")
    Path(settings.TEMP_FILES).mkdir(parents=True, exist_ok=True)
    try:
        with file.path.open("xb") as copy:
            shutil.copyfileobj(stream, copy)
            file.size = copy.tell()
        file.save(update_fields=["size"])
    except BaseException:
        discard(file)
        raise
    return file


def discard(file: TempFile) -> None:
    file.path.unlink(missing_ok=True)
    file.delete()
