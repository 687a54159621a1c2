"""The field offers words that it understands."""

from django.contrib.auth.models import User

from console.run_filter import parse
from console.run_suggestions import suggestions


def test_every_whole_word_that_is_offered_means_something(reader: User) -> None:
    offered = suggestions(parse("", reader), reader)

    assert {word: parse(word, reader).problems for word in offered if not word.endswith(":")} == {
        word: () for word in offered if not word.endswith(":")
    }


def test_every_name_that_is_offered_takes_a_value(reader: User) -> None:
    names = [word for word in suggestions(parse("", reader), reader) if word.endswith(":")]

    said = [problem for name in names for problem in parse(f"{name}1234", reader).problems]

    assert [problem for problem in said if "nothing called" in problem] == []


def test_parameters_are_those_of_the_chosen_job(reader: User) -> None:
    assert suggestions(parse("job:greet", reader), reader)[:2] == ["name:", "times:"]
    assert "path:" not in suggestions(parse("job:greet", reader), reader)
    assert "path:" in suggestions(parse("", reader), reader)
