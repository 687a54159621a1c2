"""Saved parameters."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from jobs.models import Preset


@pytest.fixture
def people(db: None) -> tuple[User, User]:
    return User.objects.create_user("ada"), User.objects.create_user("bob")


def test_one_sees_ones_own_and_what_others_share(people: tuple[User, User]) -> None:
    ada = people[0]
    for owner in people:
        for is_shared in (True, False):
            name = f"{owner} {'shared' if is_shared else 'own'}"
            Preset.objects.create(job="greet", name=name, owner=owner, is_shared=is_shared)

    assert [str(each) for each in Preset.objects.seen_by(ada)] == ["ada own", "ada shared", "bob shared"]


def test_a_name_is_given_once_by_one_person_for_one_job(people: tuple[User, User]) -> None:
    ada, bob = people
    Preset.objects.create(job="greet", name="week", owner=ada)
    Preset.objects.create(job="greet", name="week", owner=bob)
    Preset.objects.create(job="import_products", name="week", owner=ada)

    with pytest.raises(IntegrityError), transaction.atomic():
        Preset.objects.create(job="greet", name="week", owner=ada)
