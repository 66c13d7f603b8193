"""Serves a WSGI application on the loopback interface, in a thread, for demo and tests.

A `Door` is a listening socket: taken first, so that the LMS and the tool can be told each
other's address before either of them exists.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@runtime_checkable
class Closing(Protocol):
    """An answer that holds something open, a file for instance (PEP 3333)."""

    def close(self) -> None: ...


class _Quiet(WSGIRequestHandler):
    """Writes no log line: an address may hold what a log must not. The time of an answer is the
    application's to tell, whose clock may be a test's."""

    def send_response(self, code: int, message: str | None = None) -> None:
        self.send_response_only(code, message)

    def log(self, type: str, message: str, *args: object) -> None:
        return


def _whole(app: WSGIApplication) -> WSGIApplication:
    """Answers in one piece, closed before Werkzeug's server has it, which leaves open what it was given
    when the browser hangs up."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        content = app(environ, start_response)
        try:
            return [b"".join(content)]
        finally:
            if isinstance(content, Closing):
                content.close()

    return answer


class Door:
    """A listening socket on 127.0.0.1; `url` names it as `host` (127.0.0.1 or localhost)."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_server(("127.0.0.1", port))
        self.host = host
        self.port: int = self.socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"

    def close(self) -> None:
        """Stops listening."""
        self.socket.close()


@contextmanager
def listen(host: str = "127.0.0.1", port: int = 0) -> Iterator[Door]:
    """Takes a port (0: any free one) on the loopback interface.

    `host` is how browsers will name it: « 127.0.0.1 » for the LMS, « localhost » for the
    tool. Raises ValueError for any other name, OSError when the port is taken.
    """
    if host not in ("127.0.0.1", "localhost"):
        raise ValueError(f"only 127.0.0.1 and localhost are served, not {host}")
    door = Door(host, port)
    try:
        yield door
    finally:
        door.close()


@contextmanager
def serve(app: WSGIApplication, door: Door) -> Iterator[str]:
    """Serves `app` at a door, a thread a request, until the block ends. Gives its URL."""
    server = make_server(
        "127.0.0.1",
        door.port,
        _whole(app),
        threaded=True,
        request_handler=_Quiet,
        fd=door.socket.fileno(),
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield door.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
