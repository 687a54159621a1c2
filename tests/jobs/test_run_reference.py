"""Which run somebody means."""

from uuid import UUID

import pytest

from jobs.models import Run
from jobs.run_reference import AmbiguousRun, UnknownRun, find_run

pytestmark = pytest.mark.django_db

FIRST = "01a1fcbb-05a1-72fd-ba59-39678de7fcff"
SECOND = "01a1fcbb-05a2-72fd-ba59-39678de7fcff"


@pytest.fixture(autouse=True)
def _runs() -> None:
    for pk in (FIRST, SECOND):
        Run.objects.create(pk=UUID(pk), job="greet")


@pytest.mark.parametrize(
    "text", [FIRST, FIRST.upper(), FIRST.replace("-", ""), "01a1fcbb-05a1", "01a1fcbb05a1 "]
)
def test_an_id_or_a_beginning_of_it_names_a_run(text: str) -> None:
    assert str(find_run(text).pk) == FIRST


def test_a_beginning_of_several_lists_them() -> None:
    with pytest.raises(AmbiguousRun, match="give more of it") as caught:
        find_run("01a1fcbb")

    assert FIRST in str(caught.value)
    assert SECOND in str(caught.value)


def test_of_many_candidates_the_first_few_are_listed() -> None:
    for number in range(10):
        Run.objects.create(pk=UUID(int=UUID(FIRST).int + 1 + number), job="greet")

    with pytest.raises(AmbiguousRun, match="and more"):
        find_run("01a1fcbb-05a1")


@pytest.mark.parametrize("text", ["", "-", "zz", "02", FIRST + "0", "import_products", "01a1%", "01a1\x00"])
def test_what_names_no_run_is_told_where_to_look(text: str) -> None:
    with pytest.raises(UnknownRun, match="these are the latest"):
        find_run(text)
