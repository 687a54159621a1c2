"""Whether the broker answers."""

from jobs.services import health
from jobs.services.diagnosis import Level
from tasks.broker import ask_broker
from tests.away import no_broker


def test_a_broker_that_answers_says_how_fast() -> None:
    found = ask_broker()

    assert (found.level, found.figure.split()[0]) == (Level.OK, "answers")


def test_one_that_does_not_is_a_sentence_without_its_address() -> None:
    with no_broker():
        found = ask_broker()

    assert found.level is Level.FAIL
    assert "hidden" not in found.advice
    assert "127.0.0.1" not in found.advice


def test_the_job_asks_it() -> None:
    assert health.ask_broker is ask_broker
