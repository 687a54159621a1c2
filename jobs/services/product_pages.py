"""The products of a JSON API, page by page, as `progress.batches` walks them."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import SecretStr
from requests.utils import parse_header_links

from jobs.secret import seal, unseal
from jobs.services.keyed_import.columns import Rejected
from jobs.services.keyed_import.json_reader import Objects
from jobs.services.keyed_import.row_check import RowCheck
from jobs.services.keyed_import.rows import LONGEST_KEY, CheckedRows, Rejection
from jobs.services.page_validators import PageValidators
from jobs.services.products import PRODUCTS
from jobs.services.web import Answer, AnswerRefused, Web, joined
from jobs.services.web_addresses import shown
from jobs.sources import Source

SHAPES = 'an array of objects, or an object with "items"'


class ProductPages(Source[CheckedRows]):
    """A batch is a page, empty where it has not changed. Made for one walk.

    `counts` has the pages of the whole run, each counted by who walks them.
    """

    def __init__(
        self, web: Web, validators: PageValidators, counts: Counter[str], *, most_pages: int
    ) -> None:
        self._web = web
        self._validators = validators
        self._counts = counts
        self._most_pages = most_pages
        self._objects = Objects(PRODUCTS)
        self._check = RowCheck(PRODUCTS, list(PRODUCTS.by_name))
        self._seen: set[str] = set()

    def batches(self, position: Any, size: int) -> Iterator[tuple[Sequence[CheckedRows], Any]]:
        url = unseal(position) if position else self._web.url
        while url:
            self._refuse_endless(url)
            answer = self._web.get(url, self._validators.headers(url))
            rows, following = self._page(url, answer)
            # Sealed, since it stands in the log of a run that goes on. An empty one is the end.
            yield rows, seal(SecretStr(following))
            url = following

    def _page(self, url: str, answer: Answer) -> tuple[Sequence[CheckedRows], str]:
        linked = _linked(answer)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            if not self._validators.knows(url):
                raise AnswerRefused(f"{shown(url)} answers 304, unasked; its API is to be mended")
            self._validators.keep_known(url)
            self._counts["unchanged pages"] += 1
            return [], linked or self._validators.next_of(url)
        items, named = _content(answer)
        following = linked or (joined(answer.url, named) if named else "")
        self._validators.keep(url, answer.headers, following)
        before = self._counts["read"]
        return [self._checked(before + number, item) for number, item in enumerate(items, 1)], following

    def _refuse_endless(self, url: str) -> None:
        if url in self._seen:
            raise AnswerRefused(f"{shown(url)} comes again as its own next page; its API is to be mended")
        if self._counts["pages"] >= self._most_pages:
            most = f"Behind {self._most_pages:,} pages there is one more, {shown(url)}"
            raise AnswerRefused(f"{most}; allow more with most_pages, or look whether it ever ends")
        self._seen.add(url)

    def _checked(self, number: int, item: Any) -> CheckedRows:
        try:
            return self._check.line(self._objects.values(item))
        except Rejected as rejected:
            return Rejection(number, rejected.key[:LONGEST_KEY], rejected.reason)


def _linked(answer: Answer) -> str:
    """The header Link with rel=next, RFC 8288."""
    for link in parse_header_links(answer.headers.get("Link", "")):
        if "next" in link.get("rel", "").lower().split():
            return joined(answer.url, link["url"])
    return ""


def _content(answer: Answer) -> tuple[list[Any], str]:
    """The items, and the next page where the body names it. Raises AnswerRefused."""
    where = shown(answer.url)
    try:
        # Numbers as their text: a price is not to go through a float.
        found = json.loads(
            answer.body.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str
        )
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise AnswerRefused(f"{where} answers no JSON ({reason}); it has to be {SHAPES}") from None
    items, following = (found.get("items"), found.get("next")) if isinstance(found, dict) else (found, None)
    if not isinstance(items, list) or not isinstance(following, str | None):
        raise AnswerRefused(f"{where} answers other JSON than the job can read; it has to be {SHAPES}")
    return items, following or ""
