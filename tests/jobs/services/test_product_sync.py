"""Products from an API: written like those of a file, once, and not again where nothing has changed."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter

from jobs.exceptions import WrongInput
from jobs.models import Run
from jobs.models.product import Product
from jobs.models.state import State
from jobs.services.product_sync import SyncReport, sync_products
from jobs.services.web import AnswerRefused
from jobs.services.web_addresses import AddressRefused, ServerUnavailable
from tests.jobs.services.fetched import site
from tests.jobs.services.imported import stored
from tests.jobs.services.interrupted import CutOff, Interrupted
from tests.web_server import Site, as_json, plain, tagged

__all__ = ["site"]

pytestmark = pytest.mark.django_db


def product(sku: int, name: str = "Tea", price: Any = 1, **values: Any) -> dict[str, Any]:
    return {"sku": str(sku), "name": name, "price": price, **values}


def paged(site: Site, pages: int, **headers: str) -> str:
    """Two products a page."""
    for page in range(pages):
        items = [product(2 * page), product(2 * page + 1)]
        following = f"/{page + 1}" if page + 1 < pages else None
        site.on(f"/{page}", tagged({"items": items, "next": following}, f'"{page}"'))
    return site.url("/0")


def recorded(url: str, report: SyncReport) -> None:
    result = TypeAdapter(Any).dump_python(report, mode="json")
    parameters = {"url": url, "dry_run": report.dry_run}
    Run.objects.create(job="sync_products", state=State.SUCCEEDED, parameters=parameters, result=result)


def sync(url: str, **options: Any) -> SyncReport:
    return sync_products(url=url, **options)


def figures(report: SyncReport) -> dict[str, int]:
    names = ("pages", "unchanged_pages", "read", "created", "updated", "unchanged", "rejected", "repeated")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def claim(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED)
    claimed = Run.objects.claim(run.pk, worker="tests", jobs=["sync_products"])
    assert claimed is not None
    return claimed


def test_products_are_created_updated_and_left_alone(site: Site) -> None:
    for sku in (1, 2):
        Product.objects.create(sku=str(sku), name="Tea", price=1, brand="Own", category="Drinks")
    items = [product(1), product(2, price=2.5, brand=None), product(3), product(3, "Salt"), {"sku": "4"}, 7]

    report = sync(site.on("/", as_json(items)))

    assert figures(report) == {
        **{"pages": 1, "read": 6, "created": 1, "updated": 1, "unchanged": 1, "rejected": 2, "repeated": 1}
    }
    assert report.reasons == {"no name": 1, "not an object": 1}
    assert stored("sku", "name", "price", "brand", "category") == [
        ("1", "Tea", Decimal(1), "Own", "Drinks"),
        ("2", "Tea", Decimal("2.50"), "", "Drinks"),
        ("3", "Salt", Decimal(1), "", ""),
    ]


def test_all_pages_are_fetched(site: Site) -> None:
    report = sync(paged(site, 3))

    assert figures(report) == {"pages": 3, "read": 6, "created": 6}


def test_a_dry_run_says_what_would_change_and_changes_nothing(site: Site) -> None:
    report = sync(paged(site, 2), dry_run=True)

    assert (figures(report), stored()) == ({"pages": 2, "read": 4, "created": 4}, [])


def test_pages_that_have_not_changed_are_not_fetched_again(site: Site) -> None:
    url = paged(site, 3)
    recorded(url, sync(url))
    site.on("/1", tagged({"items": [product(2, price=9)], "next": "/2"}, '"new"'))

    second = sync(url)
    recorded(url, second)
    third = sync(url)

    assert figures(second) == {"pages": 3, "unchanged_pages": 2, "read": 1, "updated": 1}
    assert figures(third) == {"pages": 3, "unchanged_pages": 3}


def test_a_full_sync_fetches_them_all_the_same(site: Site) -> None:
    url = paged(site, 2)
    recorded(url, sync(url))

    assert figures(sync(url, full=True)) == {"pages": 2, "read": 4, "unchanged": 4}


def test_a_server_may_go_by_dates(site: Site) -> None:
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    url = site.on("/", as_json([product(1)], Last_Modified=date), plain(status=304))
    recorded(url, sync(url))

    report = sync(url)

    assert site.asked[1][1]["If-Modified-Since"] == date
    assert figures(report) == {"pages": 1, "unchanged_pages": 1}


@pytest.mark.parametrize("cut_at", range(1, 7))
def test_cut_off_at_any_commit_it_goes_on_with_the_next_page(site: Site, cut_at: int) -> None:
    url = paged(site, 3)
    run = Run.objects.create(job="sync_products")

    with suppress(CutOff):
        sync(url, progress=Interrupted(claim(run), cut_at))
    report = sync(url, progress=Interrupted(claim(run), 0))

    assert (figures(report), Product.objects.count()) == ({"pages": 3, "read": 6, "created": 6}, 6)
    assert site.paths.count("/0") == (2 if cut_at == 1 else 1)


def test_a_page_that_fails_leaves_those_before_it_written(site: Site) -> None:
    url = paged(site, 3)
    site.on("/2", plain(status=503))

    with pytest.raises(ServerUnavailable):
        sync(url)

    assert Product.objects.count() == 4


def test_a_page_that_is_too_long_is_refused(site: Site) -> None:
    with pytest.raises(AnswerRefused, match="more than 20 bytes"):
        sync(paged(site, 1), most_bytes=20)


def test_a_token_is_sent(site: Site) -> None:
    sync(paged(site, 1), credentials=SecretStr("t0ken"))

    assert site.asked[0][1]["Authorization"] == "Bearer t0ken"


def test_a_private_address_is_refused(site: Site, settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(AddressRefused):
        sync(paged(site, 1))

    assert site.asked == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "shop.example", ""])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(WrongInput, match="The URL"):
        sync(url)
