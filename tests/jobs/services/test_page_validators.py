"""What a sync remembers of its pages."""

from typing import Any

import pytest
from django.test import override_settings

from jobs.models import Run
from jobs.models.state import State
from jobs.services.page_validators import PageValidators

URL = "https://shop.example/products?key=s3cret"

pytestmark = pytest.mark.django_db


def synced(state: State = State.SUCCEEDED, *, etag: str = "1", url: str = URL, **parameters: Any) -> Run:
    seen = PageValidators()
    seen.keep(url, {"ETag": etag}, "https://shop.example/next?key=s3cret")
    values = {"url": url, "dry_run": False, **parameters}
    return Run.objects.create(
        job="sync_products", state=state, parameters=values, result={"validators": seen.sealed()}
    )


def last() -> PageValidators:
    return PageValidators.of_last_sync("sync_products", URL)


def test_the_next_sync_asks_for_what_has_changed() -> None:
    synced(etag="old")
    synced(etag="new")

    validators = last()

    assert validators.headers(URL) == {"If-None-Match": "new"}
    assert validators.next_of(URL) == "https://shop.example/next?key=s3cret"


def test_a_preview_a_failure_and_another_url_teach_nothing() -> None:
    synced(dry_run=True)
    synced(State.FAILED)
    synced(url="https://shop.example/other")

    assert (last().headers(URL), last().knows(URL)) == ({}, False)


def test_a_page_that_has_not_changed_is_remembered_on() -> None:
    synced()
    validators = last()
    validators.keep_known(URL)

    Run.objects.update(result={"validators": validators.sealed()})

    assert last().headers(URL) == {"If-None-Match": "1"}


def test_a_page_without_validators_is_not_remembered() -> None:
    seen = PageValidators()

    seen.keep(URL, {}, "")

    assert seen.sealed().keys() == {"$secret"}
    assert not seen.knows(URL)


def test_nobody_reads_the_urls_in_a_result() -> None:
    assert "s3cret" not in str(synced().result)


def test_with_another_key_all_is_fetched_again() -> None:
    synced()

    with override_settings(SECRET_KEY="another"):
        assert last().headers(URL) == {}
