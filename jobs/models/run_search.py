"""How runs are looked for, each in the words that its index understands (jobs/models/run_indexes.py)."""

import json
import re
import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from string import hexdigits
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Func, JSONField, Q, TextField, Value

from jobs.models.run_indexes import HAS_ERROR
from jobs.models.state import FINAL, State

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
DIGITS = 32  # of an id
TEXTS: ArrayField[Any, Any] = ArrayField(TextField())
FREQUENT = """
SELECT run_labels(%s::jsonb) <@ most_common_elems::text::text[] FROM pg_stats
WHERE schemaname = current_schema() AND tablename = 'jobs_run' AND attname = 'labels'
"""
FIRST_UUID7 = (7 << 76) | (2 << 62)  # the version, and the variant; the 48 bits above are milliseconds


def first_key(moment: datetime) -> uuid.UUID:
    """The smallest key that a run of that moment can have."""
    milliseconds = min(max((moment - EPOCH) // MILLISECOND, 0), (1 << 48) - 1)
    return uuid.UUID(int=(milliseconds << 80) | FIRST_UUID7)


def beginning_with(text: str) -> Q | None:
    """The runs whose id begins like that; None where no id does. A range: the index knows no beginnings."""
    digits = text.strip().replace("-", "").lower()
    if not digits or len(digits) > DIGITS or set(digits) - set(hexdigits):
        return None
    return Q(pk__range=(uuid.UUID(digits.ljust(DIGITS, "0")), uuid.UUID(digits.ljust(DIGITS, "f"))))


def in_states(states: Collection[State]) -> Q:
    """Of one that is over the index knows `ended`; the others are few, and it knows that they are not."""
    over = [state.value for state in State if state in states and state in FINAL]
    active = [state.value for state in State if state in states and state not in FINAL]
    found = [
        *([Q(ended=over[0]) if len(over) == 1 else Q(ended__in=over)] if over else []),
        *([Q(finished_at=None, state__in=active)] if active else []),
    ]
    return found[0] if len(found) == 1 else found[0] | found[1]


def since(moment: datetime) -> Q:
    return Q(pk__gte=first_key(moment))


def before(moment: datetime) -> Q:
    return Q(pk__lt=first_key(moment))


def labelled(name: str, value: str) -> Q:
    """With that value of the parameter, or among its values; of a path the last part counts."""
    labels = Func(Value({name: value}, JSONField()), function="run_labels", output_field=TEXTS)
    if _is_frequent(name, value):
        return Q(labels__contains=labels)
    # Of what is too rare for its statistics PostgreSQL believes that one run in 200 has it, and would walk
    # through all of them to find a page. Said twice, it is one in 40,000.
    return Q(labels__contains=labels, labels__overlap=labels)


def _is_frequent(name: str, value: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(FREQUENT, [json.dumps({name: value})])
        row = cursor.fetchone()
    return bool(row and row[0])


def complaining(text: str) -> Q:
    """With that text anywhere in the error, in upper or lower case."""
    return Q(HAS_ERROR, error__iregex=re.escape(text))
