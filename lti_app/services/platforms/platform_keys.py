"""The platforms' public keys: cached in memory and in the database, refetched with restraint.

A warm launch calls nobody. A key id that is not in the cache causes one fetch (a platform that rotated
its key), but at most one a minute and URL, whoever asks: badly signed tokens must not make us a
hammer. An answer that holds no keys is never kept. Only RSA keys for RS256 count, wherever the
token's header points (RFC 8725 §3.1).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from lti_app.clients.http import Http, json_of
from lti_app.errors import ServiceUnavailable
from lti_app.models import PlatformKeySet
from lti_app.models.store import Store

REFETCH_AFTER = timedelta(seconds=60)
MIN_BITS = 2048  # RFC 7518 §3.3
MAX_AGE = timedelta(hours=12)  # after that a launch fetches again, so that a withdrawn key dies


@dataclass(frozen=True, slots=True)
class _Cached:
    keys: dict[str, RSAPublicKey]
    fetched_at: datetime


class PlatformKeys:
    """Public keys by JWKS URL and key id."""

    def __init__(self, store: Store, http: Http, clock: Callable[[], datetime]) -> None:
        self._store = store
        self.http = http
        self._clock = clock
        self._cache: dict[str, _Cached] = {}
        self._tried_at: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def find(self, url: str, kid: str) -> RSAPublicKey | None:
        """The key, or None when the platform does not publish it.

        Raises ``ServiceUnavailable`` or ``ServiceRefused`` when its keys are needed and cannot be read.
        """
        now = self._clock()
        cached = self._cache.get(url)
        if cached is None:
            cached = self._stored(url)
        if cached and kid in cached.keys and now - cached.fetched_at < MAX_AGE:
            self._cache[url] = cached
            return cached.keys[kid]
        if not self._may_fetch(url, cached, now):
            return cached.keys.get(kid) if cached else None
        cached = self._fetch(url, now)
        return cached.keys.get(kid)

    def forget(self, url: str) -> None:
        """Drops what is cached in this process, for a platform whose address changed."""
        self._cache.pop(url, None)
        self._tried_at.pop(url, None)

    def _may_fetch(self, url: str, cached: _Cached | None, now: datetime) -> bool:
        with self._lock:
            last = self._tried_at.get(url)
            if cached and (last is None or cached.fetched_at > last):
                last = cached.fetched_at
            if last is not None and now - last < REFETCH_AFTER:
                return False
            self._tried_at[url] = now
            return True

    def _fetch(self, url: str, now: datetime) -> _Cached:
        try:
            response = self.http.request("GET", url, headers={"Accept": "application/json"})
            told = json_of(response)
            keys = _parse(told)
            if not keys:
                raise ServiceUnavailable("the key set holds no RSA key")
        except BaseException:
            self._tried_at.pop(url, None)  # a failure is not remembered: the next launch may try
            raise
        cached = _Cached(keys, now)
        self._cache[url] = cached
        with self._store.write() as session:
            session.merge(PlatformKeySet(url=url, body=json.dumps(told), fetched_at=now))
        return cached

    def _stored(self, url: str) -> _Cached | None:
        with self._store.read() as session:
            row = session.get(PlatformKeySet, url)
            return _Cached(_parse(json.loads(row.body)), row.fetched_at) if row else None


def _parse(body: Any) -> dict[str, RSAPublicKey]:
    keys: dict[str, RSAPublicKey] = {}
    listed = body.get("keys") if isinstance(body, dict) else None
    for jwk in listed if isinstance(listed, list) else []:
        if not isinstance(jwk, dict) or jwk.get("kty") != "RSA" or not jwk.get("kid"):
            continue
        if jwk.get("alg", "RS256") != "RS256" or jwk.get("use", "sig") != "sig":
            continue
        try:
            key = RSAAlgorithm.from_jwk(jwk)
        except (InvalidKeyError, ValueError, TypeError):
            continue
        if isinstance(key, RSAPublicKey) and key.key_size >= MIN_BITS:
            keys.setdefault(str(jwk["kid"]), key)  # of two with one kid, the first
    return keys
