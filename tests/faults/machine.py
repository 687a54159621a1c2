"""Everybody who writes to a run, in an order that nobody thought of: a state machine over the real SQL.

Two workers with a connection each, whose batches are open while the others act; messages that come twice, a
server that forgets a claim, leases that end, a reaper, and a user. Beside the rows stands what they have to
say by the specification. MACHINE_EXAMPLES and MACHINE_STEPS make a longer search.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection, connections, transaction
from django.db.models.functions import Now
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jobs.exceptions import LeaseLost
from jobs.models.ending import Ending
from jobs.models.run import Run
from jobs.models.state import FINAL, TRANSITIONS, State, Wish
from tests.faults.expected import Attempt, Expected, Row
from tests.jobs.claimed import succeed_by_parent

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "60"))
STEPS = int(os.environ.get("MACHINE_STEPS", "30"))
PROFILE = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
# For a control: that there is a failure is enough, and which is the smallest does not matter.
HUNT = settings(
    PROFILE, max_examples=max(1_000, EXAMPLES), phases=[Phase.generate], report_multiple_bugs=False
)

MOST_HANDLES = 5
WORKERS = (0, 1)
ARROWS = {(each.source, each.target) for each in TRANSITIONS}
TABLE = "CREATE TABLE IF NOT EXISTS tests_machine (run uuid NOT NULL, item int NOT NULL)"
EMPTY = "DELETE FROM tests_machine; DELETE FROM jobs_attempt; DELETE FROM jobs_run"
EFFECT = "INSERT INTO tests_machine (run, item) SELECT %s, generate_series(%s::int, %s::int)"
LOOK = """
SELECT id, state, wish, attempt, failures, crashes, coalesce(cursor::int, 0), attended,
       finished_at IS NOT NULL, token, lease_until IS NOT NULL,
       array(SELECT item FROM tests_machine WHERE run = jobs_run.id ORDER BY item)
