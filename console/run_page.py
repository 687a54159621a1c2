"""All that the page of one run shows."""

import uuid
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import Http404

from console.comparison import Comparison, compare
from console.control_codes import without_codes
from console.presentation import Look, Shown, announcement, job_title, look_of, shown
from console.rejects import Rejected, rejected
from console.run_log import is_cut
from console.run_offers import RunOffers
from console.run_record import RunRecord, run_records
from console.timeline import Event, timeline
from console.tracebacks import Piece, pieces
from console.visible import NO_RUN
from jobs.catalog import JOBS
from jobs.job import Job
from jobs.models.attempt import Attempt
from jobs.models.run import Run
from jobs.models.state import State
from jobs.run_report import declared

FORECAST_SHOWN = 8  # figures


@dataclass(frozen=True, kw_only=True)
class RunPage:
    """What depends on the record is worked out where it is shown: most looks at a run find it unchanged."""

    record: RunRecord

    @property
    def run(self) -> Run:
        return self.record.run

    @property
    def job(self) -> Job | None:
        return JOBS.get(self.run.job)

    @property
    def title(self) -> str:
        return job_title(self.run.job)

    @property
    def look(self) -> Look:
        return look_of(self.run)

    @property
    def announcement(self) -> str:
        return announcement(self.run)

    @property
    def is_known(self) -> bool:
        return self.job is not None

    @property
    def is_preview(self) -> bool:
        return self.run.parameters.get("dry_run") is True

    @property
    def headline(self) -> str:
        """For the title of the window."""
        share = "" if self.run.percent is None or self.run.is_final else f" {self.run.percent} %"
        return f"{self.look.word}{share}: {self.title}"

    @property
    def offers(self) -> frozenset[str]:
        declared = self.job.rejects if self.job else None
        names = {artifact.name for artifact in self.record.artifacts}
        return RunOffers(
            run=self.run,
            is_known=self.is_known,
            is_preview=self.is_preview,
            can_repeat_rejects=bool(declared and declared.again and declared.file in names),
        ).names

    @property
    def fingerprint(self) -> Hashable:
        """Two pages with the same one look the same."""
        return self.record.fingerprint, self.offers

    @cached_property
    def error(self) -> str:
        """Where the sentence about its state does not say it."""
        is_said = self.run.state == State.QUEUED and self.run.error in str(self.record.standing)
        return "" if is_said else without_codes(self.run.error)

    @cached_property
    def parameters(self) -> Shown:
        """Secrets masked, in the order of their declaration."""
        return shown(declared(self.run))

    @cached_property
    def result(self) -> Shown | None:
        return None if self.run.result is None else shown(self.run.result)

    @cached_property
    def forecast(self) -> list[tuple[str, str]]:
        """What a preview has found, for whoever is about to run it for real."""
        named = self.result.named if self.is_preview and self.result else ()
        return [(name, each.text) for name, each in named if each.is_number][:FORECAST_SHOWN]

    @cached_property
    def rejected(self) -> Rejected | None:
        if not (self.job and self.run.is_final):
            return None
        return rejected(self.job.rejects, self.record.artifacts, self.run.result)

    @cached_property
    def timeline(self) -> list[Event]:
        return timeline(self.run, self.record.attempts, self.record.audit)

    @cached_property
    def attempts(self) -> list[tuple[Attempt, list[Piece]]]:
        """The last one first, each with its traceback."""
        return [(each, pieces(without_codes(_traceback(each)))) for each in self.record.attempts]

    @property
    def last_attempt(self) -> Attempt | None:
        return self.record.attempts[0] if self.record.attempts else None

    @property
    def log(self) -> str:
        return without_codes(self.record.log.text)

    @property
    def is_log_cut(self) -> bool:
        return is_cut(self.record.log)

    @cached_property
    def comparison(self) -> Comparison | None:
        return compare(self.run, self.record.previous) if self.record.previous else None


def run_page(pk: uuid.UUID) -> RunPage:
    """Raises Http404."""
    for page in run_pages([pk]):
        return page
    raise Http404(NO_RUN)


def run_pages(keys: Collection[uuid.UUID]) -> list[RunPage]:
    """Those that there are, with the same number of queries for a hundred as for one."""
    return [RunPage(record=record) for record in run_records(keys)]


def _traceback(attempt: Attempt) -> str:
    text: str = attempt.traceback_end  # type: ignore[attr-defined] # annotated
    # Where the checkout lies says nothing to a reader, and fills the line.
    return text.replace(f'File "{settings.ROOT}/', 'File "')
