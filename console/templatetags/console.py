"""What templates ask for."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console import approvals, links, permissions, presentation
from console import key_parameters as parameters
from console.confirming import Confirming, of_run
from console.control_codes import without_codes
from console.key_parameters import KeyParameter
from console.once import TOKEN
from jobs import wording
from jobs.models.run import Run
from jobs.sentence import Fact, Sentence, plain

register = template.Library()


@register.simple_tag
def form_token() -> SafeString:
    """In a form whose view is `once`."""
    return format_html('<input type="hidden" name="{}" value="{}">', TOKEN, uuid4())


@register.simple_tag
def runs_url(**asked: str) -> str:
    """`{% runs_url job="greet" state="running" %}`"""
    return links.runs_url(**asked)


@register.filter
def look(run: Run) -> presentation.Look:
    return presentation.look_of(run)


@register.filter
def duration(value: timedelta | None) -> str:
    return presentation.duration_words(value)


@register.filter
def title_of(job: str) -> str:
    return presentation.job_title(job)


@register.filter
def key_parameters(run: Run) -> list[KeyParameter]:
    """Of a run that a list has read."""
    return parameters.key_parameters(run.job, getattr(run, "shown_parameters", None))


@register.filter
def amount(run: Run) -> str:
    return wording.amount(run)


@register.filter
def first_line(text: str) -> str:
    return without_codes(wording.first_line(text))


@register.filter
def number(value: int) -> str:
    return f"{value:,}"


@register.filter
def item(values: Sequence[Any], place: int) -> Any:
    return values[place] if place < len(values) else ""


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
def since(value: datetime | None) -> SafeString | str:
    """For how long now; live.js lets it tick."""
    if value is None:
        return "–"
    markup = '<time datetime="{}" title="since {}" data-since>{}</time>'
    exact = f"{value.astimezone(UTC):%F %T} UTC"
    return format_html(markup, value.isoformat(), exact, presentation.since_words(timezone.now() - value))


@register.filter
def told(sentence: Sentence) -> SafeString:
    """A sentence with its moments and runs marked up; what else is in it is text."""
    return format_html(sentence.text, "", **sentence.shown(_marked_up))


def _marked_up(fact: Fact) -> SafeString | str:
    if isinstance(fact, datetime):
        return format_html("{} ({})", moment(fact), ago(fact))
    if isinstance(fact, timedelta):
        return presentation.duration_words(fact)
    if isinstance(fact, UUID):
        return format_html('<a href="{}">run {}</a>', reverse("run", args=[fact]), f"…{str(fact)[-12:]}")
    return without_codes(plain(fact))


@register.filter
def clock(value: datetime) -> SafeString:
    """The time of the day in the zone that it is given in."""
    markup = '<time datetime="{}" title="{} UTC">{}</time>'
    return format_html(markup, value.isoformat(), f"{value.astimezone(UTC):%F %T}", f"{value:%H:%M}")


@register.filter
def slot(value: datetime) -> str:
    """Day and time in the zone that it is given in, which is named where it is not the service's."""
    zone = str(value.tzinfo)
    return f"{value:%a} {value.day} {value:%b %H:%M}" + ("" if zone == settings.TIME_ZONE else f" {zone}")


@register.filter
def approval(run: Run, person: AnonymousUser | User) -> approvals.Approval | None:
    return approvals.approval_of(run, person)


@register.filter
def confirming(run: Run) -> Confirming | None:
    return of_run(run)


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
