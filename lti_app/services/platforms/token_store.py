"""Access tokens shared by every thread and process, sealed in the database, asked for once.

Whoever finds none takes the row (``fetching_until``) and asks the platform; the others, in this process
or on another machine, wait for what comes. A process that dies while asking holds them up for as long as
one call can take.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.exc import SQLAlchemyError

from lti_app import logs
from lti_app.clients.tokens import Token
from lti_app.errors import ServiceUnavailable
from lti_app.models import AccessToken
from lti_app.models.store import Store, insert
from lti_app.services.secrets_box import SecretsBox

ASKING = timedelta(seconds=30)  # connect 5 s + read 20 s, and room
LOOK_EVERY = 0.05  # seconds between two looks at what another process gets
LOOKS = round(ASKING.total_seconds() / LOOK_EVERY)


class DatabaseTokens:
    """What ``clients.tokens.TokenStore`` asks for. ``pause`` lets so many seconds pass."""

    def __init__(
        self,
        store: Store,
        secret_key: str,
        clock: Callable[[], datetime],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._pause = pause
        self._box = SecretsBox(secret_key)
        self._clock = clock
        self._kept: dict[tuple[int, str], Token] = {}
        self._locks: dict[tuple[int, str], threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, platform_id: int, scopes: str, fetch: Callable[[], Token]) -> Token:
        """The kept token, or the one that ``fetch`` gets. Raises what ``fetch`` raises, and
        ``ServiceUnavailable`` when another process asks for too long."""
        key = (platform_id, scopes)
        token = self._kept.get(key)
        if token is not None and token.lasts(self._clock()):
            return token
        with self._lock(key):
            token = self._kept.get(key)
            if token is None or not token.lasts(self._clock()):
                token = self._kept[key] = self._shared(key, fetch)
            return token

    def drop(self, platform_id: int, scopes: str, token: Token) -> None:
        """Forgets the token here and for everybody, unless it was replaced meanwhile."""
        key = (platform_id, scopes)
        with self._lock(key):
            if self._kept.get(key) == token:
                del self._kept[key]
            with self._store.write() as session:
                row = session.get(AccessToken, key)
                sealed = row.token_encrypted if row is not None else ""
                if sealed and self._box.open(sealed) == token.value:
                    session.delete(row)

    def _lock(self, key: tuple[int, str]) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())

    def _shared(self, key: tuple[int, str], fetch: Callable[[], Token]) -> Token:
        for _ in range(LOOKS):
            if token := self._load(key):
                return token
            if self._take(key):
                # what another process stored just before we took the row
                return self._load(key) or self._ask(key, fetch)
            self._pause(LOOK_EVERY)
        raise ServiceUnavailable(f"no token of platform {key[0]}: another process asks")

    def _ask(self, key: tuple[int, str], fetch: Callable[[], Token]) -> Token:
        try:
            token = fetch()
        except BaseException:
            self._set(key, fetching_until=None)
            raise
        self._set(
            key,
            fetching_until=None,
            token_encrypted=self._box.seal(token.value),
            granted=" ".join(sorted(token.granted)),
            expires_at=token.expires_at,
        )
        return token

    def _load(self, key: tuple[int, str]) -> Token | None:
        with self._store.read() as session:
            row = session.get(AccessToken, key)
            if row is None or not row.token_encrypted:
                return None
            value = self._box.open(row.token_encrypted)
            token = Token(value, row.expires_at, frozenset(row.granted.split()))
        return token if token.lasts(self._clock()) else None

    def _take(self, key: tuple[int, str]) -> bool:
        """Whether this process is the one that asks."""
        now = self._clock()
        platform_id, scopes = key
        with self._store.write() as session:
            session.execute(
                insert(session, AccessToken)
                .values(platform_id=platform_id, scopes=scopes, token_encrypted="", expires_at=now)
                .on_conflict_do_nothing()
            )
            taken: CursorResult = session.execute(  # type: ignore[assignment]
                update(AccessToken)
                .where(
                    AccessToken.platform_id == platform_id,
                    AccessToken.scopes == scopes,
                    or_(
                        AccessToken.fetching_until.is_(None),
                        AccessToken.fetching_until <= now,
                        AccessToken.fetching_until > now + 2 * ASKING,  # the clock was set back
                    ),
                )
                .values(fetching_until=now + ASKING)
            )
            return taken.rowcount == 1

    def _set(self, key: tuple[int, str], **values: object) -> None:
        """Writes the row. Without a database the token still serves this process."""
        try:
            with self._store.write() as session:
                session.execute(
                    update(AccessToken)
                    .where(AccessToken.platform_id == key[0], AccessToken.scopes == key[1])
                    .values(**values)
                )
        except SQLAlchemyError as error:
            logs.event("token not shared", platform=key[0], why=type(error).__name__)
