"""Rows of each model of an app."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User

from jobs.exceptions import WrongInput
from jobs.models.product import Product
from jobs.services.counting import count_rows

pytestmark = pytest.mark.django_db


def test_each_model_of_each_app_has_its_count() -> None:
    Group.objects.bulk_create([Group(name=f"group {number}") for number in range(3)])
    User.objects.create_user("alice")
    Product.objects.create(sku="1", name="Tea", price="2.50")

    counted = count_rows(["auth", "jobs"])

    models = [model for label in ("auth", "jobs") for model in apps.get_app_config(label).get_models()]
    assert counted.models.keys() == {model._meta.label for model in models}
    assert [counted.models[name] for name in ("auth.Group", "auth.User", "jobs.Product")] == [6, 1, 1]
    assert counted.total == sum(counted.models.values())


def test_an_app_that_is_named_twice_is_counted_once() -> None:
    assert count_rows(["auth", "auth"]) == count_rows(["auth"])


def test_an_app_without_models_has_nothing_to_count() -> None:
    assert count_rows(["console"]).models == {}


@pytest.mark.parametrize(
    ("label", "hint"),
    [("job", "did you mean 'jobs'?"), ("zzz", "; there are admin, auth, "), ("", "there are")],
)
def test_a_label_that_no_app_has_counts_nothing(label: str, hint: str) -> None:
    with pytest.raises(WrongInput, match=f"There is no app {label!r}") as caught:
        count_rows(["auth", label])

    assert hint in str(caught.value)
