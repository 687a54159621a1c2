"""Prices that are raised and lowered."""

import random
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from jobs import catalog
from jobs.exceptions import StopReason, StopRequested, WrongInput, WrongParameters
from jobs.models.product import Product
from jobs.progress import Progress
from jobs.services.prices import PriceChange, bulk_update_prices
from tests.jobs.services.resumed import until_done

pytestmark = pytest.mark.django_db

HIGHEST = "9999999999.99"


def stock(*prices: str, category: str = "Tea") -> None:
    known = Product.objects.count()
    for number, price in enumerate(prices, known):
        Product.objects.create(sku=f"{number:03}", name="Tea", price=price, category=category)


def prices() -> list[str]:
    return [str(price) for price in Product.objects.order_by("pk").values_list("price", flat=True)]


@pytest.mark.parametrize(
    ("price", "percentage", "expected"),
    [
        ("0.10", "25", "0.12"),  # 0.125
        ("0.10", "35", "0.14"),  # 0.135
        ("2.50", "7", "2.68"),  # 2.675, which a float holds as 2.67499…
        ("2.05", "30", "2.66"),  # 2.665
        ("0.05", "-10", "0.04"),  # 0.045
        ("-0.10", "25", "-0.12"),
        ("2.05", "30.0001", "2.67"),  # above the half
        ("9.99", "0", "9.99"),
        ("9.99", "-100", "0.00"),
    ],
)
def test_halves_of_a_cent_go_to_the_even_one(price: str, percentage: str, expected: str) -> None:
    stock(price)

    bulk_update_prices(percentage=Decimal(percentage))

    assert prices() == [expected]


@pytest.mark.parametrize("percentage", ["12.5", "-7.25", "33.333333", "150", "0.005"])
def test_every_price_is_what_decimals_make_of_it(percentage: str) -> None:
    chance = random.Random(7)
    before = [f"{Decimal(chance.randrange(100_000)).scaleb(-2)}" for _ in range(500)]
    stock(*before)

    bulk_update_prices(percentage=Decimal(percentage))

    factor = (100 + Decimal(percentage)).scaleb(-2)
    cent = Decimal("0.01")
    assert prices() == [str((Decimal(price) * factor).quantize(cent, ROUND_HALF_EVEN)) for price in before]


def test_other_categories_keep_their_prices() -> None:
    stock("1.00")
    stock("1.00", category="Coffee")

    report = bulk_update_prices(percentage=Decimal(10), category="Tea")

    assert (report.matched, report.changed, prices()) == (1, 1, ["1.10", "1.00"])


def test_a_price_that_stays_the_same_is_not_written() -> None:
    stock("0.10", "1.00")
    before = Product.objects.get(sku="000").updated_at

    report = bulk_update_prices(percentage=Decimal(1))

    assert (report.matched, report.changed) == (2, 1)
    assert Product.objects.get(sku="000").updated_at == before


def test_a_preview_shows_ten_prices_before_and_after_and_changes_nothing() -> None:
    stock("0.01", *["2.00"] * 11)

    report: Any = bulk_update_prices(percentage=Decimal(40), dry_run=True)

    assert (report.matched, report.changed, len(report.examples)) == (12, 11, 10)
    assert report.examples[0] == PriceChange(sku="001", before=Decimal("2.00"), after=Decimal("2.80"))
    assert prices() == ["0.01", *["2.00"] * 11]


@pytest.mark.parametrize(
    ("category", "sentence"),
    [
        ("tee", "No product is in the category 'tee'; did you mean 'Tea'?"),
        ("GREEN TEAS", "No product is in the category 'GREEN TEAS'; did you mean 'Green tea'?"),
        (
            "Bread",
            "No product is in the category 'Bread'; there are 2 categories, such as 'Green tea', 'Tea'",
        ),
    ],
)
def test_where_nothing_matches_the_nearest_categories_are_named(category: str, sentence: str) -> None:
    stock("1.00")
    stock("1.00", category="Green tea")

    with pytest.raises(WrongInput) as refused:
        bulk_update_prices(percentage=Decimal(10), category=category)

    assert str(refused.value) == sentence


def test_where_there_are_no_products_it_says_so() -> None:
    with pytest.raises(WrongInput, match=r"^There are no products; import some$"):
        bulk_update_prices(percentage=Decimal(10))


@pytest.mark.parametrize("percentage", ["-100.01", "-1000", "1000001", "NaN", "ten"])
def test_a_percentage_that_makes_no_price_is_refused_at_the_door(percentage: str) -> None:
    with pytest.raises(WrongParameters, match="'percentage' of bulk_update_prices"):
        catalog.BULK_UPDATE_PRICES.parameters.parse({"percentage": percentage})


@pytest.mark.parametrize("atomic", [True, False])
def test_a_price_that_does_not_fit_is_refused_before_any_is_changed(atomic: bool) -> None:
    stock("1.00", "2.00", HIGHEST)

    with pytest.raises(WrongInput, match="the price of '002' would have more than ten digits"):
        bulk_update_prices(percentage=Decimal(1), atomic=atomic, batch_size=1)

    assert prices() == ["1.00", "2.00", HIGHEST]


def test_the_highest_price_of_all_still_fits() -> None:
    stock("9090909090.90")

    bulk_update_prices(percentage=Decimal(10))

    assert prices() == ["9999999999.99"]


class Stopping(Progress):
    """Is told to stop where it says no more than that it is there."""

    def update(
        self, done: int | None = None, *, total: int | None = None, message: str | None = None
    ) -> None:
        if (done, total, message) == (None, None, None):
            raise StopRequested(StopReason.YIELDED)


def test_an_atomic_run_that_is_stopped_has_changed_nothing() -> None:
    stock("1.00", "2.00", "3.00")

    with pytest.raises(StopRequested):
        bulk_update_prices(percentage=Decimal(10), batch_size=2, progress=Stopping())

    assert prices() == ["1.00", "2.00", "3.00"]


@pytest.mark.parametrize("atomic", [True, False])
def test_cut_off_before_and_after_each_commit_every_price_is_raised_once(atomic: bool) -> None:
    # Raised twice, the first one would not fit any more.
    stock("6000000000.00", "1.00", "2.00", "3.00", "4.00")

    def attempt(progress: Progress) -> Any:
        return bulk_update_prices(percentage=Decimal(50), batch_size=2, atomic=atomic, progress=progress)

    report = until_done("bulk_update_prices", attempt)

    assert prices() == ["9000000000.00", "1.50", "3.00", "4.50", "6.00"]
    assert (report.matched, report.changed) == (5, 5)
