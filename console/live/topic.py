"""One thing that pages watch, as they know it now."""

import json
from collections.abc import Hashable, Mapping
from typing import Any

from console.live.picture import Lines, Picture

NEVER = object()


class Topic:
    """Remembers what was sent, so that only what differs is sent again."""

    def __init__(self) -> None:
        self.is_last = False
        self._fingerprint: Hashable = NEVER
        self._regions: dict[str, str] = {}
        self._offers: frozenset[str] | None = None
        self._lines: dict[str, Lines] = {}

    def show(self, picture: Picture) -> str:
        """What those who watch have to be told, as JSON; empty where nothing has changed."""
        self.is_last = picture.is_last
        news = {**self._new_regions(picture), **self._new_offers(picture), **self._new_lines(picture)}
        return json.dumps(news) if news else ""

    @property
    def whole(self) -> str:
        """What somebody has to be told who begins to watch now."""
        return _message(self._regions, self._offers, self._lines)

    def _new_regions(self, picture: Picture) -> dict[str, Any]:
        if picture.fingerprint is not None and picture.fingerprint == self._fingerprint:
            return {}
        self._fingerprint = picture.fingerprint
        rendered = dict(picture.render())
        changed = {name: html for name, html in rendered.items() if self._regions.get(name) != html}
        self._regions = rendered
        return {"regions": changed} if changed else {}

    def _new_offers(self, picture: Picture) -> dict[str, Any]:
        if picture.offers == self._offers:
            return {}
        self._offers = picture.offers
        return {"offers": sorted(picture.offers or ())}

    def _new_lines(self, picture: Picture) -> dict[str, Any]:
        added = {name: lines.after(self._lines.get(name)) for name, lines in picture.lines.items()}
        self._lines = dict(picture.lines)
        news = {name: vars(lines) for name, lines in added.items() if lines.text or lines.start == 0}
        return {"lines": news} if any(lines["text"] for lines in news.values()) else {}


def _message(regions: Mapping[str, str], offers: frozenset[str] | None, lines: Mapping[str, Lines]) -> str:
    parts: dict[str, Any] = {"regions": dict(regions)}
    if offers is not None:
        parts["offers"] = sorted(offers)
    return json.dumps(parts | {"lines": {name: vars(each) for name, each in lines.items()}})
