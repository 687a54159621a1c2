"""Which forms were sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import SentForm

pytestmark = pytest.mark.django_db


def test_they_are_forgotten_after_a_day() -> None:
    for hours in (1, 23, 25):
        at = timezone.now() - timedelta(hours=hours)
        SentForm.objects.create(digest=str(hours), leads_to="/runs/", at=at)

    SentForm.objects.delete_old()

    assert {str(each) for each in SentForm.objects.all()} == {"1 leads to /runs/", "23 leads to /runs/"}
