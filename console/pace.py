"""How fast a run gets on, and how long it still takes.

The rate is that of the last seconds, as far as this process has watched the run: since the beginning would be
a poor one, for a run that went on after a pause did not work meanwhile.
"""

import threading
import uuid
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from jobs.models.run import Run
from jobs.models.state import State
from jobs.services.diagnosis import duration_words

WINDOW = timedelta(seconds=10)
FEWEST = 3  # samples that are kept however old they are, for runs whose batches take longer
SHORTEST = timedelta(seconds=1)
MOST_RUNS = 1_000
LONGEST = timedelta(days=3_650).total_seconds()  # a total that is past it is none
UNITS = ((1, "a second"), (60, "a minute"), (3_600, "an hour"))


@dataclass(frozen=True, kw_only=True)
class Pace:
    """`rate` is a second's; `left` is None where the end is not known."""

    rate: float
    left: timedelta | None = None

    def __str__(self) -> str:
        """740 a second, about 2 min left."""
        size, unit = next((each for each in UNITS if self.rate * each[0] >= 1), UNITS[-1])
        rate = f"{_rounded(self.rate * size):,} {unit}"
        return f"{rate}, {_left(self.left)} left" if self.left else rate


@dataclass(frozen=True)
class Sample:
    at: datetime
    done: int


class Watch:
    """The last progress of each run that somebody looks at, in the memory of this process only."""

    def __init__(self) -> None:
        self._samples: OrderedDict[tuple[uuid.UUID, int], deque[Sample]] = OrderedDict()
        self._lock = threading.Lock()

    def pace_of(self, run: Run, now: datetime | None = None) -> Pace | None:
        """None while it is not known: it does not run, or nothing was done yet."""
        if run.state != State.RUNNING or run.started_at is None:
            return None
        now = now or timezone.now()
        with self._lock:
            samples = self._seen(run, now)
            first, last = samples[0], samples[-1]
        if last.done > first.done and last.at - first.at >= SHORTEST:
            return _pace(run, last.done - first.done, max(last.at, now - WINDOW) - first.at)
        # Of the first attempt the record knows how long it took for what is done; a later one began anywhere.
        age = now - run.started_at
        return _pace(run, run.done, age) if run.attempt == 1 and age >= SHORTEST else None

    def _seen(self, run: Run, now: datetime) -> deque[Sample]:
        """A sample for each change, the last ones."""
        samples = self._samples.setdefault((run.pk, run.attempt), deque())
        self._samples.move_to_end((run.pk, run.attempt))
        if samples and run.done < samples[-1].done:
            samples.clear()  # It began anew.
        if not samples or run.done > samples[-1].done:
            samples.append(Sample(now, run.done))
        while len(samples) > FEWEST and samples[0].at < now - WINDOW:
            samples.popleft()
        while len(self._samples) > MOST_RUNS:
            self._samples.popitem(last=False)
        return samples


def _pace(run: Run, done: int, length: timedelta) -> Pace | None:
    rate = done / length.total_seconds()
    if rate <= 0:
        return None
    left = (run.total - run.done) / rate if run.total else 0
    return Pace(rate=rate, left=timedelta(seconds=left) if 0 < left < LONGEST else None)


def _rounded(rate: float) -> int:
    """To two digits: the others would only flicker."""
    digits = max(0, len(str(int(rate))) - 2)
    return int(round(rate, -digits))


def _left(length: timedelta) -> str:
    return "some seconds" if length < timedelta(seconds=10) else f"about {duration_words(length)}"


watch = Watch()
