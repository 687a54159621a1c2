"""Which addresses may be spoken to."""

import socket
from typing import Any

import pytest

from jobs.exceptions import WrongInput
from jobs.services.web_addresses import AddressRefused, ServerUnavailable, addresses_of, is_public


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_everybody_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "::1", "::", "fe80::1%eth0", "fc00::1"),
        *("fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::"),
    ],
)
def test_any_other_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "localhost"),
        *("::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "0", "169.254.169.254", "10.0.0.1"),
    ],
)
def test_a_host_of_this_machine_or_its_network_is_refused_however_it_is_written(
    host: str, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(AddressRefused, match="is private or of this machine; set ALLOW_PRIVATE_ADDRESSES"):
        addresses_of(host, 80)


def test_a_host_that_has_one_private_address_among_others_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(AddressRefused):
        addresses_of("shop.example", 80)


def test_the_setting_allows_them(settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = True

    assert [each[4] for each in addresses_of("127.1", 80)] == [("127.0.0.1", 80)]


@pytest.mark.parametrize(
    ("code", "error"), [(socket.EAI_NONAME, WrongInput), (socket.EAI_AGAIN, ServerUnavailable)]
)
def test_a_host_that_is_not_found_may_be_a_typing_error_or_a_bad_moment(
    code: int, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise socket.gaierror(code, "no")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(error, match=r"'shop\.example'"):
        addresses_of("shop.example", 80)
