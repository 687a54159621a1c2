"""Answers of servers that nobody here runs: bounded in size and time, asked again where that may help.

No message and no traceback shows more of a URL than its host and path: what is behind may be a secret.
"""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

import requests
import urllib3
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from jobs.exceptions import NightshiftError, WrongInput
from jobs.progress import Progress
from jobs.services.web_addresses import ServerUnavailable, shown
from jobs.services.web_connections import CheckedAdapter

CONNECT, SILENCE = 5, 30  # seconds: to be connected, and between two pieces of an answer
LONGEST_ANSWER = timedelta(minutes=2)  # from the first piece to the last
CHUNK = 65_536  # bytes
MOST_REDIRECTS = 5
TRIES = 4
FIRST_WAIT = 1.0  # seconds; it doubles
LONGEST_WAIT = 60.0  # seconds that a worker waits; longer ones are left to the retries of the job
STEP = 0.5  # seconds between two looks whether the run is to stop
REDIRECTS = {301, 302, 303, 307, 308}
ASKED = {"Accept": "application/json", "User-Agent": "nightshift"}


class AnswerRefused(NightshiftError):
    """The server answers what the job cannot use, and would again."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`url` is where it came from in the end; `body` is empty where nothing has changed (304)."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Web:
    """`credentials` go to the host of `url` only: `user:password`, or a token."""

    def __init__(self, url: str, progress: Progress, *, most_bytes: int, credentials: str = "") -> None:
        self.url, own = without_credentials(url)
        self._authorization = _authorization(credentials or own)
        self._origin = urlsplit(self.url)[:2]
        self._most_bytes = most_bytes
        self._progress = progress
        self._adapter = CheckedAdapter()

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Raises WrongInput, AnswerRefused, and ServerUnavailable after some tries."""
        retrying = Retrying(
            retry=retry_if_exception_type(ServerUnavailable),
            stop=_is_enough,
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._follow, url, headers)

    def close(self) -> None:
        self._adapter.close()

    def _follow(self, url: str, headers: Mapping[str, str]) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            url = without_credentials(url)[0]
            try:
                answer = self._ask(url, headers)
            except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
                # The library's own text holds the whole URL, so it is left out of the traceback too.
                raise _named(error, url) from None
            if answer.status not in REDIRECTS:
                return answer
            target = joined(url, answer.headers.get("Location", ""))
            if url.startswith("https:") and not target.startswith("https:"):
                raise AnswerRefused(f"{shown(url)} leads away from https; give its new address")
            url = target
        raise AnswerRefused(f"{shown(url)} leads on and on: {MOST_REDIRECTS} redirects are followed, no more")

    def _ask(self, url: str, headers: Mapping[str, str]) -> Answer:
        asked = {**ASKED, **headers}
        if self._authorization and urlsplit(url)[:2] == self._origin:
            asked["Authorization"] = self._authorization
        request = requests.Request("GET", url, headers=asked).prepare()
        # Not by a session, which would read what a redirect holds, however long it is.
        with self._adapter.send(request, stream=True, timeout=(CONNECT, SILENCE)) as response:
            self._refuse(response, url)
            body = self._body(response, url) if response.status_code == HTTPStatus.OK else b""
            return Answer(url=url, status=response.status_code, headers=response.headers, body=body)

    def _refuse(self, response: requests.Response, url: str) -> None:
        status = response.status_code
        said = f"{shown(url)} answers {status} {response.reason or ''}".strip()
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ServerUnavailable(said, _seconds(response.headers.get("Retry-After", "")))
        if status not in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED, *REDIRECTS}:
            raise AnswerRefused(f"{said}; look at the address, and at the credentials")

    def _body(self, response: requests.Response, url: str) -> bytes:
        until, pieces, size = time.monotonic() + LONGEST_ANSWER.total_seconds(), [], 0
        while piece := response.raw.read1(CHUNK, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > self._most_bytes:
                most = f"{self._most_bytes:,} bytes"
                raise AnswerRefused(f"{shown(url)} answers more than {most}; ask for smaller pages")
            if time.monotonic() > until:
                raise ServerUnavailable(f"{shown(url)} takes longer than two minutes to answer")
        return b"".join(pieces)

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._progress.update()
            time.sleep(min(left, STEP))


def without_credentials(url: str) -> tuple[str, str]:
    """The URL that may be asked, and `user:password` if it held one. Raises WrongInput."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise WrongInput("The URL cannot be read; write it like https://shop.example/products") from None
    if parts.scheme not in ("http", "https") or not host:
        raise WrongInput("The URL names no server; begin it with https:// and the host, or with http://")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    own = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return urlunsplit((parts.scheme, place, parts.path, parts.query, "")), own if own != ":" else ""


def joined(url: str, target: str) -> str:
    """Where that target leads from that URL. Raises WrongInput."""
    try:
        return urljoin(url, target)
    except ValueError:
        raise WrongInput(f"The URL that {shown(url)} leads to cannot be read; it is to be mended") from None


def _authorization(credentials: str) -> str:
    if ":" in credentials:
        return f"Basic {base64.b64encode(credentials.encode()).decode()}"
    return f"Bearer {credentials}" if credentials else ""


def _named(error: Exception, url: str) -> NightshiftError:
    where = shown(url)
    if isinstance(error, requests.exceptions.SSLError):
        return AnswerRefused(f"The certificate of {where} is not to be trusted; look at its address")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return WrongInput(f"{where} cannot be asked; correct the URL")
    if isinstance(error, requests.exceptions.ContentDecodingError | urllib3.exceptions.DecodeError):
        return AnswerRefused(f"{where} answers what cannot be unpacked; look at its Content-Encoding")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return ServerUnavailable(f"{where} was silent for {SILENCE} seconds")
    return ServerUnavailable(f"The connection to {where} broke")


def _seconds(retry_after: str) -> float | None:
    """From a number of seconds, or a date."""
    if retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _wait(state: RetryCallState) -> float:
    after = _after(state)
    return FIRST_WAIT * float(2 ** (state.attempt_number - 1)) if after is None else after


def _is_enough(state: RetryCallState) -> bool:
    return state.attempt_number >= TRIES or (_after(state) or 0) > LONGEST_WAIT


def _after(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.after if isinstance(error, ServerUnavailable) else None
