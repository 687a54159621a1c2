import pytest
from django.db import connection

from jobs.models import Run

pytestmark = pytest.mark.django_db

NOT_SORTED = {"zebra": 1, "apple": {"y": [1, 2], "b": None}, "mango": "ä\n"}


def test_the_order_of_keys_is_kept():
    run = Run.objects.create(job="greet", result=NOT_SORTED)

    kept = Run.objects.get(pk=run.pk).result

    assert kept == NOT_SORTED
    assert list(kept) == ["zebra", "apple", "mango"]
    assert list(kept["apple"]) == ["y", "b"]


@pytest.mark.parametrize("value", ["text", 7, 1.5, True, [], {}, [{"b": 1, "a": 2}], None])
def test_every_json_value_comes_back(value: object):
    run = Run.objects.create(job="greet", result=value)

    assert Run.objects.get(pk=run.pk).result == value


def test_no_result_is_null_in_the_database():
    run = Run.objects.create(job="greet")

    assert Run.objects.filter(pk=run.pk, result__isnull=True).exists()


def test_the_column_is_json_not_jsonb():
    assert Run._meta.get_field("result").db_type(connection) == "json"
