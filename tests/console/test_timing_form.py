"""The cron line, its fields and what they mean, as one types."""

import re

import pytest
from django.test import Client
from django_celery_beat.models import PeriodicTask

from tests.console.makings import a_form
from tests.tasks.scheduled import by_cron

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_schedules")]


def test_check_shows_the_times_and_saves_nothing(as_operator: Client, schedule: PeriodicTask) -> None:
    sent = a_form(schedule, **{"when-line": "0 0 1 1 *", "form-check": "1"})

    answer = as_operator.post(f"/schedules/{schedule.pk}/revision/", sent)

    assert answer.status_code == 200
    assert "1 January" in answer.content.decode() or "1 Jan 2" in answer.content.decode()
    assert 'name="when-month_of_year" value="1"' in answer.content.decode()
    assert PeriodicTask.objects.get().date_changed == schedule.date_changed


def test_the_line_and_the_fields_agree_after_a_check_too(as_operator: Client, schedule: PeriodicTask) -> None:
    checked = a_form(schedule, **{"when-line": "0 5 * * *", "form-check": "1"})
    text = as_operator.post(f"/schedules/{schedule.pk}/revision/", checked).content.decode()
    shown = dict(re.findall(r'name="(when-\w+)" value="([^"]*)"', text))

    answer = as_operator.post(
        f"/schedules/{schedule.pk}/revision/", a_form(schedule) | shown | {"when-minute": "7"}
    )

    assert answer.status_code == 302
    assert PeriodicTask.objects.get().crontab.minute == "7"


def test_the_times_change_as_one_types(as_reader: Client) -> None:
    typed = a_form(**{"when-line": "30 2 * 3 0"})
    text = as_reader.get(
        "/schedules/times/", {name: text for name, text in typed.items() if name[:4] == "when"}
    )

    assert "02:30 does not exist" in text.content.decode()
    assert 'id="id_when-minute_error" hx-swap-oob="true"></p>' in text.content.decode()


def test_while_the_fields_cannot_be_read_each_has_its_sentence(as_reader: Client) -> None:
    typed = a_form(**{"when-hour": "25"})
    text = as_reader.get(
        "/schedules/times/", {name: text for name, text in typed.items() if name[:4] == "when"}
    )

    assert "is no hour" in text.content.decode()
    assert "once the fields can be read" in text.content.decode()


def test_a_zone_that_is_known_by_another_name_is_kept(as_operator: Client) -> None:
    made = by_cron("30 3 * * *", zone="CET", task="greet", kwargs={"name": "Ada"})

    answer = as_operator.post(f"/schedules/{made.pk}/revision/", a_form(made, **{"when-zone": "CET"}))

    assert answer.status_code == 302
    assert str(PeriodicTask.objects.get().crontab.timezone) == "CET"
