"""Columns that Django has not."""

from typing import Any

from django.db import models
from psycopg.types.json import Json


class OrderedJSONField(models.JSONField):
    """JSON that keeps the order of its keys: a report is read in the order in which it was written.

    For what is shown and never searched: PostgreSQL's json, where jsonb sorts the keys.
    """

    def db_type(self, connection: Any) -> str:
        return "json"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        # Django's own would send it as jsonb, and the order would be gone before it arrives.
        return None if value is None else Json(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        # psycopg has decoded it; only for jsonb does Django keep it from doing so.
        return value
