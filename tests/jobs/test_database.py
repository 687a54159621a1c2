"""Tables that are missing are told before anything runs."""

import io
from typing import Any

import pytest
from django.core.management import CommandError
from django.core.management.base import OutputWrapper
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from jobs.database import bring_up_to_date, unreachable


@pytest.mark.django_db
def test_with_all_migrations_nothing_is_told() -> None:
    told = io.StringIO()

    bring_up_to_date(OutputWrapper(told))

    assert told.getvalue() == ""


@pytest.mark.django_db
def test_a_missing_migration_is_told_with_what_to_run(settings: Any) -> None:
    settings.EMBEDDED = False
    # The last one, since Django takes all behind a missing one for missing.
    *_, (_, last) = sorted(key for key in MigrationLoader(connection).disk_migrations if key[0] == "jobs")
    MigrationRecorder(connection).record_unapplied("jobs", last)

    with pytest.raises(CommandError, match="1 migrations are not applied; run: python manage"):
        bring_up_to_date(OutputWrapper(io.StringIO()))


def test_an_unreachable_database_is_named_with_its_address_and_without_its_password() -> None:
    sentence = unreachable(OperationalError("connection refused\nIs the server running?"))

    assert str(connection.settings_dict["NAME"]) in sentence
    assert str(connection.settings_dict["HOST"]) in sentence
    assert str(connection.settings_dict["PASSWORD"]) not in sentence
