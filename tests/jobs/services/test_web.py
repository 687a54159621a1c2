"""Answers of a server that misbehaves."""

import gzip
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any

import pytest

from jobs.exceptions import StopReason, StopRequested, WrongInput
from jobs.progress import Progress, silent
from jobs.services import web
from jobs.services.web import Answer, AnswerRefused, Web, without_credentials
from jobs.services.web_addresses import AddressRefused, ServerUnavailable
from tests.jobs.services.fetched import site
from tests.web_server import Site, cut_off, plain, without_end

__all__ = ["site"]

SECRETS = "/x?key=s3cret"


def get(url: str, *, most_bytes: int = 1_000, credentials: str = "", progress: Progress = silent) -> Answer:
    asking = Web(url, progress, most_bytes=most_bytes, credentials=credentials)
    try:
        return asking.get(asking.url, {})
    finally:
        asking.close()


class Stopping(Progress):
    def update(self, *args: Any, **options: Any) -> None:
        raise StopRequested(StopReason.YIELDED)


def test_an_answer_is_its_body_and_headers(site: Site) -> None:
    answer = get(site.on("/", plain("here", X_Colour="red")))

    assert (answer.status, answer.body, answer.headers["x-colour"]) == (200, b"here", "red")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(site: Site, status: int) -> None:
    url = site.on("/", plain(status=status), plain(status=status, Retry_After="0"), plain("here"))

    assert (get(url).body, len(site.asked)) == (b"here", 3)


def test_a_server_that_stays_busy_is_asked_four_times(site: Site) -> None:
    with pytest.raises(ServerUnavailable, match=r"http://127\.0\.0\.1:\d+/ answers 503 Service Unavailable"):
        get(site.on("/", plain(status=503)))

    assert len(site.asked) == 4


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 422])
def test_any_other_answer_is_final(site: Site, status: int) -> None:
    with pytest.raises(AnswerRefused, match=f"answers {status} .*; look at the address"):
        get(site.on("/", plain(status=status)))

    assert len(site.asked) == 1


@pytest.mark.parametrize("is_date", [False, True])
def test_a_server_that_asks_for_a_long_rest_gets_it(site: Site, is_date: bool) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    after = date if is_date else "3600"

    with pytest.raises(ServerUnavailable) as caught:
        get(site.on("/", plain(status=429, Retry_After=after)))

    assert caught.value.after == pytest.approx(3600, abs=60)
    assert len(site.asked) == 1


@pytest.mark.parametrize("after", ["soon", "Wed, 21 Oct 2015 07:28:00 GMT", "-1", ""])
def test_a_rest_that_is_over_or_no_time_is_none(site: Site, after: str) -> None:
    url = site.on("/", plain(status=503, Retry_After=after), plain("here"))

    assert get(url).body == b"here"


def test_whoever_is_to_stop_does_not_wait_to_the_end(site: Site) -> None:
    with pytest.raises(StopRequested):
        get(site.on("/", plain(status=503, Retry_After="60")), progress=Stopping())


def test_a_connection_that_breaks_is_tried_again(site: Site) -> None:
    assert get(site.on("/", cut_off, plain("here"))).body == b"here"


def test_a_server_that_says_nothing_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "SILENCE", 0.05)

    with pytest.raises(ServerUnavailable, match="/silent was silent for"):
        get(site.url("/silent"))

    assert len(site.asked) == 4


def test_an_answer_that_takes_too_long_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LONGEST_ANSWER", timedelta(0))

    with pytest.raises(ServerUnavailable, match="takes longer than"):
        get(site.on("/", without_end), most_bytes=10**12)


def test_an_answer_that_is_too_long_is_refused(site: Site) -> None:
    assert get(site.on("/", plain(b"x" * 1_000))).body == b"x" * 1_000

    with pytest.raises(AnswerRefused, match="answers more than 1,000 bytes; ask for smaller pages"):
        get(site.on("/", without_end))


def test_an_answer_that_is_long_once_it_is_unpacked_is_refused(site: Site) -> None:
    packed = gzip.compress(b"x" * 5_000_000)

    with pytest.raises(AnswerRefused, match="answers more than 10,000 bytes"):
        get(site.on("/", plain(packed, Content_Encoding="gzip")), most_bytes=10_000)


def test_a_packed_answer_is_unpacked(site: Site) -> None:
    assert get(site.on("/", plain(gzip.compress(b"here"), Content_Encoding="gzip"))).body == b"here"


def test_what_cannot_be_unpacked_is_refused(site: Site) -> None:
    with pytest.raises(AnswerRefused, match="cannot be unpacked"):
        get(site.on("/", plain(b"no gzip", Content_Encoding="gzip")))


def test_a_redirect_is_followed(site: Site) -> None:
    site.on("/there", plain("here"))

    answer = get(site.on("/", plain(status=302, Location="/there")))

    assert (answer.body, answer.url) == (b"here", site.url("/there"))


def test_what_a_redirect_holds_is_not_read(site: Site) -> None:
    site.on("/there", plain("here"))

    assert get(site.on("/", partial(without_end, status=302))).body == b"here"


def test_a_redirect_without_an_end_is_left(site: Site) -> None:
    with pytest.raises(AnswerRefused, match="5 redirects are followed"):
        get(site.on("/", plain(status=302, Location="/")))

    assert len(site.asked) == 6


def test_a_redirect_to_a_private_address_is_refused(
    site: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    # The first address passes for a public one: only 127.0.0.2 is refused here.
    monkeypatch.setattr("jobs.services.web_addresses.is_public", lambda address: address != "127.0.0.2")
    target = site.url("/there", host="127.0.0.2")

    with pytest.raises(AddressRefused, match=r"'127\.0\.0\.2' leads to an address that is private"):
        get(site.on("/", plain(status=302, Location=target)))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "//["])
def test_a_redirect_to_anything_but_the_web_is_refused(site: Site, target: str) -> None:
    with pytest.raises(WrongInput, match="The URL"):
        get(site.on("/", plain(status=302, Location=target)))


def test_credentials_go_to_their_host_only(site: Site) -> None:
    other = site.url("/there", host="localhost")
    site.on("/there", plain("here"))

    get(site.on("/", plain(status=302, Location=other)), credentials="ann:s3cret")

    assert [headers.get("Authorization") for _, headers in site.asked] == ["Basic YW5uOnMzY3JldA==", None]


def test_credentials_may_stand_in_the_url_or_be_a_token(site: Site) -> None:
    url = site.on("/", plain("here"))

    get(url.replace("//", "//ann:s3cret@"))
    get(url, credentials="t0ken")

    assert [headers["Authorization"] for _, headers in site.asked] == [
        "Basic YW5uOnMzY3JldA==",
        "Bearer t0ken",
    ]


@pytest.mark.parametrize(
    "answer", [plain(status=404), plain(status=503), plain(status=302, Location="ftp://x"), cut_off]
)
def test_no_error_shows_what_may_be_a_secret(site: Site, answer: Any) -> None:
    url = site.on(SECRETS, answer).replace("//", "//ann:s3cret@")

    with pytest.raises((AnswerRefused, ServerUnavailable, WrongInput)) as caught:
        get(url)

    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "url",
    ["shop.example", "user:s3cret@shop.example", "file:///etc/passwd", "http://", "http://[", "http://a:b/"],
)
def test_what_is_no_url_of_a_server_is_a_sentence_that_does_not_repeat_it(url: str) -> None:
    with pytest.raises(WrongInput, match="The URL") as caught:
        without_credentials(url)

    assert "s3cret" not in str(caught.value)
