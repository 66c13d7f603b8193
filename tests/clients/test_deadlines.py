"""A call ends in its time, whatever the other side does with it, and leaves nothing behind."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lti_app.clients import guarded, http
from lti_app.clients.http import Http
from lti_app.errors import ServiceUnavailable

SECONDS = 0.6
SOON = 3.0  # seconds within which a call of ``SECONDS`` must have ended
OK = b"HTTP/1.1 200 OK\r\n"
Talk = Callable[["Host", socket.socket], None]


class Host:
    """A host that does ``talk`` over each connection, after TLS if it has a certificate. ``met`` counts them."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._context = context
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve)]
        self.met = 0
        self.stopped = threading.Event()
        self.port = self._door.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}/"
        self._threads[0].start()

    def close(self) -> None:
        """Ends all talk, and waits for it."""
        self.stopped.set()
        self._door.shutdown(socket.SHUT_RDWR)
        for connection in self._open:
            with suppress(OSError):  # it may be over
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._door.close()

    def trickle(self, connection: socket.socket, data: bytes) -> None:
        """Sends byte by byte, until it is not listened to; the last again and again."""
        for at in range(100_000):
            connection.sendall(data[at : at + 1] or data[-1:])
            if self.stopped.wait(0.05):
                return

    def _serve(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _address = self._door.accept()
            except OSError:
                return
            self.met += 1
            thread = threading.Thread(target=self._meet, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _meet(self, connection: socket.socket) -> None:
        try:
            with self._secured(connection) as open_one:
                self._open.append(open_one)
                self._talk(self, open_one)
        except OSError:
            return

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self._context is None:
            return connection
        try:
            return self._context.wrap_socket(connection, server_side=True)
        finally:
            connection.close()  # nothing of it is left, if all went well


def asked(connection: socket.socket) -> bytes:
    """A request without a body."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        told = connection.recv(65536)
        if not told:
            raise OSError("nobody asks")
        heard += told
    return heard


def says_nothing(host: Host, connection: socket.socket) -> None:
    asked(connection)
    host.stopped.wait()


def trickles_headers(host: Host, connection: socket.socket) -> None:
    asked(connection)
    host.trickle(connection, OK + b"X: a")


def trickles_lines(host: Host, connection: socket.socket) -> None:
    asked(connection)
    host.trickle(connection, b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def trickles_a_body(host: Host, connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(OK + b"Content-Length: 100000\r\n\r\n")
    host.trickle(connection, b".")


def trickles_chunks(host: Host, connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    host.trickle(connection, b"1\r\n.\r\n" * 1000)


def trickles_an_error(host: Host, connection: socket.socket) -> None:
    """That a read is repeated after, when all of it is there."""
    asked(connection)
    connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 100000\r\n\r\n")
    host.trickle(connection, b".")


def answers(host: Host, connection: socket.socket) -> None:
    while asked(connection):
        connection.sendall(OK + b"Content-Length: 2\r\n\r\n{}")


def answers_and_closes(host: Host, connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(OK + b"Connection: close\r\n\r\n" + b"." * 3_000_000)


def answers_in_chunks(host: Host, connection: socket.socket) -> None:
    asked(connection)
    chunk = b"%x\r\n%b\r\n" % (300_000, b"." * 300_000)
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 10 + b"0\r\n\r\n")


HOLDING_UP = [
    says_nothing,
    trickles_headers,
    trickles_lines,
    trickles_a_body,
    trickles_chunks,
    trickles_an_error,
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "host.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        made.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture(params=["http", "https"])
def context(
    request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext | None:
    """What the hosts speak TLS with, if they do."""
    if request.param == "http":
        return None
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Http]:
    """Calls over guarded connections, as outside a lab, but to this machine."""
    monkeypatch.setattr(http, "check_url", lambda _url, *, lab: None)
    monkeypatch.setattr(guarded, "is_public", lambda _address: True)
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with closing(Http()) as opened:
        yield opened


def lasting(work: Callable[[], object]) -> float:
    """How many seconds it takes until it fails."""
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        work()
    return time.monotonic() - began


@pytest.mark.parametrize("talk", HOLDING_UP)
def test_a_call_that_somebody_waits_for_ends_in_its_time(
    client: Http, context: ssl.SSLContext | None, talk: Talk
) -> None:
    with closing(Host(talk, context)) as host:
        assert lasting(lambda: client.request("GET", host.url, seconds=SECONDS)) < SOON
        assert host.met == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("talk", HOLDING_UP[1:])
def test_every_other_call_ends_in_its_time_too(
    client: Http,
    context: ssl.SSLContext | None,
    monkeypatch: pytest.MonkeyPatch,
    talk: Talk,
    method: str,
) -> None:
    monkeypatch.setattr(http, "LONGEST_ANSWER", SECONDS)
    with closing(Host(talk, context)) as host:
        assert lasting(lambda: client.request(method, host.url, data={})) < SOON


@pytest.mark.parametrize("greets", [False, True])
def test_a_handshake_that_does_not_end_is_given_up(
    client: Http, certificate: Path, monkeypatch: pytest.MonkeyPatch, greets: bool
) -> None:
    def trickles(host: Host, connection: socket.socket) -> None:
        connection.recv(65536)
        if greets:
            host.trickle(connection, b"\x16\x03\x03\x40\x00\x02")
        host.stopped.wait()

    with closing(Host(trickles)) as host:
        url = host.url.replace("http:", "https:")
        assert lasting(lambda: client.request("GET", url, seconds=SECONDS)) < SOON


def test_a_proxy_that_trickles_its_answer_is_given_up(
    client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Host(trickles_headers)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        url = "https://moodle.example/"
        assert lasting(lambda: client.request("GET", url, seconds=SECONDS)) < SOON
        assert proxy.met >= 1


def test_through_a_proxy_a_host_is_reached(
    client: Http, context: ssl.SSLContext | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def passes_on(host: Host, connection: socket.socket) -> None:
        line = asked(connection).split(b"\r\n")[0]
        if not line.startswith(b"CONNECT"):
            connection.sendall(OK + b"Content-Length: 2\r\n\r\n{}")
            return
        with socket.create_connection(("127.0.0.1", target.port)) as beyond:
            connection.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
            back = threading.Thread(target=pour, args=(beyond, connection))
            back.start()
            pour(connection, beyond)
            back.join()

    def pour(here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):  # one of them is gone
            while data := here.recv(65536):
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)

    with closing(Host(answers, context)) as target, closing(Host(passes_on)) as proxy:
        for name in ("HTTPS_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert client.request("GET", target.url, seconds=5).body == b"{}"
        assert proxy.met == 1


@pytest.fixture
def full() -> Iterator[int]:
    """A port where nobody gets through: as many wait there as may."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as door:
        waiting = []
        for _ in range(3):
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex(door.getsockname())
            waiting.append(connection)
        yield door.getsockname()[1]
        for connection in waiting:
            connection.close()


def of_many_addresses(*ports: int) -> Callable[..., list]:
    """A resolver to which every name has an address for each port."""
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *more: object, **named: object) -> list:
        if host != "many.example":
            return real(host, port, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", at)) for at in ports]

    return getaddrinfo


def test_a_name_with_many_silent_addresses_is_given_up(
    client: Http, full: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", of_many_addresses(*[full] * 30))
    assert lasting(lambda: client.request("GET", "http://many.example/", seconds=SECONDS)) < SOON


def test_a_silent_address_leaves_time_for_the_next(
    client: Http, full: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Host(answers)) as host:
        monkeypatch.setattr(socket, "getaddrinfo", of_many_addresses(full, host.port))
        assert client.request("GET", "http://many.example/", seconds=3).body == b"{}"


@pytest.mark.parametrize("seconds", [None, 5.0])
def test_a_read_is_repeated_only_if_nobody_waits(client: Http, seconds: float | None) -> None:
    def hangs_up(host: Host, connection: socket.socket) -> None:
        asked(connection)

    with closing(Host(hangs_up)) as host:
        lasting(lambda: client.request("GET", host.url, seconds=seconds))
        assert host.met == (2 if seconds is None else 1)


def test_the_time_of_one_call_is_not_that_of_the_next(
    client: Http, context: ssl.SSLContext | None
) -> None:
    """Which goes over the same connection."""
    with closing(Host(answers, context)) as host:
        client.request("GET", host.url, seconds=1.0)
        time.sleep(1.1)
        assert client.request("GET", host.url).body == b"{}"
        assert host.met == 1


@pytest.mark.parametrize("talk", [answers_and_closes, answers_in_chunks])
def test_long_answers_are_read_to_their_end(
    client: Http, context: ssl.SSLContext | None, talk: Talk
) -> None:
    with closing(Host(talk, context)) as host:
        assert len(client.request("GET", host.url).body) == 3_000_000


def held() -> tuple[int, int]:
    """How many files and threads this process has open."""
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


def test_a_call_that_was_given_up_leaves_no_thread_and_no_connection(
    client: Http, context: ssl.SSLContext | None
) -> None:
    hung_up = threading.Semaphore(0)

    def trickles(host: Host, connection: socket.socket) -> None:
        try:
            trickles_headers(host, connection)
        finally:
            hung_up.release()

    with closing(Host(answers, context)) as warm:
        client.request("GET", warm.url)
        client.close()
    before = held()
    with closing(Host(trickles, context)) as host:
        for _ in range(3):
            lasting(lambda: client.request("GET", host.url, seconds=0.2))
            assert hung_up.acquire(timeout=2)
    client.close()
    assert held() == before
