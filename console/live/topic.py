"""One thing that pages watch, as they know it now."""

import json
from collections.abc import Hashable, Mapping
from typing import Any

from console.live.picture import NO_LINES, Lines, Picture

NEVER = object()


class Topic:
    """Remembers what was sent, so that only what differs is sent again."""

    def __init__(self) -> None:
        self.is_last = False
        self._fingerprint: Hashable = NEVER
        self._regions: Mapping[str, str] = {}
        self._offers: frozenset[str] | None = None
        self._lines: Mapping[str, Lines] = {}

    def render(self, picture: Picture) -> Mapping[str, str]:
        """Its regions; they are those that were shown where the fingerprint is the same."""
        if picture.fingerprint is not None and picture.fingerprint == self._fingerprint:
            return self._regions
        # Before, so that what cannot be rendered is not tried again until something changes.
        self._fingerprint = picture.fingerprint
        return picture.render()

    def show(self, picture: Picture, regions: Mapping[str, str]) -> str:
        """What those who watch have to be told, as JSON; empty where nothing has changed."""
        self.is_last = picture.is_last
        news = {**self._new_regions(regions), **self._new_offers(picture), **self._new_lines(picture)}
        return json.dumps(news) if news else ""

    @property
    def whole(self) -> str:
        """What somebody has to be told who begins to watch now."""
        parts: dict[str, Any] = {"regions": dict(self._regions)}
        if self._offers is not None:
            parts["offers"] = sorted(self._offers)
        return json.dumps(parts | {"lines": {name: vars(each) for name, each in self._lines.items()}})

    def _new_regions(self, regions: Mapping[str, str]) -> dict[str, Any]:
        changed = {name: html for name, html in regions.items() if self._regions.get(name) != html}
        self._regions = regions
        return {"regions": changed} if changed else {}

    def _new_offers(self, picture: Picture) -> dict[str, Any]:
        if picture.offers == self._offers:
            return {}
        self._offers = picture.offers
        return {"offers": sorted(picture.offers or ())}

    def _new_lines(self, picture: Picture) -> dict[str, Any]:
        known, self._lines = self._lines, picture.lines
        # Where nothing is left of them, that is news too: the next attempt has not logged anything yet.
        changed = {name: each for name, each in picture.lines.items() if each != known.get(name, NO_LINES)}
        news = {name: vars(each.after(known.get(name))) for name, each in changed.items()}
        return {"lines": news} if news else {}
