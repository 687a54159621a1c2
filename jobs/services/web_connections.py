"""Connections that go to the very address that was checked, whatever its name leads to a moment later."""

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from jobs.services.web_addresses import ServerUnavailable, addresses_of


class CheckedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class CheckedTlsConnection(HTTPSConnection):
    """The certificate is still compared with the name."""

    def _new_conn(self) -> socket.socket:
        return _connected(self)


class CheckedPool(HTTPConnectionPool):
    ConnectionCls = CheckedConnection


class CheckedTlsPool(HTTPSConnectionPool):
    ConnectionCls = CheckedTlsConnection


class CheckedAdapter(HTTPAdapter):
    """Every request gets its connection here, that of each hop of a redirect too; it knows no proxy."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": CheckedPool, "https": CheckedTlsPool}


def _connected(connection: HTTPConnection) -> socket.socket:
    """Raises AddressRefused, and ServerUnavailable where nobody listens."""
    host = connection.host.strip("[]")
    failure: OSError | None = None
    for family, kind, protocol, _, address in addresses_of(host, connection.port or connection.default_port):
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(float(connection.timeout or 0) or None)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.connect(address)
        except OSError as error:
            made.close()
            failure = error
        else:
            return made
    reason = failure.strerror if failure and failure.strerror else "no answer"
    raise ServerUnavailable(f"There is no connection to {host}: {reason}")
