"""Which addresses a job may speak to: public ones only, unless the settings say otherwise."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from jobs.exceptions import NightshiftError, WrongInput

Address = tuple[int, int, int, str, Any]  # as socket.getaddrinfo gives them


class AddressRefused(WrongInput):
    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host!r} leads to an address that is private or of this machine; "
            "set ALLOW_PRIVATE_ADDRESSES where jobs are to reach such"
        )


class ServerUnavailable(NightshiftError):
    """It may answer later. `after` is how many seconds it asked to be left alone, if it did."""

    def __init__(self, sentence: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(sentence)


def addresses_of(host: str, port: int) -> list[Address]:
    """Those to connect to. They are looked up once: a second look-up could find others.

    Raises AddressRefused where any of them may not be spoken to, and WrongInput where there is no such host.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
            raise ServerUnavailable(f"The address of {host!r} cannot be looked up now") from error
        raise WrongInput(f"There is no host {host!r}; correct the URL") from error
    if not settings.ALLOW_PRIVATE_ADDRESSES and not all(is_public(str(each[4][0])) for each in found):
        raise AddressRefused(host)
    return [(int(family), int(kind), protocol, "", where) for family, kind, protocol, _, where in found]


def is_public(text: str) -> bool:
    """However an IPv4 address is dressed up, as one of IPv6 or for a tunnel."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if address.sixtofour is not None or address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def shown(url: str) -> str:
    """Without what may be a secret."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
