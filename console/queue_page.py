"""All that the page of queues and workers shows, read with a fixed number of queries."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from jobs import access
from jobs.lane_listing import Rule, rules
from jobs.process_listing import Presence, Process, processes
from jobs.queue_listing import Backlog, Listed, queues
from jobs.services.health import STARTS, start_worker

KINDS = ("running", "due", "retrying", "delayed", "waiting")


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What keeps runs from beginning, and the command that helps."""

    sentence: str
    command: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a bar that is 100 long."""

    name: str
    start: str
    length: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """A queue, and the bar of what it holds."""

    queue: Listed
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class QueuesPage:
    cards: list[Card]
    processes: list[Process]
    rules: list[Rule]
    release: str

    @cached_property
    def present(self) -> list[Process]:
        """Who works, and who should: one that is silent has not said that it stops.

        Of beats only the one that was heard from last: a leader and who stands in for it have a name each.
        """
        here = [each for each in self.processes if each.presence is not Presence.GONE]
        beats = sorted((each for each in here if each.kind == "beat"), key=lambda each: each.seen)
        return [each for each in here if each not in beats[1:]]

    @cached_property
    def gone(self) -> list[Process]:
        return [each for each in self.processes if each.presence is Presence.GONE]

    @property
    def rules_in_use(self) -> list[Rule]:
        return [rule for rule in self.rules if rule.lanes]

    @property
    def rules_at_rest(self) -> list[Rule]:
        return [rule for rule in self.rules if not rule.lanes]

    @property
    def notices(self) -> list[Notice]:
        return [*self._workers_missing(), *self._beat_missing()]

    @property
    def offers(self) -> frozenset[str]:
        queues = (card.queue for card in self.cards)
        return frozenset(f"{'resume' if each.paused_at else 'pause'} {each.queue}" for each in queues)

    @property
    def fingerprint(self) -> Hashable:
        """The facts, without how long ago they were: that ticks by itself."""
        return (tuple(self.cards), tuple(map(_facts, self.processes)), tuple(self.rules))

    def _workers_missing(self) -> Iterator[Notice]:
        if not self._has("worker"):
            sentence = "No worker was heard from: whatever is queued waits until one is started."
            yield Notice(sentence=sentence, command=STARTS["worker"])
            return
        for each in (card.queue for card in self.cards):
            if each.is_unserved:
                # No count, which would be spoken anew with each run that comes.
                waits = "runs wait for one" if each.backlog.due else "what is queued there will wait"
                sentence = f"No worker takes the queue {each.queue}: {waits}."
                yield Notice(sentence=sentence, command=start_worker([each.queue]))

    def _beat_missing(self) -> Iterator[Notice]:
        if not self._has("beat"):
            yield Notice(sentence="No beat was heard from: no schedule fires.", command=STARTS["beat"])

    def _has(self, kind: str) -> bool:
        return any(each.kind == kind and each.presence is Presence.ALIVE for each in self.processes)


def queues_page() -> QueuesPage:
    """Six queries. What is private is left out, since all who look share it."""
    private = access.private_jobs()
    known = [each.without(private) for each in processes()]
    return QueuesPage(
        cards=[Card(queue=each, parts=tuple(_parts(each.backlog))) for each in queues()],
        processes=known,
        rules=[
            rule for rule in rules([run for each in known for run in each.runs]) if rule.job not in private
        ],
        release=settings.RELEASE,
    )


def _parts(backlog: Backlog) -> Iterator[Part]:
    """What it holds, as shares of it."""
    counts = {name: getattr(backlog, name) for name in KINDS}
    whole = sum(counts.values())
    start = 0.0
    for name, count in counts.items():
        if count:
            length = 100 * count / whole
            yield Part(name=name, start=f"{start:.2f}", length=f"{length:.2f}")
            start += length


def _facts(each: Process) -> Hashable:
    runs = ((run.pk, run.wish, run.done, run.total, run.message, run.lease_until) for run in each.runs)
    return (each.name, each.presence, each.heartbeat and each.heartbeat.seen_at, each.busy, tuple(runs))
