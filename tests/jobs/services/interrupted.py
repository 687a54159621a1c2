"""A recorded run whose attempts are cut off, and go on."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from django.db.models.functions import Now

from jobs.log import LogCapture
from jobs.models import Artifact, Run
from jobs.models.product import Product
from jobs.models.state import State
from jobs.recording import RecordedProgress
from jobs.services.keyed_import.report import ImportReport
from jobs.services.products import import_products

Report = TypeVar("Report")


class CutOff(OSError):
    """After it the run is tried again, as after a death of its worker."""


class Interrupted(RecordedProgress):
    """Is cut off at the commit of that number, counted once before and once after each."""

    def __init__(self, run: Run, cut_at: int) -> None:
        super().__init__(run, LogCapture())
        self._left = cut_at

    def _keep_place(self, step: str, position: Any, done: int) -> None:
        super()._keep_place(step, position, done)
        self._cut()

    def _after_batch(self, done: int) -> None:
        super()._after_batch(done)
        self._cut()

    def _cut(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise CutOff


def new_run() -> Run:
    return Run.objects.create(job="import_products")


def attempt(run: Run, path: Path, cut_at: int = 0, **options: Any) -> ImportReport | None:
    """The next one of that run; None where it was cut off."""
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED, not_before=Now())
    claimed = Run.objects.claim(run.pk, worker="tests", jobs=["import_products"])
    assert claimed is not None
    try:
        return import_products(path, progress=Interrupted(claimed, cut_at), **options)
    except CutOff:
        return None


def outcome(report: ImportReport | None, run: Run) -> dict[str, Any]:
    """All that an import leaves behind."""
    file = Artifact.objects.filter(run=run).first()
    return {
        "report": report,
        "products": list(Product.objects.values_list("sku", "name", "price", "brand")),
        "rejected": file.path.read_text() if file else None,
    }


def place(run: Run, step: str) -> int:
    """How many items of that walk are done."""
    cursor = Run.objects.get(pk=run.pk).cursor or {}
    return int(cursor.get(step, {"done": 0})["done"])


def resumed_to_its_end(job: str, perform: Callable[[Interrupted], Report], cut_at: int = 2) -> Report:
    """What the last attempt of a run reports; each one before it is cut off at its commit of that number.

    An odd number is before a commit, an even one after it.
    """
    run = Run.objects.create(job=job)
    while True:
        Run.objects.filter(pk=run.pk).update(state=State.QUEUED, not_before=Now())
        claimed = Run.objects.claim(run.pk, worker="tests", jobs=[job])
        assert claimed is not None
        with suppress(CutOff):
            return perform(Interrupted(claimed, cut_at))
