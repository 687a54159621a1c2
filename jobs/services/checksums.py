"""SHA-256 of files, and whether they are the ones that a list of checksums names."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from jobs.exceptions import FailedWithResult, WrongInput
from jobs.progress import Progress, silent

CHUNK = 1 << 20  # bytes
LINE = re.compile(r"(\\?)([0-9a-fA-F]{64}) [ *](.+)")
ESCAPES = {r"\\": "\\", r"\n": "\n", r"\r": "\r"}


@dataclass(frozen=True, kw_only=True)
class ChecksumReport:
    """`checksums` has the SHA-256 of each file that could be read, `problems` why each other one could not.

    A file that is not as the list of `expect` says is in both. `bytes` were read in all.
    """

    files: int
    bytes: int
    checksums: dict[str, str]
    problems: dict[str, str]


def checksum_files(
    paths: Annotated[list[Path], Doc("the files")],
    *,
    expect: Annotated[Path | None, Doc("compare with this list, in the form that sha256sum writes")] = None,
    progress: Progress = silent,
) -> ChecksumReport:
    """Say the SHA-256 of each file; a file that cannot be read keeps no other from being read.

    Fails at its end where one could not be read, or is not as the list says. The checksums are a file of the
    run, SHA256SUMS, which `sha256sum --check` takes.
    """
    expected = read_list(expect) if expect else None
    checksums: dict[str, str] = {}
    problems: dict[str, str] = {}
    paths = list(dict.fromkeys(paths))
    read = 0
    progress.update(0, total=sum(map(_size, paths)))
    for path in paths:
        progress.update(message=f"Reading {path.name}")
        try:
            checksums[str(path)], size = checksum(path, progress)
            read += size
        except OSError as error:
            problems[str(path)] = _reason(error)
            continue
        if expected is not None and (problem := _difference(path, checksums[str(path)], expected)):
            problems[str(path)] = problem
    _keep(checksums, progress)
    return _outcome(ChecksumReport(files=len(paths), bytes=read, checksums=checksums, problems=problems))


def checksum(path: Path, progress: Progress = silent) -> tuple[str, int]:
    """Of a regular file, as hexadecimal digits, and how many bytes it had. Raises OSError."""
    if path.exists() and not path.is_file():
        # A pipe would be waited for, and a device may have no end.
        raise OSError(None, "it is a directory" if path.is_dir() else "it is no regular file")
    digest = hashlib.sha256()
    view = memoryview(bytearray(CHUNK))
    done = 0
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(view):
            digest.update(view[:size])
            done += size
            progress.advance(size)
    return digest.hexdigest(), done


def _size(path: Path) -> int:
    """Nothing where it is not known: reading it will tell why."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0


def read_list(path: Path) -> dict[tuple[str, ...], str]:
    """The checksum of each name of such a list, the name in its parts. Raises WrongInput."""
    try:
        lines = path.read_text().split("\n")
    except OSError as error:
        raise WrongInput(f"The list {str(path)!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WrongInput(f"The list {str(path)!r} is no text; give what sha256sum has written") from error
    found: dict[tuple[str, ...], str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if not (match := LINE.fullmatch(line)):
            sentence = f"Line {number} of {path.name} is no checksum: write 64 digits, two spaces and a name"
            raise WrongInput(f"{sentence}, as sha256sum does")
        escaped, digest, name = match.groups()
        found[_parts(_unescaped(name) if escaped else name)] = digest.lower()
    return found


def _unescaped(name: str) -> str:
    return re.sub(r"\\[\\nr]", lambda match: ESCAPES[match[0]], name)


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in Path(name).parts if part != ".")


def _reason(error: OSError) -> str:
    return "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)


def _difference(path: Path, digest: str, expected: dict[tuple[str, ...], str]) -> str:
    """A name of the list stands for every path that ends in it; the longest one counts."""
    names = [name for name in expected if path.parts[-len(name) :] == name]
    if not names:
        return "the list does not name it"
    wanted = expected[max(names, key=len)]
    return "" if wanted == digest else f"it is another file than the list says, which has {wanted}"


def _keep(checksums: dict[str, str], progress: Progress) -> None:
    with progress.artifact("SHA256SUMS") as file:
        if checksums:
            file.write_text("".join(_line(name, digest) for name, digest in checksums.items()))


def _line(name: str, digest: str) -> str:
    escaped = name.replace("\\", r"\\").replace("\n", r"\n").replace("\r", r"\r")
    return f"{'' if name == escaped else chr(92)}{digest}  {escaped}\n"


def _outcome(report: ChecksumReport) -> ChecksumReport:
    if report.problems:
        count = f"{len(report.problems)} of {report.files} files"
        sentences = "; ".join(f"{path}: {reason}" for path, reason in report.problems.items())
        raise FailedWithResult(f"{count} could not be read, or are not as listed: {sentences}", report)
    return report
