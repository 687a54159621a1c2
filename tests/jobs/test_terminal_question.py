"""What a person at a terminal is asked."""

import io
import sys

import pytest
from django.core.management import call_command

from jobs.models import Product, Run
from jobs.outcome import WrongUsage

pytestmark = pytest.mark.django_db

COMMAND = ("bulk_update_prices", "--percentage", "10")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def product() -> Product:
    return Product.objects.create(sku="1", name="x", price=10)


def answered(monkeypatch: pytest.MonkeyPatch, answer: str, *options: str) -> str:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    call_command(*COMMAND, *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
def test_a_risky_job_is_run_after_a_yes(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    said = answered(monkeypatch, answer)

    assert "bulk_update_prices is about to run for real: 1 changed. Go on? [y/N] " in said
    assert Product.objects.get().price == 11


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yesterday\n"])
def test_after_anything_else_nothing_was_started(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    with pytest.raises(WrongUsage, match="Nothing was started"):
        answered(monkeypatch, answer)

    assert not Run.objects.exists()


@pytest.mark.parametrize("option", ["--no-input", "--dry-run"])
def test_who_wants_no_question_or_only_a_preview_gets_none(
    monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    assert "Go on?" not in answered(monkeypatch, "", option)


def test_a_job_that_is_not_risky_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    call_command("greet", "World", verbosity=0)

    assert Run.objects.count() == 1


def test_a_script_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    call_command(*COMMAND, verbosity=0)

    assert Product.objects.get().price == 11


def test_what_cannot_be_counted_is_told_by_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Exception, match="There are no products with a category"):
        answered(monkeypatch, "y\n", "--category", "Nothing")
