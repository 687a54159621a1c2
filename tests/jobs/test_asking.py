"""What one may ask of runs, and what became of it."""

import pytest

from jobs.asking import CANCEL, KILL, PAUSE, RESUME, VERBS, Verb, ask
from jobs.models import Run
from jobs.models.state import FINAL, State, Wish

pytestmark = pytest.mark.django_db

NOTHING = "nothing to do"


@pytest.mark.parametrize(
    ("verb", "state", "wish", "said", "after"),
    [
        (PAUSE, State.QUEUED, "", "paused", (State.PAUSED, "")),
        (
            PAUSE,
            State.RUNNING,
            "",
            "asked to pause: it stops at its next checkpoint",
            (State.RUNNING, "pause"),
        ),
        (PAUSE, State.RUNNING, "pause", f"already pausing: {NOTHING}", (State.RUNNING, "pause")),
        (PAUSE, State.PAUSED, "", f"already paused: {NOTHING}", (State.PAUSED, "")),
        (
            RESUME,
            State.PAUSED,
            "",
            "queued again: a worker goes on with it where it stopped",
            (State.QUEUED, ""),
        ),
        (RESUME, State.RUNNING, "pause", "goes on: it is no longer asked to pause", (State.RUNNING, "")),
        (RESUME, State.QUEUED, "", f"already queued: {NOTHING}", (State.QUEUED, "")),
        (RESUME, State.RUNNING, "", f"already running: {NOTHING}", (State.RUNNING, "")),
        (CANCEL, State.QUEUED, "", "cancelled", (State.CANCELLED, "")),
        (CANCEL, State.PAUSED, "", "cancelled", (State.CANCELLED, "")),
        (CANCEL, State.RUNNING, "kill", f"already being killed: {NOTHING}", (State.RUNNING, "kill")),
        (KILL, State.QUEUED, "", "cancelled", (State.CANCELLED, "")),
        (
            KILL,
            State.RUNNING,
            "cancel",
            "asked to be killed: its worker ends its process within seconds",
            (State.RUNNING, "kill"),
        ),
    ],
)
def test_what_was_granted_is_said(
    verb: Verb, state: State, wish: str, said: str, after: tuple[State, str]
) -> None:
    run = Run.objects.create(job="greet", state=state, wish=wish)

    (answer,) = ask(verb, [run])

    assert (answer.is_granted, answer.sentence) == (True, said)
    assert (answer.run.state, answer.run.wish) == after


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
@pytest.mark.parametrize("state", sorted(FINAL))
def test_what_is_over_is_left_alone(verb: Verb, state: State) -> None:
    run = Run.objects.create(job="greet", state=state)

    (answer,) = ask(verb, [run])

    # A cancel of what was cancelled has what it wants.
    assert answer.is_granted == (state == State.CANCELLED and verb in (CANCEL, KILL))
    assert answer.sentence == f"already {state}: {NOTHING}"


@pytest.mark.parametrize("verb", [PAUSE, RESUME], ids=lambda verb: verb.name)
def test_a_cancel_is_not_taken_back(verb: Verb) -> None:
    run = Run.objects.create(job="greet", state=State.RUNNING, wish=Wish.CANCEL)

    (answer,) = ask(verb, [run])

    assert (answer.is_granted, answer.sentence) == (False, f"already cancelling: {NOTHING}")


def test_a_cancel_says_after_how_long_it_becomes_a_kill(settings: object) -> None:
    (answer,) = ask(CANCEL, [Run.objects.create(job="greet", state=State.RUNNING)])

    assert answer.sentence.endswith("or is killed in 30 s")


def test_the_runs_below_are_asked_too() -> None:
    parent = Run.objects.create(job="greet", state=State.RUNNING)
    child = Run.objects.create(job="greet", parent=parent)

    (answer,) = ask(PAUSE, [parent])

    child.refresh_from_db()
    assert (answer.run, child.state) == (parent, State.PAUSED)


def test_many_are_asked_with_two_statements(django_assert_num_queries: object) -> None:
    runs = [Run.objects.create(job="greet") for _ in range(10)]

    with django_assert_num_queries(3):  # type: ignore[operator]
        answers = ask(CANCEL, runs)

    assert len(answers) == 10
