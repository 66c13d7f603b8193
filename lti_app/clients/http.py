"""The one HTTP client of the product: pooled connections, timeouts, size cap, no cookies, no redirects.

The calls are urllib3's own; ``requests`` opens the connections as the environment says (proxies, an own
certificate authority). Its sessions would do nothing for us on top of that, and take as much of the
processor as all the rest of a call.

Whatever goes wrong becomes one of our exceptions: no answer or a 5xx is ``ServiceUnavailable``, a 4xx is
``ServiceRefused``. Reads are repeated at once on 429, 502, 503 and 504, unless the server says when to come
back (``Retry-After``): that, and whether a write may be repeated, is for the caller to know. All of it, from
the first step to the last byte, is over in ``LONGEST_ANSWER``, or in the time that the caller gives.
"""

from __future__ import annotations

import email.utils
import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

import requests
from requests.utils import parse_header_links
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry, Timeout, parse_url

from lti_app.clients import foreign_json
from lti_app.clients.guarded import GuardedAdapter, TimedAdapter, left, within
from lti_app.clients.url_policy import bare, check_url
from lti_app.errors import AddressUnknown, ServiceRefused, ServiceUnavailable

TIMEOUT = Timeout(connect=5.0, read=20.0)  # seconds; ``read`` is between two bytes of an answer
LONGEST_ANSWER = 60.0  # seconds for a whole call, tries and all, however steadily it trickles
HOSTS = 64  # platforms whose connections are kept open; a forgotten one is opened anew
MAX_BYTES = 20 * 1024 * 1024  # a roster of 20,000 members is about 8 MB
RETRIABLE = (429, 502, 503, 504)
TRANSIENT = (401, 408, 425, 429)
HEADERS = {"User-Agent": "Competences-LTI", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. ``headers`` are found by their name in any case; ``body`` is unpacked."""

    url: str
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def links(self) -> dict[str, str]:
        """The addresses of the ``Link`` header by their relation (RFC 8288)."""
        told = parse_header_links(self.headers.get("Link", ""))
        return {link["rel"]: link["url"] for link in told if "rel" in link}


class Reads(Retry):
    """Repeats a read, but not before the time that the server asked for, nor when the call's time is up."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        return not has_retry_after and super().is_retry(method, status_code)

    def get_backoff_time(self) -> float:
        return left(super().get_backoff_time()) or 0.0


class Http:
    """Calls an LMS. ``lab`` admits http and private addresses (see ``url_policy``), and goes through no
    proxy. Safe from many threads."""

    def __init__(self, *, lab: bool = False, pool_size: int = 16) -> None:
        self.lab = lab
        self.retries = Reads(
            total=2,
            connect=1,
            read=1,
            status=2,
            allowed_methods=frozenset({"GET"}),
            status_forcelist=RETRIABLE,
            backoff_factor=0.3,
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        kind = TimedAdapter if lab else GuardedAdapter
        self._opener = kind(pool_connections=HOSTS, pool_maxsize=pool_size)
        self._pool = functools.lru_cache(HOSTS)(self._open)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        seen: Callable[[Answer], None] | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """The answer, when its status is 2xx. ``data`` that is a mapping is sent as a form. ``seen`` is shown
        every answer, whatever its status. ``seconds`` are all that the call may take while somebody waits for
        it; a read that failed is then not repeated.

        Raises ``AddressRefused`` before any call, ``ServiceUnavailable`` or ``ServiceRefused`` after it.
        """
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        try:
            with within(LONGEST_ANSWER if seconds is None else seconds):
                check_url(url, lab=self.lab)
                answer = self._call(method, url, headers or {}, data, seconds)
        except AddressUnknown as error:
            raise ServiceUnavailable(f"{method} {bare(url)}: {error}") from error
        except (HTTPError, OSError, ValueError) as error:  # ValueError: what no header may hold
            raise ServiceUnavailable(f"{method} {bare(url)}: {type(error).__name__}") from error
        if seen is not None:
            seen(answer)
        if answer.status // 100 != 2:
            raise _failure(method, answer)
        return answer

    def close(self) -> None:
        """Closes what is open; a later call opens anew."""
        self._pool.cache_clear()
        self._opener.close()

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | Mapping[str, str] | None,
        seconds: float | None,
    ) -> Answer:
        own = {**HEADERS, **headers}
        if isinstance(data, Mapping):
            own, data = {**own, **FORM}, urlencode(data).encode()
        origin, target = _place(url)
        response = self._pool(origin).urlopen(
            method,
            target,
            data,
            own,
            self.retries if seconds is None else self.retries.new(read=0),
            timeout=TIMEOUT if seconds is None else _hurried(seconds),
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
        )
        body = _read_capped(response)
        return Answer(url, response.status, response.reason or "", response.headers, body)

    def _open(self, origin: str) -> HTTPConnectionPool:
        """Connections to that scheme, host and port, by the environment's proxy and authorities."""
        with requests.Session() as session:
            session.trust_env = not self.lab
            told = session.merge_environment_settings(origin, {}, None, None, None)
        request = requests.Request("GET", origin).prepare()
        pool = self._opener.get_connection_with_tls_context(
            request, told["verify"], told["proxies"]
        )
        self._opener.cert_verify(pool, origin, told["verify"], None)
        return cast(HTTPConnectionPool, pool)


@functools.lru_cache(1024)
def _place(url: str) -> tuple[str, str]:
    """Scheme, host and port, and what is asked for there; a name in any script, every byte escaped."""
    parts = parse_url(url)
    return parts._replace(auth=None, path=None, query=None, fragment=None).url, parts.request_uri


def _hurried(seconds: float) -> Timeout:
    """Timeouts for a call of so many seconds: an address that is silent leaves time for the host's others."""
    return Timeout(connect=seconds / 3, read=seconds)


def server_time(answer: Answer) -> datetime | None:
    """What the server's clock said, to the second (RFC 9110 §6.6.1); None when it does not tell."""
    return _moment(answer.headers.get("Date", ""))


def json_of(answer: Answer) -> Any:
    """The answer's JSON, whatever its content type says (Moodle's token endpoint says text/html), as
    ``foreign_json`` cleans it.

    Raises ``ServiceUnavailable`` when it is none.
    """
    try:
        return foreign_json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ServiceUnavailable(f"{bare(answer.url)}: not JSON", status=answer.status) from error


def _read_capped(response: BaseHTTPResponse) -> bytes:
    body = bytearray()
    while chunk := response.read1(65536, decode_content=True):
        body += chunk
        if len(body) > MAX_BYTES:
            response.close()
            raise HTTPError(f"more than {MAX_BYTES} bytes")
    return bytes(body)


def _failure(method: str, answer: Answer) -> ServiceUnavailable | ServiceRefused:
    status = answer.status
    kind = ServiceUnavailable if status >= 500 or status in TRANSIENT else ServiceRefused
    return kind(
        f"{method} {bare(answer.url)}: {status}",
        status=status,
        reason=_reason(answer),
        retry_after=_retry_after(answer.headers.get("Retry-After")),
    )


def _reason(answer: Answer) -> str:
    """Moodle explains in ``reason`` or ``error`` of a JSON body, or only in the reason phrase."""
    try:
        body = foreign_json.loads(answer.body)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        for key in ("reason", "error_description", "error", "message"):
            if isinstance(body.get(key), str):
                return str(body[key])[:500]
    return str(foreign_json.cleaned(answer.reason))[:500]


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110 §10.2.3); None when it holds neither."""
    told = (value or "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    moment = _moment(told)
    return None if moment is None else max(0.0, moment.timestamp() - time.time())


def _moment(told: str) -> datetime | None:
    """The moment that a header tells, in UTC; None when it is none that a calendar has."""
    try:
        moment = email.utils.parsedate_to_datetime(told)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)  # "-0000"
    except (ValueError, OverflowError):
        return None
