"""The pages of an API that misbehaves."""

import json
from collections import Counter
from typing import Any

import pytest

from jobs.exceptions import WrongInput
from jobs.progress import silent
from jobs.services.keyed_import.rows import CheckedRows
from jobs.services.page_validators import PageValidators
from jobs.services.product_pages import ProductPages
from jobs.services.web import AnswerRefused, Web
from tests.jobs.services.fetched import site
from tests.web_server import Site, as_json, plain

__all__ = ["site"]

TEA = {"sku": "1", "name": "Tea", "price": 2.5}
SALT = {"sku": "2", "name": "Salt", "price": "0.50"}


def rows(url: str, *, most_pages: int = 100, position: Any = None) -> list[CheckedRows]:
    counts = Counter[str]()
    web = Web(url, silent, most_bytes=1_000_000)
    pages = ProductPages(web, PageValidators(), counts, most_pages=most_pages)
    found: list[CheckedRows] = []
    for page, _ in pages.batches(position, 1):
        counts["pages"] += 1
        found += page
    web.close()
    return found


def names(found: list[CheckedRows]) -> list[str]:
    return [row.split("\t")[1] if isinstance(row, str) else row.reason for row in found]


def test_a_page_may_be_an_array_or_an_object_with_items(site: Site) -> None:
    site.on("/array", as_json([TEA, SALT]))
    site.on("/object", as_json({"items": [TEA, SALT], "next": None, "total": 2}))

    assert names(rows(site.url("/array"))) == names(rows(site.url("/object"))) == ["Tea", "Salt"]


@pytest.mark.parametrize("following", ["/b?page=2", "?page=2", "http://{host}/a?page=2"])
def test_the_next_page_is_named_in_the_body(site: Site, following: str) -> None:
    following = following.replace("{host}", f"127.0.0.1:{site.port}")
    for path in ("/a?page=2", "/b?page=2"):
        site.on(path, as_json({"items": [SALT]}))

    found = rows(site.on("/a", as_json({"items": [TEA], "next": following})))

    assert names(found) == ["Tea", "Salt"]


def test_the_next_page_is_named_in_a_header(site: Site) -> None:
    site.on("/b", as_json([SALT]))
    link = '</first>; rel="first", </b>; title="next"; rel="last next"'

    found = rows(site.on("/a", as_json([TEA], Link=link)))

    assert names(found) == ["Tea", "Salt"]


def test_prices_are_exact_and_wrong_rows_have_their_reason(site: Site) -> None:
    text = '[{"sku":"1","name":"a","price":0.1},{"sku":"2","name":"b","price":1e400},7,{"sku":"3","price":1}]'

    found = rows(site.on("/", plain("\ufeff" + text)))

    assert str(found[0]).split("\t")[:3] == ["1", "a", "0.10"]
    assert names(found[1:]) == ["price is too large", "not an object", "no name"]


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<html>", b"[1,", b"\xff\xfe", b"[" * 100_000, b'{"products": []}', b'{"items": {}}'),
        *(b'{"items": [], "next": [2]}', b'"text"', b"null", b"7"),
    ],
)
def test_what_is_no_page_is_a_sentence(site: Site, body: bytes) -> None:
    with pytest.raises(AnswerRefused, match='it has to be an array of objects, or an object with "items"'):
        rows(site.on("/", plain(body)))


def test_a_page_that_comes_again_is_refused(site: Site) -> None:
    site.on("/b", as_json({"items": [], "next": "/a"}))

    with pytest.raises(AnswerRefused, match="/a comes again as its own next page"):
        rows(site.on("/a", as_json({"items": [], "next": "/b"})))

    assert site.paths == ["/a", "/b"]


def test_pages_without_an_end_are_left(site: Site) -> None:
    for number in range(5):
        site.on(f"/{number}", as_json({"items": [], "next": f"/{number + 1}"}))

    with pytest.raises(AnswerRefused, match=r"Behind 4 pages there is one more, .*/4; allow more"):
        rows(site.url("/0"), most_pages=4)

    assert len(site.asked) == 4


@pytest.mark.parametrize("following", ["file:///etc/passwd", "//[", "ftp://x/"])
def test_a_next_page_that_is_not_of_the_web_is_refused(site: Site, following: str) -> None:
    with pytest.raises(WrongInput, match="The URL"):
        rows(site.on("/", as_json({"items": [], "next": following})))


def test_a_304_that_nobody_asked_for_is_refused(site: Site) -> None:
    with pytest.raises(AnswerRefused, match="answers 304, unasked"):
        rows(site.on("/", plain(status=304)))


def test_a_place_is_no_text_that_anybody_reads(site: Site) -> None:
    site.on("/b?key=s3cret", as_json([SALT]))
    web = Web(site.on("/a", as_json({"items": [TEA], "next": "/b?key=s3cret"})), silent, most_bytes=1_000)

    (_, place), (_, end) = ProductPages(web, PageValidators(), Counter(), most_pages=9).batches(None, 1)
    web.close()

    assert "s3cret" not in json.dumps([place, end])
    assert names(rows(site.url("/a"), position=place)) == ["Salt"]
    assert rows(site.url("/a"), position=end) == []
