"""What the templates of schedules ask for."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.presentation import Look
from console.slots import Mark, look_of_slot
from jobs.models.slot import Slot

register = template.Library()


@register.filter
def slot_look(slot: Slot | Mark) -> Look:
    return look_of_slot(slot)


@register.filter
def on_the_wall(value: datetime, zone: str) -> SafeString:
    """By the clock of that zone, with the time of UTC in its title."""
    markup = '<time datetime="{}" title="{} UTC">{}</time>'
    world, local = value.astimezone(UTC), value.astimezone(ZoneInfo(zone))
    text = f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
    return format_html(markup, world.isoformat(), f"{world:%F %T}", text)


@register.filter
def utc(value: datetime) -> str:
    """With the day where it is another than the value's own."""
    world = value.astimezone(UTC)
    return f"{world:%H:%M}" if world.date() == value.date() else f"{world:%a} {world:%H:%M}"
