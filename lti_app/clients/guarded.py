"""Connections that look at the address they reached before a byte is sent.

``url_policy`` judges a name by its addresses of that moment; a name may have others a moment later (DNS
rebinding). A connection that ended inside a private network is closed at once.
"""

from __future__ import annotations

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from lti_app.clients.url_policy import is_public


class _Guarded(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        address = str(connection.getpeername()[0]).split("%")[0]
        if not is_public(address):
            connection.close()
            raise NewConnectionError(
                self, f"{self.host} led to {address}, inside a private network"
            )
        return connection


class GuardedHTTPConnection(_Guarded):
    """http, for the redirect-free calls that the policy lets through."""


class GuardedHTTPSConnection(_Guarded, HTTPSConnection):
    """https; the look comes before the TLS handshake."""


class GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = GuardedHTTPConnection


class GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedHTTPSConnection


class GuardedAdapter(HTTPAdapter):
    """requests' adapter on those connections."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": GuardedHTTPPool,
            "https": GuardedHTTPSPool,
        }
