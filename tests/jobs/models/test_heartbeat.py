"""Who was heard from, and what it says of itself."""

import os
import platform
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Heartbeat
from jobs.models import heartbeat as module

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


def test_who_beats_says_what_it_takes_and_where_it_is(settings):
    settings.RELEASE = "41ab"

    Heartbeat.objects.beat("worker", "a@b", queues={"default", "bulk"}, processes=3)

    beat = Heartbeat.objects.get()
    assert (beat.queues, beat.processes) == (["bulk", "default"], 3)
    assert (beat.host, beat.pid, beat.release) == (platform.node(), os.getpid(), "41ab")


def test_a_process_began_once_however_often_it_beats(monkeypatch):
    Heartbeat.objects.beat("worker", "a@b")
    first = Heartbeat.objects.get().started_at
    Heartbeat.objects.beat("worker", "a@b")
    second = Heartbeat.objects.get().started_at

    # Another process of that name, which is a minute younger.
    monkeypatch.setattr(module, "_began", module._began + 60)
    Heartbeat.objects.beat("worker", "a@b")

    assert first == second
    assert timedelta(seconds=55) < Heartbeat.objects.get().started_at - first < timedelta(seconds=65)


def test_who_stops_as_it_was_asked_to_is_fresh_no_more_until_it_begins_anew():
    Heartbeat.objects.beat("worker", "a@b")
    Heartbeat.objects.end("a@b")
    stopped = Heartbeat.objects.fresh("worker").exists()

    Heartbeat.objects.beat("worker", "a@b")

    assert (stopped, Heartbeat.objects.fresh("worker").exists()) == (False, True)


def test_who_was_not_heard_from_for_days_is_forgotten():
    for days in (6, 8):
        seen = timezone.now() - timedelta(days=days)
        Heartbeat.objects.create(kind="worker", name=f"{days} days", seen_at=seen)

    Heartbeat.objects.forget()

    assert [each.name for each in Heartbeat.objects.all()] == ["6 days"]


def test_a_worker_serves_the_queues_that_it_names():
    Heartbeat.objects.beat("worker", "a@b", queues=["bulk"])
    worker = Heartbeat.objects.get()

    assert (worker.serves("bulk"), worker.serves("default")) == (True, False)


def test_a_worker_of_an_older_release_which_names_none_is_taken_to_serve_all():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_heartbeat (name, kind, seen_at) VALUES ('old', 'worker', now())")
    Heartbeat.objects.beat("beat", "beat")

    assert [each.serves("bulk") for each in Heartbeat.objects.order_by("name")] == [False, True]
