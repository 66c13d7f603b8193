"""Connections that look at the address they reached before a byte is sent, and keep to the time of their call.

``url_policy`` judges a name by its addresses of that moment; a name may have others a moment later (DNS
rebinding). A connection that ended inside a private network is closed at once.

urllib3's timeouts begin anew with every address that is tried and every byte that comes: a host that trickles
would hold a thread for ever. Here each step (connecting, TLS, a proxy's tunnel, sending, every read) gets at
most what is ``left`` to the call that the thread makes (``within``). Only a name server's time is not ours to
limit: a call that it held up too long ends before the next step. Nor are the single steps of TLS inside TLS,
to a host behind a proxy that is spoken to by https.
"""

from __future__ import annotations

import io
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family, create_connection

from lti_app.clients.url_policy import is_public


class _Call(threading.local):
    """The call that this thread makes, and ``until`` when (``time.monotonic``): urllib3 hands a connection
    nothing but a number of seconds, the same one at each step."""

    until = math.inf


_call = _Call()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What this thread calls inside must be over in that time: a step beyond it raises ``TimeoutError``."""
    _call.until = time.monotonic() + seconds
    try:
        yield
    finally:
        _call.until = math.inf


def left(most: float | None) -> float | None:
    """Seconds for the next step of this thread's call: ``most``, or less when less is left to the call.

    Raises ``TimeoutError`` when nothing is left.
    """
    seconds = _call.until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the time for the whole call is up")
    if most is not None and most < seconds:
        return most
    return None if seconds == math.inf else seconds


class _Reading(io.RawIOBase):
    """What the other side says, read by ``raw`` from ``connection``, whose timeout is for one read."""

    def __init__(self, connection: socket.socket, raw: io.RawIOBase) -> None:
        self._connection = connection
        self._raw = raw
        self._patience = connection.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._connection.settimeout(left(self._patience))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedAnswer(HTTPResponse):
    """An answer whose headers and body come in time, or raise ``TimeoutError``."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Reading(sock, self.fp.detach()))


class TimedHTTPConnection(HTTPConnection):
    """http, no step of which outlasts the call that it belongs to."""

    response_class = _TimedAnswer

    def _new_conn(self) -> socket.socket:
        try:
            connection = self._reached()
            try:
                self._admit(connection)
            except BaseException:
                connection.close()
                raise
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"{self.host} took too long") from error
        except OSError as error:
            raise NewConnectionError(self, f"{self.host} was not reached: {error}") from error
        return connection

    def _reached(self) -> socket.socket:
        """A connection to the first of the host's addresses that takes one; each has the whole timeout, if the
        call has. Raises ``OSError`` when none does."""
        left(self.timeout)
        host = self._dns_host.strip("[]")
        failure = OSError("it has no address")
        for *_, address in socket.getaddrinfo(
            host, self.port, allowed_gai_family(), socket.SOCK_STREAM
        ):
            seconds = left(self.timeout)
            place = (str(address[0]), int(address[1]))
            try:
                return create_connection(place, seconds, self.source_address, self.socket_options)
            except OSError as error:
                failure = error
        raise failure

    def _admit(self, connection: socket.socket) -> None:
        """Makes a new connection ready for TLS and the request, or raises because it must not be used."""
        connection.settimeout(left(self.timeout))

    def _tunnel(self) -> None:
        super()._tunnel()
        self.sock.settimeout(left(self.timeout))

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(left(self.timeout))
        super().send(data)


class TimedHTTPSConnection(TimedHTTPConnection, HTTPSConnection):
    """https, likewise."""


class TimedHTTPPool(HTTPConnectionPool):
    ConnectionCls = TimedHTTPConnection


class TimedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = TimedHTTPSConnection


class _Guarded(TimedHTTPConnection):
    def _admit(self, connection: socket.socket) -> None:
        address = str(connection.getpeername()[0]).split("%")[0]
        if not is_public(address):
            raise NewConnectionError(
                self, f"{self.host} led to {address}, inside a private network"
            )
        super()._admit(connection)


class GuardedHTTPConnection(_Guarded):
    """http, for the redirect-free calls that the policy lets through."""


class GuardedHTTPSConnection(_Guarded, TimedHTTPSConnection):
    """https; the look comes before the TLS handshake."""


class GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = GuardedHTTPConnection


class GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedHTTPSConnection


Pools = dict[str, type[HTTPConnectionPool]]
TIMED: Pools = {"http": TimedHTTPPool, "https": TimedHTTPSPool}
GUARDED: Pools = {"http": GuardedHTTPPool, "https": GuardedHTTPSPool}


class TimedAdapter(HTTPAdapter):
    """requests' adapter on connections that keep to the time of their call, through a proxy or not."""

    pools: ClassVar[Pools] = TIMED

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self.pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):  # those have connections of their own
            manager.pool_classes_by_scheme = TIMED
        return manager


class GuardedAdapter(TimedAdapter):
    """The same, and nothing inside a private network is reached but by the proxy."""

    pools: ClassVar[Pools] = GUARDED
