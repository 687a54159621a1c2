import pytest

from jobs.models.state import ACTIVE, FINAL, TRANSITIONS, State, Transition, Wish, sources


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda each: f"{each.source}-{each.target}")
def test_each_arrow_has_a_reason(transition: Transition):
    assert len(transition.reason.split()) >= 3


def test_each_arrow_is_drawn_once():
    arrows = [(each.source, each.target) for each in TRANSITIONS]

    assert len(arrows) == len(set(arrows))


def test_final_states_have_no_way_out():
    assert {State.SUCCEEDED, State.FAILED, State.CANCELLED} == FINAL
    assert not {each.source for each in TRANSITIONS} & FINAL


def test_a_state_is_either_active_or_final():
    assert set(State) == ACTIVE | FINAL
    assert not ACTIVE & FINAL


def test_every_state_is_reached_from_the_first():
    reached = {State.QUEUED}
    for _ in State:
        reached |= {each.target for each in TRANSITIONS if each.source in reached}

    assert reached == set(State)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (State.RUNNING, {State.QUEUED}),
        (State.QUEUED, {State.PAUSED, State.RUNNING}),
        (State.PAUSED, {State.QUEUED, State.RUNNING}),
        (State.SUCCEEDED, {State.RUNNING}),
        (State.FAILED, {State.RUNNING}),
        (State.CANCELLED, {State.QUEUED, State.PAUSED, State.RUNNING}),
    ],
)
def test_where_one_may_come_from(target: State, expected: set[State]):
    assert set(sources(target)) == expected


def test_what_is_paused_is_not_over():
    assert {State.QUEUED, State.RUNNING, State.PAUSED} == ACTIVE


def test_no_wish_is_no_word():
    assert not Wish.NONE
    assert {Wish.PAUSE, Wish.CANCEL, Wish.KILL} == {wish for wish in Wish if wish}
