"""A run that a program asks for, once for each Idempotency-Key."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from uuid_utils.compat import uuid7

from console import uploads
from console.api.body import read_body
from console.api.refusal import UNFIT, Refused
from console.audit import record
from console.permissions import SignedInRequest
from jobs.confirmation import Confirmation
from jobs.exceptions import KeyRefused
from jobs.job import Job
from jobs.models.run import Origin, Run
from jobs.queue import enqueue
from jobs.values import read_moment

KEY = "Idempotency-Key"
LONGEST_KEY = 200
QUESTIONS = ("at", "count", "reason")


class Start:
    """Raises Refused, and what `enqueue` raises."""

    def __init__(self, request: SignedInRequest, job: Job) -> None:
        self._request = request
        self._job = job
        self._key = _key(request)
        self._not_before = _not_before(request)
        said = request.GET.get
        self._confirmation = Confirmation(count=said("count", ""), reason=said("reason", ""))
        self._body = read_body(request, job)

    def run(self) -> tuple[Run, bool]:
        """The run, and whether it is new: one that has the key already is the answer to the same call."""
        try:
            return self._attempt()
        except KeyRefused:
            if not self._body.files:
                raise
            # The other call may have come in this moment: now its files can be compared with these.
            return self._attempt()

    def _attempt(self) -> tuple[Run, bool]:
        pk, kept = uuid7(), list[Path]()
        is_new = False
        try:
            raw = {**self._body.values, **self._paths(kept)}
            run = self._enqueue(raw, pk)
            is_new = run.pk == pk
        finally:
            for path in () if is_new else kept:
                uploads.discard(path)
        return run, is_new

    def _enqueue(self, raw: dict[str, Any], pk: UUID) -> Run:
        with transaction.atomic():
            run = enqueue(
                self._job,
                raw,
                origin=Origin.API,
                started_by=self._request.user,
                not_before=self._not_before,
                pk=pk,
                key=self._key,
                confirmation=self._confirmation,
            )
            if run.pk == pk:
                record(self._request, f"started {run.job}", run)
        return run

    def _paths(self, kept: list[Path]) -> dict[str, Any]:
        """Where the uploads lie: of a call that is repeated, where they lay the first time."""
        known = Run.objects.filter(job=self._job.name, key=self._key).first() if self._key else None
        found: dict[str, Any] = {}
        for name, files in self._body.files.items():
            before = _listed(known.parameters.get(name)) if known else []
            paths = before if _are_same(before, files) else _kept(files, kept)
            found[name] = paths if self._job.parameters.by_name[name].is_list else paths[0]
        return found


def _key(request: SignedInRequest) -> str:
    key = request.headers.get(KEY, "")
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Refused(UNFIT, f"{KEY} should be a text of {LONGEST_KEY} signs at most, without control signs")
    return key


def _not_before(request: SignedInRequest) -> datetime | None:
    if strangers := request.GET.keys() - set(QUESTIONS):
        name = min(strangers)
        sentence = (
            f"?{name}= means nothing here; parameters stand in the body, ?at= says when to start, "
            "?count= and ?reason= confirm a risky job"
        )
        raise Refused(UNFIT, sentence)
    text = request.GET.get("at", "")
    try:
        return read_moment(text) if text else None
    except ValueError as error:
        raise Refused(UNFIT, f"?at={text} is no time; write one like 2026-12-01T02:00") from error


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _are_same(before: list[str], files: list[UploadedFile[Any]]) -> bool:
    pairs = zip(map(Path, before), files, strict=False)
    return len(before) == len(files) and all(uploads.holds(path, each) for path, each in pairs)


def _kept(files: list[UploadedFile[Any]], kept: list[Path]) -> list[str]:
    for each in files:
        kept.append(uploads.keep(each))
    return [str(path) for path in kept[-len(files) :]]
