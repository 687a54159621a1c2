"""The smallest job."""

from jobs.services.greetings import greet


def test_somebody_is_greeted_as_often_as_asked() -> None:
    assert greet("Bob", 2) == ["Hello, Bob!", "Hello, Bob!"]
