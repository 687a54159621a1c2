"""What templates ask for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console import permissions, presentation
from jobs import wording
from jobs.models.run import Run

register = template.Library()


@register.filter
def look(run: Run) -> presentation.Look:
    return presentation.look_of(run)


@register.filter
def duration(value: timedelta | None) -> str:
    return presentation.duration_words(value)


@register.filter
def number(value: int) -> str:
    return f"{value:,}"


@register.filter
def place(cursor: Any) -> str:
    return wording.place(cursor)


@register.filter
def may(user: User | AnonymousUser, permission: str) -> bool:
    """`user|may:"cancel_run"`; of a certain job, `user|may:"add_run greet"`."""
    return permissions.may(user, *permission.split())


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """How long ago, or until when; live.js lets it tick."""
    if value is None:
        return "–"
    markup = '<time datetime="{}" title="{}" data-ago>{}</time>'
    exact = f"{value.astimezone(UTC):%F %T} UTC"
    return format_html(markup, value.isoformat(), exact, presentation.ago_words(timezone.now() - value))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """The local time, with the one of UTC in its title."""
    if value is None:
        return "–"
    world = value.astimezone(UTC)
    local = timezone.localtime(value)
    text = f"{local.day} {local:%b %Y, %H:%M:%S}"
    markup = '<time datetime="{}" title="{} UTC">{}</time>'
    return format_html(markup, world.isoformat(), f"{world:%F %T}", text)
