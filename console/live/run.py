"""The page of a run, as it lives."""

import uuid
from collections.abc import Collection, Mapping
from functools import partial

from django.template.loader import render_to_string
from django.utils.html import escape

from console.live.picture import Picture
from console.run_page import RunPage, run_pages


def read(keys: Collection[str]) -> Mapping[str, Picture]:
    asked = [pk for key in keys if (pk := _id(key))]
    return {str(page.run.pk): _picture(page) for page in run_pages(asked)}


def _picture(page: RunPage) -> Picture:
    return Picture(render=partial(_regions, page), offers=page.offers, is_last=page.run.is_final)


def _regions(page: RunPage) -> Mapping[str, str]:
    return {
        "title": escape(page.headline),
        "announcement": page.announcement,
        "body": render_to_string("console/run_body.html", {"page": page}),
    }


def _id(key: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(key)
    except ValueError:
        return None
