"""The page of queues and workers, as it lives."""

from collections.abc import Collection, Mapping
from functools import partial

from django.template.loader import render_to_string

from console.live.picture import Picture
from console.queue_page import QueuesPage, queues_page

ALL = "all"  # the only key


def read(keys: Collection[str]) -> Mapping[str, Picture]:
    return {ALL: _picture(queues_page())} if ALL in keys else {}


def _picture(page: QueuesPage) -> Picture:
    return Picture(render=partial(_regions, page), offers=page.offers, fingerprint=page.fingerprint)


def _regions(page: QueuesPage) -> Mapping[str, str]:
    whole = {
        name: render_to_string(f"console/queues_{name}.html", {"page": page})
        for name in ("notices", "workers", "limits")
    }
    single = {
        f"queue {card.queue.queue}": render_to_string("console/queue.html", {"card": card})
        for card in page.cards
    }
    return whole | single
