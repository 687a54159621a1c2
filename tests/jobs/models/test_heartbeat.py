from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_who_beats_is_fresh():
    Heartbeat.objects.beat("worker", "a@b")

    assert [str(each) for each in Heartbeat.objects.fresh("worker")] == ["worker a@b"]


def test_who_beats_again_keeps_one_row():
    Heartbeat.objects.create(kind="worker", name="a@b", seen_at=timezone.now() - timedelta(hours=1))

    Heartbeat.objects.beat("worker", "a@b")

    assert Heartbeat.objects.count() == 1
    assert Heartbeat.objects.fresh("worker").exists()


def test_who_was_silent_too_long_is_not_fresh():
    Heartbeat.objects.create(kind="worker", name="a@b", seen_at=timezone.now() - timedelta(seconds=40))

    assert not Heartbeat.objects.fresh("worker").exists()
    assert Heartbeat.objects.fresh("worker", within=timedelta(minutes=1)).exists()


def test_kinds_are_told_apart():
    Heartbeat.objects.beat("beat", "beat@b")

    assert not Heartbeat.objects.fresh("worker").exists()
    assert Heartbeat.objects.fresh("beat").exists()