FROM jobs_run
"""

number = st.integers(min_value=0, max_value=7)  # of a run or an attempt, among those that there are
worker = st.sampled_from(WORKERS)


class Machine(RuleBasedStateMachine):
    most_runs = 3  # that are not over

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[Run, Expected] = {}
        self.attempts: list[Attempt] = []
        self.before: dict[Any, tuple[State, int]] = {}
        self.connections = {number: connection.copy() for number in WORKERS}
        _execute(TABLE)
        _execute(EMPTY)

    def teardown(self) -> None:
        for attempt in self.attempts:
            self._roll_back(attempt)
        for each in self.connections.values():
            each.close()
        _execute(EMPTY)

    # Callers and workers

    @initialize()
    def enqueue_the_first(self) -> None:
        self.enqueue(None)

    @precondition(lambda self: self._may_accept())
    @rule(parent=st.none() | number)
    def enqueue(self, parent: int | None) -> None:
        above = None if parent is None else self._run(parent)
        run = Run.objects.create(job="greet", parent=above)
        self.rows[run] = Expected(parent=self.rows[above] if above else None)

    @precondition(lambda self: len(self.attempts) < MOST_HANDLES)
    @rule(run=number, worker=worker, attended=st.sampled_from([False, False, False, True]))
    def deliver(self, run: int, worker: int, attended: bool) -> None:
        """A message, the first one or one more; the wait until it is due is over."""
        found = self._run(run)
        expected = self.rows[found]
        attempt = self._claim(found, worker, attended)
        assert (attempt is not None) == (expected.state == State.QUEUED)
        if attempt is not None:
            self.attempts.append(attempt)
            assert (attempt.run.attempt, attempt.cursor) == (expected.attempt + 1, expected.cursor)
            expected.state, expected.owner, expected.is_attended = State.RUNNING, attempt, attended
            expected.attempt += 1

    @precondition(lambda self: len(self.attempts) < MOST_HANDLES)
    @rule(run=number, worker=worker)
    def deliver_and_forget(self, run: int, worker: int) -> None:
        """The server loses its last commits, as it may with a claim: the worker does not know."""
        with transaction.atomic():
            attempt = self._claim(self._run(run), worker, False, on_its_own=False)
            transaction.set_rollback(True)
        if attempt is not None:
            self.attempts.append(attempt)

    @precondition(lambda self: self.attempts)
    @rule(attempt=number, size=st.integers(min_value=1, max_value=3))
    def begin_batch(self, attempt: int, size: int) -> None:
        found = self._attempt(attempt)
        if any(each.batch for each in self.attempts if each.worker == found.worker):
            return
        with self._as(found.worker):
            found.batch, found.size = self.batch(), size
            found.batch.__enter__()
            _execute(EFFECT, [found.run.pk, found.cursor, found.cursor + size - 1])

    def batch(self) -> Any:
        """What holds the effects and the checkpoint together."""
        return transaction.atomic()

    @precondition(lambda self: any(each.batch for each in self.attempts))
    @rule(attempt=number, meanwhile=st.sampled_from(["", "reap", "renew"]))
    def end_batch(self, attempt: int, meanwhile: str) -> None:
        """Write the checkpoint and commit; who comes between the two must leave the locked row alone."""
        open_ = [each for each in self.attempts if each.batch]
        found = open_[attempt % len(open_)]
        expected = self.rows[found.run]
        cursor = found.cursor + found.size
        try:
            with self._as(found.worker):
                values = {"counters": {}, "done": cursor, "total": None, "message": ""}
                found.heard = found.run.checkpoint(cursor=cursor, **values)
            if meanwhile and expected.owner is found:
                expected.is_over = False
                self._reap() if meanwhile == "reap" else self._renew(1 - found.worker)
            self._close(found)
        except LeaseLost as lost:
            self._close(found, lost)
            assert expected.owner is not found, "the owner may write"
            return
        assert expected.owner is found, "nobody but the owner may write"
        found.cursor = expected.cursor = cursor
        assert found.heard == expected.wish
        expected.crashes, expected.is_over = 0, False

    @precondition(lambda self: self.attempts)
    @rule(attempt=number)
    def report(self, attempt: int) -> None:
        found = self._attempt(attempt)
        if found.batch:
            return
        expected = self.rows[found.run]
        try:
            found.heard = found.run.report(done=found.cursor, total=None, message="", log=None)
        except LeaseLost:
            assert expected.owner is not found, "the owner may write"
            return
        assert expected.owner is found, "nobody but the owner may write"
        assert found.heard == expected.wish
        expected.is_over = False

    @precondition(lambda self: self.attempts)
    @rule(
        attempt=number,
        how=st.sampled_from(
            ["succeeded", "handed over", "failed", "retried", "yielded", "cut off", "obeyed"]
        ),
        stays=st.booleans(),
    )
    def end(self, attempt: int, how: str, stays: bool) -> None:
        """Write how it ended; a worker that has lost its answer may do it once more."""
        found = self._attempt(attempt)
        self._roll_back(found)
        expected, ending = self.rows[found.run], _ending(how, found)
        try:
            succeed_by_parent(found.run, ending) if how == "handed over" else found.run.finish(ending)
        except LeaseLost:
            assert expected.owner is not found, "the owner may write"
        else:
            assert expected.owner is found, "nobody but the owner may write"
            expected.failures += ending.failed
            expected.crashes += ending.crashed
            expected.leave(self._next(expected, ending.state, found.run))
        if not stays:
            self.attempts.remove(found)

    @precondition(lambda self: self.attempts)
    @rule(attempt=number)
    def die(self, attempt: int) -> None:
        found = self._attempt(attempt)
        self._roll_back(found)
        self.attempts.remove(found)

    # Leases

    @rule(run=number)
    def lease_ends(self, run: int) -> None:
        found = self._run(run)
        Run.objects.filter(pk=found.pk, state=State.RUNNING).update(lease_until=Now() - timedelta(seconds=1))
        self.rows[found].is_over = self.rows[found].state == State.RUNNING

    @precondition(lambda self: self.attempts)
    @rule(worker=worker)
    def renew(self, worker: int) -> None:
        self._renew(worker)

    def _renew(self, worker: int) -> None:
        ids = [str(each.run.pk) for each in self.attempts if each.worker == worker]
        renewed = Run.objects.renew(ids, worker=str(worker))
        for each in renewed:
            assert each.must_die == (each.wish == Wish.KILL)
        for run, expected in self.rows.items():
            if run.pk in {each.run for each in renewed}:
                assert expected.state == State.RUNNING
                expected.is_over = False

    @precondition(lambda self: any(each.state == State.RUNNING for each in self.rows.values()))
    @rule()
    def reap(self) -> None:
        self._reap()

    def _reap(self) -> None:
        dead = [each for each in self.rows.values() if each.state == State.RUNNING and each.is_over]
        assert Run.objects.reap() == len(dead)
        self._crash(*dead)

    @rule(run=number, worker=worker)
    def lose(self, run: int, worker: int) -> None:
        found = self._run(run)
        expected = self.rows[found]
        is_its = expected.owner is not None and expected.owner.worker == worker
        assert Run.objects.lose([str(found.pk)], worker=str(worker)) == is_its
        if is_its:
            self._crash(expected)

    # The user

    @rule(run=number, wish=st.sampled_from([Wish.PAUSE, Wish.CANCEL, Wish.KILL]))
    def ask(self, run: int, wish: Wish) -> None:
        found = self._run(run)
        getattr(Run.objects.filter(pk=found.pk), wish.value)()
        for each in self._family(self.rows[found]):
            each.ask(wish)

    @rule(run=number)
    def resume(self, run: int) -> None:
        found = self._run(run)
        Run.objects.filter(pk=found.pk).resume()
        for each in self._family(self.rows[found]):
            if each.state == State.PAUSED:
                each.crashes, each.is_attended = 0, False
                each.leave(State.QUEUED)
            elif each.state == State.RUNNING and each.wish == Wish.PAUSE:
                each.wish = Wish.NONE

    # What has to hold after each step

    @invariant()
    def all_is_well(self) -> None:
        for row in _execute(LOOK):
            seen = Row(*row)
            self._says_what_it_should(seen)
            self._has_each_effect_once(seen)
            self._can_be_written_by_one(seen)
            self._follows_the_arrows(seen)

    def _says_what_it_should(self, row: "Row") -> None:
        expected = self.rows[Run(pk=row.pk)]
        assert (row.state, row.wish, row.attempt) == (expected.state, expected.wish, expected.attempt)
        assert (row.failures, row.crashes) == (expected.failures, expected.crashes)
        assert (row.cursor, row.is_attended) == (expected.cursor, expected.is_attended)
        assert row.is_finished == (row.state in FINAL)

    def _has_each_effect_once(self, row: "Row") -> None:
        assert row.effects == list(range(row.cursor)), f"at {row.cursor}, the effects are {row.effects}"

    def _can_be_written_by_one(self, row: "Row") -> None:
        valid = [each for each in self.attempts if each.run.pk == row.pk and each.run.token == row.token]
        assert len(valid) <= 1
        assert (row.state == State.RUNNING) == (row.token is not None) == row.has_lease

    def _follows_the_arrows(self, row: "Row") -> None:
        state = State(row.state)
        was, attempt = self.before.get(row.pk, (state, 0))
        assert row.attempt >= attempt
        assert was == state or (was, state) in ARROWS
        self.before[row.pk] = (state, row.attempt)

    # Helpers

    def _claim(self, run: Run, worker: int, attended: bool, *, on_its_own: bool = True) -> Attempt | None:
        with self._as(worker if on_its_own and not self._is_busy(worker) else None):
            Run.objects.filter(pk=run.pk).update(not_before=Now())
            claimed = Run.objects.claim(run.pk, worker=str(worker), jobs=["greet"], attended=attended)
        return claimed and Attempt(run=claimed, worker=worker, cursor=claimed.cursor or 0)

    def _next(self, expected: Expected, state: State, run: Run) -> State:
        if state in FINAL:
            return state
        if expected.wish in (Wish.CANCEL, Wish.KILL):
            return State.CANCELLED
        if state == State.PAUSED and expected.wish == Wish.NONE:
            assert run.state in (State.PAUSED, State.QUEUED)
            return State(run.state)  # resumed just as it stopped
        return State.PAUSED if expected.wish == Wish.PAUSE else state

    def _may_accept(self) -> bool:
        return sum(each.state not in FINAL for each in self.rows.values()) < self.most_runs

    def _family(self, above: Expected) -> list[Expected]:
        return [each for each in self.rows.values() if each.is_below(above)]

    def _crash(self, *dead: Expected) -> None:
        """Children that came after their parent was asked to stop are cancelled with it."""
        for each in dead:
            each.crash()
        for each in dead:
            if each.state == State.CANCELLED:
                for child in self._family(each):
                    child.ask(Wish.CANCEL)

    def _run(self, number: int) -> Run:
        return list(self.rows)[number % len(self.rows)]

    def _attempt(self, number: int) -> Attempt:
        return self.attempts[number % len(self.attempts)]

    def _is_busy(self, worker: int) -> bool:
        return any(each.batch for each in self.attempts if each.worker == worker)

    @contextmanager
    def _as(self, worker: int | None) -> Iterator[None]:
        """On that worker's connection."""
        mine = connections["default"]
        connections["default"] = mine if worker is None else self.connections[worker]
        try:
            yield
        finally:
            connections["default"] = mine

    def _roll_back(self, attempt: Attempt) -> None:
        if attempt.batch:
            self._close(attempt, InterruptedError("its process died"))

    def _close(self, attempt: Attempt, error: BaseException | None = None) -> None:
        with self._as(attempt.worker):
            batch, attempt.batch = attempt.batch, None
            batch.__exit__(error and type(error), error, None)


def _ending(how: str, attempt: Attempt) -> Ending:
    again: dict[str, Any] = {"outcome": how, "wait": timedelta(0)}
    if how == "obeyed" and attempt.heard == Wish.NONE:
        how = "yielded"
    return {
        "succeeded": Ending(state=State.SUCCEEDED, result=1),
        "handed over": Ending(state=State.SUCCEEDED, result=1),
        "failed": Ending(state=State.FAILED, failed=True, error="x"),
        "retried": Ending(state=State.QUEUED, failed=True, **again),
        "yielded": Ending(state=State.QUEUED, **again),
        "cut off": Ending(state=State.QUEUED, crashed=True, **again),
        "obeyed": Ending(state=State.PAUSED if attempt.heard == Wish.PAUSE else State.CANCELLED),
    }[how]


def _execute(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
