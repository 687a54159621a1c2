from datetime import UTC, datetime, timedelta

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
