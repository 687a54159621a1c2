import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jobs.models import Run, Slot
from jobs.models.slot import Outcome

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)


def test_a_slot_is_taken_once():
    first = Slot.objects.take("nightly", NIGHT, Outcome.RAN)

    second = Slot.objects.take("nightly", NIGHT, Outcome.LATE)

    assert (first, second) == (Slot.objects.get(), None)
    assert Slot.objects.get().outcome == Outcome.RAN


def test_a_slot_says_whose_it_is_and_when():
    slot = Slot.objects.take("nightly", NIGHT, Outcome.RAN)

    assert str(slot) == "nightly at 2026-03-01T03:30:00+00:00"


def test_two_schedules_may_be_due_at_the_same_moment():
    Slot.objects.take("nightly", NIGHT, Outcome.RAN)

    assert Slot.objects.take("weekly", NIGHT, Outcome.RAN)


def test_the_database_refuses_a_second_row():
    Slot.objects.create(schedule="nightly", planned_for=NIGHT, outcome=Outcome.RAN)

    with pytest.raises(IntegrityError, match="slot_once"), transaction.atomic():
        Slot.objects.create(schedule="nightly", planned_for=NIGHT, outcome=Outcome.MISSED)


def test_a_slot_outlives_its_run():
    run = Run.objects.create(job="greet")
    slot = Slot.objects.create(schedule="nightly", planned_for=NIGHT, outcome=Outcome.RAN, run=run)

    run.delete()

    slot.refresh_from_db()
    assert slot.run is None


@pytest.mark.parametrize("outcome", Outcome)
def test_a_slot_that_ran_in_time_or_late_wants_a_run(outcome: Outcome):
    assert Slot(outcome=outcome).wants_run == (outcome in (Outcome.RAN, Outcome.LATE))


def test_the_latest_slot_comes_first():
    for day in (1, 3, 2):
        Slot.objects.take("nightly", NIGHT + timedelta(days=day), Outcome.RAN)

    found = [slot.planned_for.day for slot in Slot.objects.latest_first()]

    assert found == [4, 3, 2]


def test_a_strip_is_one_text_with_the_last_slot_first(django_assert_num_queries: Any):
    run = Run.objects.create(job="greet")
    Slot.objects.create(schedule="nightly", planned_for=NIGHT, outcome=Outcome.MISSED, reason='"Nobody"')
    Slot.objects.create(
        schedule="nightly", planned_for=NIGHT + timedelta(days=1), outcome=Outcome.RAN, run=run
    )

    Slot.objects.take("nightly", NIGHT - timedelta(days=1), Outcome.RAN)

    with django_assert_num_queries(1):
        texts = Slot.objects.strips(["nightly", "never"], 2)

    marks = [
        [NIGHT.timestamp() + 86_400, "ran", str(run.pk), ""],
        [NIGHT.timestamp(), "missed", None, '"Nobody"'],
    ]
    assert {name: json.loads(text) for name, text in texts.items()} == {"nightly": marks, "never": []}


@pytest.mark.parametrize("outcome", Outcome)
def test_a_slot_that_wanted_no_run_is_made_up_for_once(outcome: Outcome):
    slot = Slot.objects.take("nightly", NIGHT, outcome)
    is_free = outcome in (Outcome.MISSED, Outcome.SKIPPED, Outcome.REFUSED)
    assert slot.can_be_made_up == is_free

    first, second = (Slot.objects.make_up(slot.pk, "By Ada") for _ in range(2))

    slot.refresh_from_db()
    assert (first, second) == (is_free, False)
    assert (slot.outcome, slot.reason) == ((Outcome.LATE, "By Ada") if is_free else (outcome, ""))
