"""What a sync knows of the pages it has seen, so that the next one fetches only those that have changed."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from jobs.models.run import Run
from jobs.models.state import State
from jobs.secret import SecretUnreadable, seal, unseal

MOST = 1_000  # pages that are remembered


class PageValidators:
    """By the digest of a page's URL: its ETag, its Last-Modified, and the page behind it."""

    def __init__(self, known: Mapping[str, list[str]] | None = None) -> None:
        self._known = dict(known or {})
        self._seen: dict[str, list[str]] = {}

    @classmethod
    def of_last_sync(cls, job: str, url: str) -> "PageValidators":
        """Those that the last run with that URL has left that succeeded and was no preview."""
        runs = Run.objects.filter(job=job, state=State.SUCCEEDED, parameters__url=url)
        last = runs.exclude(parameters__dry_run=True).order_by("-pk").only("result").first()
        return cls(_opened(last.result["validators"]) if last else None)

    def knows(self, url: str) -> bool:
        return _digest(url) in self._known

    def headers(self, url: str) -> dict[str, str]:
        """That make a server answer 304 where the page is as it was."""
        etag, modified, _ = self._known.get(_digest(url), ("", "", ""))
        named = {"If-None-Match": etag, "If-Modified-Since": modified}
        return {name: value for name, value in named.items() if value}

    def next_of(self, url: str) -> str:
        """The page behind one that is as it was; empty where there is none."""
        return self._known[_digest(url)][2]

    def keep(self, url: str, headers: Mapping[str, str], following: str) -> None:
        values = [headers.get("ETag", ""), headers.get("Last-Modified", "")]
        if any(values) and len(self._seen) < MOST:
            self._seen[_digest(url)] = [*values, following]

    def keep_known(self, url: str) -> None:
        """That page has not changed."""
        self._seen[_digest(url)] = self._known[_digest(url)]

    def sealed(self) -> dict[str, str]:
        """For the result of the run: URLs may hold what nobody is to read."""
        packed = zlib.compress(json.dumps(self._seen).encode())
        return seal(SecretStr(base64.b85encode(packed).decode()))


def _opened(sealed: Any) -> dict[str, list[str]]:
    try:
        packed = base64.b85decode(unseal(sealed))
    except SecretUnreadable:
        return {}  # All pages are fetched once more.
    known: dict[str, list[str]] = json.loads(zlib.decompress(packed))
    return known


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:32]
