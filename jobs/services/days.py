"""Days of the service's time zone, and the moments that belong to them."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def yesterday() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone()) - timedelta(days=1)


def first_moment(day: date) -> datetime:
    """Where clocks are set at midnight, it comes twice or never: the first one, or that of the change."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def last_moment(day: date) -> datetime:
    """The second one, likewise; to the microsecond, which is as far as PostgreSQL tells moments apart."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_default_timezone()).replace(fold=1)
