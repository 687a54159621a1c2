"""Changes of data over big tables."""

from typing import Any

import pytest
from django.utils import timezone

from jobs import catalog
from jobs.exceptions import WrongInput, WrongParameters
from jobs.models.product import Product
from jobs.services.data_migrations import MIGRATIONS, MigrationReport, Name, migrate_data
from tests.jobs.services.interrupted import resumed_to_its_end

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _products() -> None:
    categories = ["Breads"] * 5 + ["Bakery"] * 2 + ["breads", "Breads ", ""]
    Product.objects.bulk_create(
        Product(sku=str(number), name="x", price=1, category=category)
        for number, category in enumerate(categories)
    )


def merge(old: str = "Breads", new: str = "Bakery", **options: Any) -> MigrationReport:
    return migrate_data(Name.MERGE_CATEGORIES, old=old, new=new, **options)


def in_category(category: str) -> int:
    return Product.objects.filter(category=category).count()


@pytest.mark.parametrize("name", Name)
def test_each_name_has_its_migration(name: Name) -> None:
    assert name in MIGRATIONS


@pytest.mark.parametrize("batch_size", [1, 2, 5, 100])
def test_the_products_of_one_category_get_the_other_and_no_others_do(batch_size: int) -> None:
    report = merge(batch_size=batch_size)

    assert report == MigrationReport(
        changed=5, old_before=5, old_after=0, new_before=2, new_after=7, dry_run=False
    )
    assert [in_category(name) for name in ("breads", "Breads ", "")] == [1, 1, 1]


def test_what_changes_says_when() -> None:
    begin = timezone.now()
    Product.objects.update(updated_at=begin - timezone.timedelta(days=1))

    merge()

    assert Product.objects.filter(updated_at__lt=begin).count() == 5


def test_a_dry_run_counts_and_changes_nothing() -> None:
    report = merge(dry_run=True)

    assert (report.changed, report.old_after, report.new_after) == (5, 5, 2)


def test_a_second_run_finds_nothing_left() -> None:
    merge()

    assert merge().changed == 0


def test_cut_off_again_and_again_every_row_is_counted_once() -> None:
    report = resumed_to_its_end("migrate_data", lambda progress: merge(batch_size=2, progress=progress))

    assert report == MigrationReport(
        changed=5, old_before=5, old_after=0, new_before=2, new_after=7, dry_run=False
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Breads", "Breads", "The old and the new value are both 'Breads'; give two that differ"),
        ("Breads", "B" * 121, "The new value has 121 characters; give one with at most 120"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_changes(old: str, new: str, sentence: str) -> None:
    with pytest.raises(WrongInput) as refusal:
        merge(old, new)

    assert (str(refusal.value), in_category("Breads")) == (sentence, 5)


def test_an_unknown_name_is_a_sentence_with_the_nearest_one() -> None:
    with pytest.raises(WrongParameters, match="did you mean 'merge_categories'"):
        catalog.MIGRATE_DATA.parameters.parse({"name": "merge_category", "old": "a", "new": "b"})
