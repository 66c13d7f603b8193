"""The one HTTP client of the product: pooled connections, timeouts, size cap, no redirects.

Whatever goes wrong becomes one of our exceptions: no answer or a 5xx is ``ServiceUnavailable``, a 4xx is
``ServiceRefused``. Reads are repeated on 429, 502, 503 and 504 as ``Retry-After`` says; writes are
left to the caller, who knows whether they may be repeated.
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util.retry import Retry

from lti_app.clients.guarded import GuardedAdapter
from lti_app.clients.url_policy import check_url
from lti_app.errors import ServiceRefused, ServiceUnavailable

TIMEOUT = (5.0, 20.0)  # seconds to connect, and between two bytes of an answer
LONGEST_ANSWER = 60.0  # seconds for a whole answer, however steadily it trickles
HOSTS = 64  # platforms whose connections are kept open; a forgotten one is opened anew
MAX_BYTES = 20 * 1024 * 1024  # a roster of 20,000 members is about 8 MB
RETRIABLE = (429, 502, 503, 504)
TRANSIENT = (401, 408, 425, 429)


class Http:
    """Calls an LMS. ``lab`` admits http and private addresses (see ``url_policy``)."""

    def __init__(self, *, lab: bool = False, pool_size: int = 16) -> None:
        self.lab = lab
        self.session = requests.Session()
        self.session.trust_env = lab is False
        self.session.headers["User-Agent"] = "Competences-LTI"
        settings = self.session.merge_environment_settings("https://", {}, None, None, None)
        self.session.verify = settings["verify"]  # REQUESTS_CA_BUNDLE, where it is set
        # A session cookie would make the LMS handle our parallel calls one after the other.
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        retry = Retry(
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
        kind = HTTPAdapter if lab else GuardedAdapter
        adapter = kind(pool_connections=HOSTS, pool_maxsize=pool_size, max_retries=retry)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        params: Mapping[str, str] | None = None,
        seen: Callable[[requests.Response], None] | None = None,
    ) -> requests.Response:
        """The answer, when its status is 2xx. ``seen`` is shown every answer, whatever its status.

        Raises ``AddressRefused`` before any call, ``ServiceUnavailable`` or ``ServiceRefused`` after it.
        """
        check_url(url, lab=self.lab)
        try:
            response = self.session.send(
                self._prepared(method, url, headers or {}, data, params),
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
            _read_capped(response)
        except (requests.RequestException, HTTPError) as error:
            raise ServiceUnavailable(f"{method} {_bare(url)}: {type(error).__name__}") from error
        if seen is not None:
            seen(response)
        if response.status_code // 100 != 2:
            raise _failure(method, url, response)
        return response

    def close(self) -> None:
        self.session.close()

    def _prepared(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: Any,
        params: Mapping[str, str] | None,
    ) -> requests.PreparedRequest:
        """As ``Session.prepare_request``, without merging what we use none of (cookies, hooks, netrc), which
        takes a quarter of the time that a call costs us."""
        prepared = requests.PreparedRequest()
        prepared.method = method
        prepared.prepare_url(url, params)
        prepared.prepare_headers({**self.session.headers, **headers})
        prepared.prepare_cookies({})
        prepared.prepare_body(data, None)
        prepared.prepare_hooks({})
        return prepared


def server_time(response: requests.Response) -> datetime | None:
    """What the server's clock said, to the second (RFC 9110 §6.6.1); None when it does not tell."""
    try:
        told = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)  # "-0000" says UTC too


def json_of(response: requests.Response) -> Any:
    """The answer's JSON, whatever its content type says (Moodle's token endpoint says text/html).

    Raises ``ServiceUnavailable`` when it is none.
    """
    try:
        return response.json()
    except ValueError as error:
        raise ServiceUnavailable(
            f"{_bare(response.url)}: not JSON", status=response.status_code
        ) from error


def _read_capped(response: requests.Response) -> None:
    body = bytearray()
    until = time.monotonic() + LONGEST_ANSWER
    while chunk := response.raw.read1(65536, decode_content=True):
        body += chunk
        if len(body) > MAX_BYTES or time.monotonic() > until:
            response.close()
            raise requests.RequestException(f"more than {MAX_BYTES} bytes, or too slow")
    response._content = bytes(body)  # what .content, .text and .json() read


def _failure(
    method: str, url: str, response: requests.Response
) -> ServiceUnavailable | ServiceRefused:
    status = response.status_code
    kind = ServiceUnavailable if status >= 500 or status in TRANSIENT else ServiceRefused
    return kind(
        f"{method} {_bare(url)}: {status}",
        status=status,
        reason=_reason(response),
        retry_after=_retry_after(response.headers.get("Retry-After")),
    )


def _reason(response: requests.Response) -> str:
    """Moodle explains in ``reason`` or ``error`` of a JSON body, or only in the reason phrase."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, dict):
        for key in ("reason", "error_description", "error", "message"):
            if isinstance(body.get(key), str):
                return str(body[key])[:500]
    return str(response.reason or "")[:500]


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from either form of the header (RFC 9110 §10.2.3)."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _bare(url: str) -> str:
    """The URL without its query, which may hold what a log must not."""
    return url.split("?", 1)[0]
