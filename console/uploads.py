"""Files that people send: kept under a random directory, so that no name of theirs becomes a path of ours."""

import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

NAME_LIMIT = 100  # characters, the last ones: they hold the suffix


def keep(upload: UploadedFile[Any]) -> Path:
    """Where its bytes lie now; it is written in pieces, so its size costs no memory."""
    directory = Path(settings.UPLOADS) / uuid.uuid4().hex
    directory.mkdir(parents=True, mode=0o750)
    path = directory / safe_name(upload.name or "")
    with path.open("xb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    if settings.FILE_UPLOAD_PERMISSIONS is not None:
        path.chmod(settings.FILE_UPLOAD_PERMISSIONS)
    return path


def holds(path: Path, upload: UploadedFile[Any]) -> bool:
    """Whether that is what `keep` made of the same file, and it is still there."""
    if path.name != safe_name(upload.name or "") or not path.is_file() or path.stat().st_size != upload.size:
        return False
    with path.open("rb") as file:
        return all(file.read(len(chunk)) == chunk for chunk in upload.chunks())


def keep_copy(path: Path) -> Path:
    """Of a file of ours, which may go before the run that is about to read it."""
    with path.open("rb") as file:
        return keep(UploadedFile(file=file, name=path.name))


def discard(path: Path) -> None:
    """Forget an upload that `keep` made."""
    shutil.rmtree(path.parent, ignore_errors=True)


def safe_name(name: str) -> str:
    """Letters, digits, and -_. of the last part of the name; never hidden, never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in last)
    return plain[-NAME_LIMIT:].lstrip(".-") or "upload"
