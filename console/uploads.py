"""Files that people send: kept under a random directory, so that no name of theirs becomes a path of ours.

A form names one that is kept by its token, which is signed and good for the person who sent it.
"""

import shutil
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from jobs.accepts import size_words

NAME_LIMIT = 200  # bytes, the last ones: they hold the suffix, and a file system takes 255
GOOD_FOR = timedelta(days=1)  # as long as cleanup_runs leaves a file alone that no run names
SALT = "console.uploads"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that was sent before, for a form of that person."""

    path: Path
    user: User

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def size(self) -> str:
        return size_words(self.path.stat().st_size)

    @property
    def token(self) -> str:
        parts = [self.path.parent.name, self.path.name, self.user.pk]
        return signing.dumps(parts, salt=SALT)


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


def kept_by(token: str, user: User) -> Kept | None:
    """The file behind a token; None where it is wrong, old, somebody else's, or the file is gone."""
    try:
        directory, name, owner = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return kept_at(Path(settings.UPLOADS) / directory / name, user) if owner == user.pk else None


def kept_at(path: Path, user: User) -> Kept | None:
    """An upload that a run of before names; None where it is none, or is gone."""
    is_ours = path.resolve().is_relative_to(Path(settings.UPLOADS).resolve())
    return Kept(path=path, user=user) if is_ours and path.is_file() else None


def discard(path: Path) -> None:
    """Forget an upload that `keep` made."""
    shutil.rmtree(path.parent, ignore_errors=True)


def safe_name(name: str) -> str:
    """Letters, digits, and -_. of the last part of the name; never hidden, never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in last)
    return plain.encode()[-NAME_LIMIT:].decode(errors="ignore").lstrip(".-") or "upload"
