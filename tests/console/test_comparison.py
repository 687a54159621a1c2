"""A run beside the one before it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from console.comparison import LONGEST, Comparison, compare, previous
from jobs.models import Run
from jobs.models.state import State
from jobs.secret import MARK
from tests.console.conftest import MakeRun

pytestmark = pytest.mark.django_db


def previous_of(run: Run) -> Any:
    return Run.objects.annotate(previous=previous()).get(pk=run.pk).previous


def rows(comparison: Comparison) -> dict[str, tuple[str, str, str]]:
    return {row.name: (row.before, row.now, row.change) for row in comparison.figures}


def test_the_run_before_is_of_the_same_job_over_and_as_serious(make_run: MakeRun) -> None:
    real, preview = {"name": "x"}, {"dry_run": True}
    wanted = {
        "real": make_run(State.FAILED, parameters=real),
        "preview": make_run(State.SUCCEEDED, parameters=preview),
    }
    make_run(State.SUCCEEDED, job="other", parameters=real)
    make_run(State.RUNNING, parameters=real)

    last = make_run(State.SUCCEEDED, parameters=preview)
    found = {"real": make_run(State.SUCCEEDED, parameters=real), "preview": last}

    assert {name: previous_of(run) for name, run in found.items()} == {
        name: run.pk for name, run in wanted.items()
    }


def test_what_is_not_over_is_compared_with_nothing(make_run: MakeRun) -> None:
    make_run(State.SUCCEEDED)

    assert previous_of(make_run(State.RUNNING)) is None


def test_parameters_that_differ_are_listed_without_their_secrets(make_run: MakeRun, settings: Any) -> None:
    uploads = Path(settings.UPLOADS)
    shared = {"same": 1, "key": {MARK: "a"}, "path": str(uploads / "1" / "a.csv"), "size": 1_000}
    other = make_run(State.SUCCEEDED, parameters={**shared, "gone": [1]})
    changed = {"key": {MARK: "b"}, "path": str(uploads / "2" / "a.csv"), "size": 2_000, "new": True}
    run = make_run(State.SUCCEEDED, parameters={**shared, **changed})

    found = compare(run, other).parameters

    assert {(row.name, row.before, row.now, row.change) for row in found} == {
        ("path", "a.csv", "a.csv", "another file"),
        ("size", "1,000", "2,000", ""),
        ("gone", "[1]", "–", ""),
        ("new", "–", "yes", ""),
    }


def test_a_list_that_differs_tells_no_place_on_the_server_and_is_cut(
    make_run: MakeRun, settings: Any
) -> None:
    paths = [str(Path(settings.UPLOADS) / "1" / f"{number}.csv") for number in range(100)]
    other = make_run(State.SUCCEEDED, parameters={"paths": paths[:1]})
    run = make_run(State.SUCCEEDED, parameters={"paths": paths})

    [row] = compare(run, other).parameters

    assert row.before == '["0.csv"]'
    assert row.now.startswith('["0.csv", "1.csv"')
    assert len(row.now) == LONGEST


def test_figures_are_compared_at_every_depth(make_run: MakeRun) -> None:
    now = timezone.now()
    other = make_run(
        State.SUCCEEDED,
        started_at=now,
        finished_at=now + timedelta(seconds=30),
        result={"a": 5, "b": {"c": 1}},
    )
    run = make_run(
        State.SUCCEEDED,
        started_at=now,
        finished_at=now + timedelta(seconds=90),
        result={"a": 2_005, "b": {"c": 1, "d": 0.5}, "dry_run": False, "text": "x"},
    )

    assert rows(compare(run, other)) == {
        "duration": ("30 s", "1 min 30 s", "+1 min"),
        "a": ("5", "2,005", "+2,000"),
        "b, c": ("1", "1", "same"),
        "b, d": ("–", "0.5", ""),
    }


def test_a_run_without_a_result_is_compared_by_its_counters(make_run: MakeRun) -> None:
    other = make_run(State.FAILED, counters={"read": 7})
    run = make_run(State.FAILED, counters={"read": 3})

    assert rows(compare(run, other))["read"] == ("7", "3", "−4")
