"""The one HTTP client: connections kept, no cookies, no redirects, nothing endless."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lti_app.clients import http
from lti_app.clients.http import Answer, Http, server_time
from lti_app.errors import AddressRefused, ServiceRefused, ServiceUnavailable


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says, over connections that stay open."""

    protocol_version = "HTTP/1.1"
    server: Server  # type: ignore[assignment]

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.server.date or super().date_time_string(timestamp)

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.path, body))
        self.server.cookies.append(self.headers.get("Cookie"))
        if self.path == "/trickle":
            self._trickle()
            return
        path, _, query = self.path.partition("?")
        status = int(path.strip("/") or 200)
        self.send_response(status)
        self.send_header("Set-Cookie", "MoodleSession=abc; path=/")
        self.send_header("Content-Length", "2")
        if status == 302:
            self.send_header("Location", "/200")
        if status in (429, 503) and query != "at-once":
            self.send_header("Retry-After", self.server.retry_after)
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET

    def _trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _ in range(100_000):
            try:
                self.wfile.write(b".")
                self.wfile.flush()
            except OSError:
                return
            if self.server.stopped.wait(0.05):
                return

    def log_message(self, format: str, *args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    """Counts connections and keeps the cookies it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.connections = 0
        self.cookies: list[str | None] = []
        self.asked: list[tuple[str, bytes]] = []
        self.retry_after = "7"
        self.date = ""
        self.stopped = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield running
        running.stopped.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def client() -> Iterator[Http]:
    opened = Http(lab=True)
    yield opened
    opened.close()


def test_one_connection_serves_one_call_after_the_other(server: Server, client: Http) -> None:
    for _ in range(20):
        client.request("POST", server.url + "/200", data=b"{}")
    assert server.connections == 1


def test_no_cookie_is_kept(server: Server, client: Http) -> None:
    """A session's cookie would make the LMS answer parallel calls one after the other."""
    for _ in range(3):
        client.request("POST", server.url + "/200")
    assert server.cookies == [None, None, None]


@pytest.mark.parametrize(
    ("status", "error", "retry_after"),
    [
        (302, ServiceRefused, None),
        (400, ServiceRefused, None),
        (403, ServiceRefused, None),
        (404, ServiceRefused, None),
        (409, ServiceRefused, None),
        (422, ServiceRefused, None),
        (401, ServiceUnavailable, None),
        (408, ServiceUnavailable, None),
        (429, ServiceUnavailable, 7.0),
        (500, ServiceUnavailable, None),
        (502, ServiceUnavailable, None),
        (503, ServiceUnavailable, 7.0),
    ],
)
def test_permanent_and_passing_failures_are_told_apart(
    server: Server, client: Http, status: int, error: type[Exception], retry_after: float | None
) -> None:
    with pytest.raises(error) as caught:
        client.request("POST", f"{server.url}/{status}")
    assert (caught.value.status, caught.value.retry_after) == (status, retry_after)  # type: ignore[attr-defined]


def test_an_answer_that_trickles_for_ever_is_given_up(
    server: Server, client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_ANSWER", 0.5)
    with pytest.raises(ServiceUnavailable):
        client.request("GET", server.url + "/trickle")


def test_what_no_header_may_hold_is_not_sent(server: Server, client: Http) -> None:
    """A token with a line break would otherwise add headers of the platform's choice."""
    with pytest.raises(ServiceUnavailable):
        client.request("GET", server.url, headers={"Authorization": "Bearer a\r\nCookie: b"})
    assert server.cookies == []


def test_forms_and_queries_are_escaped(server: Server, client: Http) -> None:
    client.request(
        "POST", server.url + "/200?a=é b", data={"note": "déjà & vu"}, params={"user_id": "1/2"}
    )
    assert server.asked == [("/200?a=%C3%A9%20b&user_id=1%2F2", b"note=d%C3%A9j%C3%A0+%26+vu")]


def test_the_environments_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many schools let nothing out but through theirs."""
    monkeypatch.setattr(http, "check_url", lambda _url, *, lab: None)
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        asked: list[bytes] = []

        def refuse() -> None:
            for _ in range(1 + 2):  # a tunnel that failed is tried twice more
                connection, _address = proxy.accept()
                with connection:
                    asked.append(connection.recv(1000).split(b"\r\n")[0])
                    connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        client = Http()
        with pytest.raises(ServiceUnavailable):
            client.request("POST", "https://moodle.example/scores", data=b"{}")
        client.close()
    assert asked[0].startswith(b"CONNECT moodle.example:443 ")


def test_outside_a_lab_a_private_address_is_not_called(server: Server) -> None:
    client = Http()
    with pytest.raises(AddressRefused):
        client.request("GET", server.url.replace("http:", "https:"))
    client.close()
    assert server.connections == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_read_is_repeated_unless_the_server_says_when(
    server: Server, client: Http, status: int
) -> None:
    with pytest.raises(ServiceUnavailable) as caught:
        client.request("GET", f"{server.url}/{status}")
    assert (caught.value.retry_after, len(server.asked)) == (7.0, 1)
    with pytest.raises(ServiceUnavailable):
        client.request("GET", f"{server.url}/{status}?at-once")
    assert len(server.asked) == 1 + 3


@pytest.mark.parametrize(
    "nonsense",
    [
        "²",
        "-5",
        "soon",
        "Mon, 24 Nov 99999999999999999999 08:00:00 GMT",
        "Tue, 24 Nov 2026 08:00:00 +99999999999999999999",
        "Fri, 31 Dec 9999 23:59:59 -2300",
    ],
)
def test_a_header_that_tells_no_moment_is_as_if_it_were_not_sent(
    server: Server, client: Http, nonsense: str
) -> None:
    server.retry_after = server.date = nonsense
    seen: list[Answer] = []
    with pytest.raises(ServiceUnavailable) as caught:
        client.request("POST", server.url + "/503", seen=seen.append)
    assert (caught.value.retry_after, server_time(seen[0])) == (None, None)


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_a_date_to_come_back_at_is_utc(server: Server, client: Http, zone: str) -> None:
    then = datetime.now(UTC) + timedelta(hours=1)
    server.retry_after = f"{then:%a, %d %b %Y %H:%M:%S} {zone}"
    with pytest.raises(ServiceUnavailable) as caught:
        client.request("POST", server.url + "/503")
    assert caught.value.retry_after == pytest.approx(3600, abs=5)
