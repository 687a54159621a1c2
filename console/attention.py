"""What needs a person: each thing one sentence, with the place where one does something about it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from console.failures import Failures, unseen_failures
from console.links import runs_url
from console.presentation import duration_words, job_title
from console.running import Running
from jobs.models.heartbeat import Heartbeat
from jobs.models.queue import Queue
from jobs.models.slot import Outcome
from jobs.services.diagnosis import Level
from jobs.services.health import MAX_WAIT, STARTS, start_worker
from tasks.plan import Plan

Waiting = Mapping[str, tuple[int, timedelta]]
SHOWN = 6  # at once; the others open
UNKEPT = (Outcome.MISSED, Outcome.REFUSED)


@dataclass(frozen=True, kw_only=True)
class Concern:
    """`sentence` says what is wrong, `advice` what to do or why, with a `command`; `url` leads to where.

    `since` is when it happened, or the last of so many times.
    """

    level: Level
    sentence: str
    advice: str = ""
    command: str = ""
    url: str
    action: str
    since: datetime | None = None
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class Attention:
    """The worst comes first; `failures` are what a person may say to have seen."""

    concerns: list[Concern]
    failures: list[Failures]

    @property
    def first(self) -> list[Concern]:
        return self.concerns[:SHOWN]

    @property
    def others(self) -> list[Concern]:
        return self.concerns[SHOWN:]


def attention(running: Iterable[Running], plans: Iterable[Plan], waiting: Waiting) -> Attention:
    """With three queries of its own."""
    now = timezone.now()
    alive = list(Heartbeat.objects.fresh("worker") | Heartbeat.objects.fresh("beat"))
    kinds = {each.kind for each in alive}
    paused, failures = set(Queue.objects.paused()), unseen_failures()
    free = {name: each for name, each in waiting.items() if name not in paused}
    found = [
        *_silent(kinds),
        *_paused(waiting, paused),
        *(_waiting(free, alive) if "worker" in kinds else ()),
        *_schedules(plans, now, has_beat="beat" in kinds),
        *_running(running, now),
        *map(_failed, failures),
    ]
    worst_first = sorted(found, key=lambda each: each.level is not Level.FAIL)
    return Attention(concerns=worst_first, failures=failures)


def _silent(alive: Collection[str]) -> Iterator[Concern]:
    for kind, effect in (("worker", "Nothing begins"), ("beat", "No schedule is kept")):
        if kind not in alive:
            yield Concern(
                level=Level.FAIL,
                sentence=f"{effect}: no {kind} was heard from.",
                advice="Start one with",
                command=STARTS[kind],
                url=reverse("queues"),
                action="To the queues",
            )


def _paused(waiting: Waiting, paused: Collection[str]) -> Iterator[Concern]:
    for name in sorted(paused):
        count, _ = waiting.get(name, (0, timedelta(0)))
        effect = f"{_runs(count)} wait in it" if count > 1 else "Nothing of it begins"
        yield Concern(
            level=Level.WARN,
            sentence=f"The queue “{name}” is paused.",
            advice=f"{effect} until somebody resumes it.",
            url=reverse("queues"),
            action="To the queues",
        )


def _waiting(waiting: Waiting, alive: Collection[Heartbeat]) -> Iterator[Concern]:
    for name, (count, longest) in sorted(waiting.items()):
        verb = "wait" if count > 1 else "waits"
        if not any(each.serves(name) for each in alive):
            level, sentence = (
                Level.FAIL,
                f"No worker takes the queue “{name}”, in which {_runs(count)} {verb}.",
            )
            advice, command = "Start one with", start_worker([name])
        elif longest > MAX_WAIT:
            level, wait = Level.WARN, duration_words(longest)
            sentence = f"{_runs(count)} of the queue “{name}” {verb}, the first for {wait}."
            advice, command = "Start more workers for it.", ""
        else:
            continue
        url, action = reverse("queues"), "To the queues"
        yield Concern(level=level, sentence=sentence, advice=advice, command=command, url=url, action=action)


def _schedules(plans: Iterable[Plan], now: datetime, *, has_beat: bool) -> Iterator[Concern]:
    for plan in plans:
        overdue = plan.overdue(now)
        if overdue and has_beat:
            sentence = f"{_schedule(plan)} was due {_clock(overdue)}, and has not begun."
            advice = "Beat passes it over; its log says why."
        elif plan.schedule.enabled and plan.last and plan.last.outcome in UNKEPT:
            slot = _clock(plan.last.planned_for.astimezone(plan.zone))
            sentence = f"{_schedule(plan)} did not run {slot}."
            advice = f"{plan.last.reason.rstrip('.')}."
        else:
            continue
        url = reverse("schedule", args=[plan.schedule.pk])
        yield Concern(level=Level.WARN, sentence=sentence, advice=advice, url=url, action="To the schedule")


def _running(running: Iterable[Running], now: datetime) -> Iterator[Concern]:
    for each in running:
        if each.is_lost(now):
            sentence = f"{job_title(each.run.job)} runs on a worker that is silent."
            advice = "Any worker that lives takes the run back."
        elif each.is_stuck(now) and each.usual:
            sentence = f"{job_title(each.run.job)} has been running for {duration_words(each.run.duration)}."
            advice = f"It rarely takes longer than {duration_words(each.usual)}."
        else:
            continue
        url = reverse("run", args=[each.run.pk])
        yield Concern(level=Level.WARN, sentence=sentence, advice=advice, url=url, action="Look at the run")


def _failed(failures: Failures) -> Concern:
    is_one = failures.count == 1
    times = "" if is_one else f" {failures.count:,} times"
    listed = runs_url(job=failures.job, state="failed")
    since = "; it has succeeded since" if failures.last.mended_on else ""
    return Concern(
        level=Level.WARN if failures.last.mended_on else Level.FAIL,
        sentence=f"{failures.title} failed{times}{since}.",
        advice=failures.error,
        url=reverse("run", args=[failures.last.pk]) if is_one else listed,
        action="Look at the run" if is_one else "Look at the runs",
        since=failures.last.finished_at,
        times=failures.count,
    )


def _schedule(plan: Plan) -> str:
    return job_title(plan.job) if plan.name == plan.job else f"The schedule “{plan.name}”"


def _clock(moment: datetime) -> str:
    return f"on {moment.day} {moment:%B at %H:%M} ({moment.tzinfo})"


def _runs(count: int) -> str:
    return f"{count:,} runs" if count > 1 else "1 run"
