"""A database or a broker that does not answer, for as long as a block."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app
from django.db import connection
from pytest_django import DjangoDbBlocker


@contextmanager
def no_database(blocker: DjangoDbBlocker) -> Iterator[None]:
    right = dict(connection.settings_dict)
    with blocker.unblock():
        connection.close()
        connection.settings_dict.update(HOST="127.0.0.1", PORT="1")
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(right)


@contextmanager
def no_broker() -> Iterator[None]:
    right = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://:hidden@127.0.0.1:1/0"
    current_app.conf.broker_read_url = "redis://:hidden@127.0.0.1:1/0"
    try:
        yield
    finally:
        current_app.conf.broker_url = right
        current_app.conf.broker_read_url = None
