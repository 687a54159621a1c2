"""Who has looked at a failed run."""

import pytest
from django.contrib.auth.models import User

from jobs.models import Acknowledgement, Run
from jobs.models.state import State
from tests.jobs.claimed import in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("ada")


def test_who_has_seen_a_run_is_remembered(user: User) -> None:
    run = in_state(State.FAILED)

    Acknowledgement.objects.acknowledge([run.pk], user)

    assert run.acknowledgement.user == user


def test_the_first_one_who_looked_counts(user: User) -> None:
    run = in_state(State.FAILED)
    Acknowledgement.objects.acknowledge([run.pk], user)

    Acknowledgement.objects.acknowledge([run.pk], User.objects.create_user("bob"))

    assert Acknowledgement.objects.get().user == user


def test_it_goes_with_its_run(user: User) -> None:
    run = in_state(State.FAILED)
    Acknowledgement.objects.acknowledge([run.pk], user)

    Run.objects.filter(pk=run.pk).delete()

    assert not Acknowledgement.objects.exists()


def test_it_stays_where_its_person_goes(user: User) -> None:
    run = in_state(State.FAILED)
    Acknowledgement.objects.acknowledge([run.pk], user)

    user.delete()

    assert Acknowledgement.objects.get().user is None
