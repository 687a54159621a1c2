"""What one may ask of runs, and what became of it: `ask(PAUSE, runs)` answers for each with a sentence."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.conf import settings

from jobs.models.run import Run
from jobs.models.run_queryset import RunQuerySet
from jobs.models.state import State, Wish
from jobs.wording import phase


@dataclass(frozen=True, kw_only=True)
class Verb:
    """`says` has the sentence for each state that it can lead to; a running one has one of `wishes` then."""

    name: str
    act: Callable[[RunQuerySet], int]
    wishes: frozenset[Wish]
    says: Mapping[State, str]

    def is_granted(self, run: Run) -> bool:
        return run.state in self.says and (run.state != State.RUNNING or run.wish in self.wishes)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`is_granted`: the run is as it was asked to be, or will be."""

    run: Run
    sentence: str
    is_granted: bool


PAUSE = Verb(
    name="pause",
    act=RunQuerySet.pause,
    wishes=frozenset({Wish.PAUSE}),
    says={State.PAUSED: "paused", State.RUNNING: "asked to pause: it stops at its next checkpoint"},
)
RESUME = Verb(
    name="resume",
    act=RunQuerySet.resume,
    wishes=frozenset({Wish.NONE}),
    says={
        State.QUEUED: "queued again: a worker goes on with it where it stopped",
        State.RUNNING: "goes on: it is no longer asked to pause",
    },
)
CANCEL = Verb(
    name="cancel",
    act=RunQuerySet.cancel,
    wishes=frozenset({Wish.CANCEL, Wish.KILL}),
    says={
        State.CANCELLED: "cancelled",
        State.RUNNING: "asked to cancel: it stops at its next checkpoint, or is killed in {grace:g} s",
    },
)
KILL = Verb(
    name="kill",
    act=RunQuerySet.kill,
    wishes=frozenset({Wish.KILL}),
    says={
        State.CANCELLED: "cancelled",
        State.RUNNING: "asked to be killed: its worker ends its process within seconds",
    },
)
VERBS = {verb.name: verb for verb in (PAUSE, RESUME, CANCEL, KILL)}


def ask(verb: Verb, runs: Collection[Run]) -> list[Answer]:
    """One statement for all of them and whatever is below them; an answer for each that was named."""
    keys = [run.pk for run in runs]
    verb.act(Run.objects.filter(pk__in=keys))
    after = Run.objects.defer("result", "parameters", "cursor").in_bulk(keys)
    return [_answer(verb, run, after[run.pk]) for run in runs if run.pk in after]


def _answer(verb: Verb, before: Run, after: Run) -> Answer:
    is_granted = verb.is_granted(after)
    if is_granted and (before.state, before.wish) != (after.state, after.wish):
        sentence = verb.says[State(after.state)].format(grace=settings.CANCEL_GRACE.total_seconds())
    else:
        sentence = f"already {phase(after)}: nothing to do"
    return Answer(run=after, sentence=sentence, is_granted=is_granted)
