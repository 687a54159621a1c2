"""The address that was checked is the one that is connected to."""

import socket
from typing import Any

import pytest
import requests

from jobs.services.web_addresses import AddressRefused, ServerUnavailable
from jobs.services.web_connections import CheckedAdapter
from tests.jobs.services.fetched import site
from tests.web_server import Site, plain

__all__ = ["site"]


def fetch(url: str) -> requests.Response:
    return CheckedAdapter().send(requests.Request("GET", url).prepare(), timeout=5)


def test_a_name_is_looked_up_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.on("/", plain("here"))
    looked_up: list[str] = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", site.port))]

    def look_up(host: str, *_: Any, **__: Any) -> Any:
        looked_up.append(host)
        return found if len(looked_up) == 1 else []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    response = fetch(site.url(host="shop.example"))

    assert (response.text, looked_up) == ("here", ["shop.example"])
    assert site.asked[0][1]["Host"] == f"shop.example:{site.port}"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_private_address_is_refused_before_anything_is_sent(site: Site, settings: Any, scheme: str) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(AddressRefused):
        fetch(f"{scheme}://127.1:{site.port}/")

    assert site.asked == []


def test_of_several_addresses_one_that_answers_is_enough(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.on("/", plain("here"))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        ports = (nobody.getsockname()[1], site.port)
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

        assert fetch(site.url()).text == "here"


def test_where_nobody_listens_it_is_a_sentence(settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))

        with pytest.raises(ServerUnavailable, match=r"no connection to 127\.0\.0\.1: Connection refused"):
            fetch(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
