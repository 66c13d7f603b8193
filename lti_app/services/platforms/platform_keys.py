"""The platforms' public keys: cached in memory and in the database, refetched with restraint.

A warm launch calls nobody. A key id that is not in the cache causes one fetch (a platform that rotated
its key), but at most one a minute and URL, whoever asks: badly signed tokens must not make us a
hammer. One thread fetches, in a few seconds or not at all, while the others wait a moment for what it brings.
A failure is theirs too, for a while, and so is a fetch that outlasts that moment: a platform that hangs must
not hold the threads that serve all the others. Keys that have grown old meanwhile serve on for some hours. An answer that holds no keys is never kept. Only RSA keys for
RS256 count, wherever the token's header points (RFC 8725 §3.1).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from lti_app.clients.http import Http, json_of
from lti_app.errors import ServiceError, ServiceUnavailable
from lti_app.models import PlatformKeySet
from lti_app.models.store import Store

REFETCH_AFTER = timedelta(seconds=60)
FAILED_FOR = timedelta(seconds=5)
LONGEST_FETCH = 5.0  # seconds
LONGEST_WAIT = 1.5  # seconds for another thread's fetch
MIN_BITS = 2048  # RFC 7518 §3.3
MAX_AGE = timedelta(hours=12)  # after that a launch fetches again, so that a withdrawn key dies
LAST_AGE = 2 * MAX_AGE  # also when the platform's keys cannot be had


@dataclass(frozen=True, slots=True)
class _Cached:
    keys: dict[str, RSAPublicKey]
    fetched_at: datetime

    def good(self, kid: str, now: datetime) -> bool:
        """Whether a launch may rely on the key of that id."""
        return kid in self.keys and now - self.fetched_at < MAX_AGE

    def serves(self, kid: str, now: datetime) -> bool:
        """Whether a launch may rely on it while the platform does not give its keys: in the morning, when whole
        classes come at once, nobody is turned away for that."""
        return kid in self.keys and now - self.fetched_at < LAST_AGE

    def settles(self, kid: str, now: datetime) -> bool:
        """Whether there is nothing to ask the platform about that id."""
        return self.good(kid, now) or now - self.fetched_at < REFETCH_AFTER


@dataclass(frozen=True, slots=True)
class _Failure:
    error: ServiceError
    at: datetime


class PlatformKeys:
    """Public keys by JWKS URL and key id."""

    def __init__(self, store: Store, http: Http, clock: Callable[[], datetime]) -> None:
        self._store = store
        self.http = http
        self._clock = clock
        self._cache: dict[str, _Cached] = {}
        self._failed: dict[str, _Failure] = {}
        self._locks: dict[str, threading.Lock] = {}

    def find(self, url: str, kid: str) -> RSAPublicKey | None:
        """The key, or None when the platform does not publish it.

        Raises ``ServiceUnavailable`` or ``ServiceRefused`` when its keys are needed and cannot be read.
        """
        cached = self._cache.get(url) or self._take_stored(url)
        if cached is not None and cached.good(kid, self._clock()):
            return cached.keys[kid]
        try:
            return (self._settled(url, kid) or self._looked_up(url, kid)).keys.get(kid)
        except ServiceError:
            aged = self._cache.get(url)
            if aged is None or not aged.serves(kid, self._clock()):
                raise
            return aged.keys[kid]

    def forget(self, url: str) -> None:
        """Drops what is cached in this process, for a platform whose address changed."""
        self._cache.pop(url, None)
        self._failed.pop(url, None)

    def _settled(self, url: str, kid: str) -> _Cached | None:
        """The newest keys, when there is nothing to ask the platform about that id; else None. Raises
        ``ServiceUnavailable`` when asking failed a moment ago."""
        now = self._clock()
        cached = self._cache.get(url)
        if cached is None or not cached.settles(kid, now):
            cached = self._take_stored(url)  # another process may have got them
        if cached is not None and cached.settles(kid, now):
            return cached
        failure = self._failed.get(url)
        if failure and now - failure.at < FAILED_FOR:
            raise ServiceUnavailable(f"{failure.error}, a moment ago", status=failure.error.status)
        return None

    def _looked_up(self, url: str, kid: str) -> _Cached:
        """The newest keys that may be had now. One thread at a time: the one before may have got them."""
        lock = self._locks.setdefault(url, threading.Lock())
        if not lock.acquire(timeout=LONGEST_WAIT):
            return self._settled(url, kid) or self._given_up(url)
        try:
            return self._settled(url, kid) or self._fetched(url)
        finally:
            lock.release()

    def _given_up(self, url: str) -> NoReturn:
        """Raises ``ServiceUnavailable``, now and to all who come while the fetch goes on."""
        error = ServiceUnavailable("another thread's fetch of the keys takes too long")
        self._failed[url] = _Failure(error, self._clock())
        raise error

    def _fetched(self, url: str) -> _Cached:
        try:
            cached = self._fetch(url, self._clock())
        except ServiceError as error:
            self._failed[url] = _Failure(error, self._clock())
            raise
        self._failed.pop(url, None)
        return cached

    def _fetch(self, url: str, now: datetime) -> _Cached:
        response = self.http.request(
            "GET", url, headers={"Accept": "application/json"}, seconds=LONGEST_FETCH
        )
        told = json_of(response)
        keys = _parse(told)
        if not keys:
            raise ServiceUnavailable("the key set holds no RSA key")
        cached = self._cache[url] = _Cached(keys, now)
        with self._store.write() as session:
            session.merge(PlatformKeySet(url=url, body=json.dumps(told), fetched_at=now))
        return cached

    def _take_stored(self, url: str) -> _Cached | None:
        stored = self._stored(url)
        if stored is not None:
            self._cache[url] = stored
        return stored

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
