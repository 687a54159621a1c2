"""The source of a job on its page."""

from console.source import highlighted, source_of
from jobs.catalog import GREET
from jobs.job import Job


def test_the_function_stands_there_with_its_file_and_its_lines() -> None:
    source = source_of(GREET)

    assert source
    assert source.file == "jobs/services/greetings.py"
    assert f'<span class="linenos">{source.line}</span><span class="k">def</span>' in source.code


def test_what_was_never_written_down_has_no_source() -> None:
    made: dict[str, object] = {}
    exec("def typed_in():\n    '''Nowhere.'''", made)

    assert source_of(Job(function=made["typed_in"])) is None  # type: ignore[arg-type]


def test_markup_in_code_is_text() -> None:
    code = highlighted("x = '<script>alert(1)</script>'", "python")

    assert "<script" not in code
    assert "style=" not in code


def test_an_unknown_language_is_plain() -> None:
    assert "a &lt; b" in highlighted("a < b", "no-such-language")
