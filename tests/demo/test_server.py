"""The server of the embedded LMS and of the tool beside it."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

from lti_app.demo.server import listen, serve

PATIENCE = 5  # seconds


class Content:
    """An answer that is not over before its reader has hung up."""

    def __init__(self, hung_up: threading.Event) -> None:
        self.hung_up = hung_up
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        yield b"a beginning"
        assert self.hung_up.wait(PATIENCE)

    def close(self) -> None:
        self.closed.set()


def test_an_answer_is_closed_when_the_browser_hangs_up():
    hung_up = threading.Event()
    content = Content(hung_up)

    def app(environ, start_response) -> Content:
        start_response("200 OK", [("Content-Length", "11")])
        return content

    with listen() as door, serve(app, door):
        browser = socket.create_connection(("127.0.0.1", door.port))
        browser.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        browser.settimeout(0.3)
        with contextlib.suppress(TimeoutError):
            browser.recv(1)
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        browser.close()  # with a reset, as a browser leaves a page it no longer wants
        hung_up.set()
        assert content.closed.wait(PATIENCE)
