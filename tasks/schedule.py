"""Beat: one of many keeps the schedules, whatever was seeded from the catalog and edited by people."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from celery import beat
from django.db import Error, InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from jobs import catalog
from jobs.exceptions import UnknownJob
from jobs.job import Job
from jobs.models.heartbeat import Heartbeat
from jobs.models.slot import Outcome
from tasks.leader import Leadership
from tasks.ledger import disable, keep
from tasks.missed import Policy, Verdict, WrongPolicy, policy_of, sort_out
from tasks.plan import all_schedules
from tasks.slots import beginning, newest, slots

log = logging.getLogger(__name__)

LEADER, STAND_IN = "beat", "beat, standing in"  # heartbeats
AGAIN_AFTER = 1.0  # seconds until one that is not the leader, or has no database, looks again
SHORTEST = 0.01  # seconds between two looks
AT_ONCE = 100  # slots of one schedule that are written down after a time without beat


class Scheduler(beat.Scheduler):
    """Writes a slot and its run for each time that a schedule is due; the broker need not be there."""

    producer = None  # the stock property would wait for the broker

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._leadership = Leadership()
        self._shapes: dict[int, tuple[object, ...]] = {}
        self._looked_at = timezone.now()
        self._complaints: dict[int, str] = {}
        self._is_away = False
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """The schedules are in the database."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Keep what is due; the seconds until the next look. Whatever happens, beat lives on."""
        try:
            close_old_connections()
            wait = self._look()
        except Error as error:
            if not self._is_away:
                log.warning("The database cannot be reached, schedules wait for it: %s", error)
            self._is_away = True
            return AGAIN_AFTER
        if self._is_away:
            log.warning("The database is back, schedules go on")
        self._is_away = False
        return wait

    def close(self) -> None:
        if self._leadership.is_held:
            # Before the lock is free: the next leader's heartbeat must come after this farewell.
            with suppress(Error):
                Heartbeat.objects.end(LEADER)
        self._leadership.release()
        super().close()

    def _look(self) -> float:
        if not self._is_up_to_me():
            self._shapes.clear()
            return AGAIN_AFTER
        now = timezone.now()
        # Read anew each time: an update of a query set tells nobody.
        waits = [self._visit(schedule, now) for schedule in all_schedules()]
        self._looked_at = now
        return max(SHORTEST, min(waits, default=self.max_interval))

    def _is_up_to_me(self) -> bool:
        if self._leadership.is_mine():
            Heartbeat.objects.beat("beat", LEADER)
            return True
        if Heartbeat.objects.fresh("beat").filter(name=LEADER).exists():
            return False
        # A leader that hangs, or whose machine is gone, has its lock still. Should it come back in the midst
        # of this, no slot is written twice.
        Heartbeat.objects.beat("beat", STAND_IN)
        return True

    def _visit(self, schedule: PeriodicTask, now: datetime) -> float:
        """Keep what is due of one schedule, whose mistakes are not to stop the others."""
        try:
            self._begin_anew(schedule)
            if schedule.enabled:
                self._keep_due(schedule, now)
            wait = self._until_next(schedule, now)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            self._complain(schedule, str(error) or type(error).__name__)
            return float(self.max_interval)
        return wait

    def _begin_anew(self, schedule: PeriodicTask) -> None:
        """One that was edited or enabled since the last look has its first slot after that look."""
        shape = (schedule.enabled, str(schedule.scheduler), schedule.start_time)
        is_new = self._shapes.get(schedule.pk, shape) != shape and schedule.enabled and not schedule.clocked
        if is_new and beginning(schedule) < self._looked_at:
            PeriodicTask.objects.filter(pk=schedule.pk).update(last_run_at=self._looked_at)
            schedule.last_run_at = self._looked_at
        self._shapes[schedule.pk] = shape

    def _keep_due(self, schedule: PeriodicTask, now: datetime) -> None:
        if schedule.expires and schedule.expires <= now:
            disable(schedule, "it has expired")
            return
        due, others = newest(schedule, now, at_most=AT_ONCE)
        if not due:
            return
        try:
            policy = self._policy(schedule, catalog.get(schedule.task))
        except UnknownJob as unknown:
            keep(schedule, Verdict(due[-1], Outcome.REFUSED, str(unknown)))
            disable(schedule, str(unknown))
            return
        if others:
            log.warning("Schedule %s: slots before %s are passed over", schedule.name, due[0].isoformat())
        expire_after = timedelta(seconds=schedule.expire_seconds) if schedule.expire_seconds else None
        for verdict in sort_out(due, now, policy, expire_after=expire_after):
            keep(schedule, verdict)

    def _policy(self, schedule: PeriodicTask, job: Job) -> Policy:
        try:
            return policy_of(schedule, job)
        except WrongPolicy as wrong:
            self._complain(schedule, str(wrong))
            return Policy(missed=job.missed)

    def _until_next(self, schedule: PeriodicTask, now: datetime) -> float:
        longest = float(self.max_interval)
        coming = next(slots(schedule, now, now + timedelta(seconds=longest)), None)
        return (coming - timezone.now()).total_seconds() if coming else longest

    def _complain(self, schedule: PeriodicTask, sentence: str) -> None:
        """Once, not at every look."""
        if self._complaints.get(schedule.pk) != sentence:
            log.error("Schedule %s is left out: %s", schedule.name, sentence)
        self._complaints[schedule.pk] = sentence
