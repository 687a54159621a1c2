"""The page of a run, as it lives."""

from collections.abc import Collection, Mapping
from functools import partial

from django.contrib.auth.models import AnonymousUser, User
from django.template.loader import render_to_string
from django.utils.html import escape

from console.live.picture import Picture
from console.run_page import RunPage, run_pages
from console.selection import key_of
from console.visible import is_visible

REGIONS = (
    "state",
    "result",
    "attempt",
    "earlier",
    "comparison",
    "timeline",
    "facts",
    "children",
    "log",
    "forecast",
    # What is to be typed is known once a preview has ended.
    "count",
    "count_help",
)


def read(keys: Collection[str]) -> Mapping[str, Picture]:
    asked = [pk for key in keys if (pk := key_of(key))]
    return {str(page.run.pk): _picture(page) for page in run_pages(asked)}


def is_visible_to(person: User | AnonymousUser, key: str) -> bool:
    pk = key_of(key)
    return pk is None or is_visible(person, pk)


def _picture(page: RunPage) -> Picture:
    return Picture(
        render=partial(_regions, page),
        fingerprint=page.fingerprint,
        offers=page.offers,
        lines={"log": page.record.log},
        is_last=page.run.is_final,
    )


def _regions(page: RunPage) -> Mapping[str, str]:
    context = {"page": page, "run": page.run, "comparison": page.comparison}
    return {
        "title": escape(page.headline),
        "announcement": page.announcement,
        **{name: render_to_string(f"console/run_{name}.html", context) for name in REGIONS},
    }
