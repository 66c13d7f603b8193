"""The platforms as every launch needs them, kept in memory for moments: a warm launch does not look them up.

What this process changes counts at once; what another one changes (``competences platform deactivate``), after
``KEPT`` seconds.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, object_session, selectinload

from lti_app.errors import LtiError, PlatformClosed
from lti_app.models import Deployment, Platform, PlatformStatus
from lti_app.models.store import Store
from lti_app.services.lti.hosts import OwnHosts, own_hosts
from lti_app.services.lti.origins import of_platform

KEPT = 2.0  # seconds
NOBODY = "'self'"  # but ourselves may frame a page
_CHANGED = "platforms changed"
_generations = itertools.count(1)
_generation = 0


@dataclass(frozen=True, slots=True)
class _Page:
    """What was read at one moment: read only, shared by threads."""

    by_issuer: Mapping[str, tuple[Platform, ...]]
    ancestors: Mapping[int, str]
    all_ancestors: str
    generation: int
    until: float
    hosts: dict[int, OwnHosts] = field(default_factory=dict)


class PlatformDirectory:
    """Every platform with its deployments."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._page: _Page | None = None
        self._lock = threading.Lock()

    def active(
        self, issuer: str, client_id: str | None = None, platform_id: int | None = None
    ) -> Platform:
        """The platform of that issuer; the client id decides when the issuer has several.

        Raises ``PlatformClosed``, and ``LtiError``: ``unknown_platform`` or ``unknown_client``.
        """
        of_issuer = self._current().by_issuer.get(issuer, ())
        found = [
            platform
            for platform in of_issuer
            if (not client_id or platform.client_id == client_id)
            and (platform_id is None or platform.id == platform_id)
        ]
        if len(found) != 1:
            code = "unknown_client" if of_issuer and platform_id is None else "unknown_platform"
            raise LtiError(code, f"{len(found)} for {issuer!r} and {client_id!r}")
        platform = found[0]
        require_active(platform)
        return platform

    def hosts(self, platform: Platform) -> OwnHosts:
        """The platform's own hosts."""
        known = self._current().hosts
        if platform.id not in known:
            known[platform.id] = own_hosts(platform)
        return known[platform.id]

    def frame_ancestors(self, platform_id: int | None = None) -> str:
        """The origins that may frame a page of that platform's, as a content policy lists them: ours and its own; of
        every active platform, where it is not known yet whose page it is. A database that is away widens nothing."""
        try:
            page = self._current()
        except SQLAlchemyError:
            page = self._page or _Page({}, {}, NOBODY, 0, 0)
        if platform_id is None:
            return page.all_ancestors
        return page.ancestors.get(platform_id, NOBODY)

    def _current(self) -> _Page:
        page = self._page
        if page and page.generation == _generation and time.monotonic() < page.until:
            return page
        with self._lock:
            generation = _generation
            with self._store.read() as session:
                query = select(Platform).options(selectinload(Platform.deployments))
                platforms = list(session.scalars(query.order_by(Platform.issuer, Platform.id)))
            by_issuer = {
                issuer: tuple(some) for issuer, some in groupby(platforms, attrgetter("issuer"))
            }
            until = time.monotonic() + KEPT
            active = [one for one in platforms if one.status == PlatformStatus.ACTIVE.value]
            ancestors = {one.id: _ancestors([one]) for one in active}
            self._page = page = _Page(by_issuer, ancestors, _ancestors(active), generation, until)
            return page


def require_active(platform: Platform) -> None:
    """Raises ``PlatformClosed``."""
    if platform.status != PlatformStatus.ACTIVE.value:
        raise PlatformClosed(platform.id, platform.status, of_platform(platform))


def _ancestors(platforms: Iterable[Platform]) -> str:
    return " ".join([NOBODY, *sorted(frozenset().union(*map(of_platform, platforms)))])


def _mark(_mapper: Any, _connection: Any, row: Any) -> None:
    session = object_session(row)
    if session is not None:
        session.info[_CHANGED] = True


def _renew(session: Session) -> None:
    global _generation  # noqa: PLW0603 - of the whole process, whatever directories there are
    if session.info.pop(_CHANGED, False):
        _generation = next(_generations)


def _forget(session: Session) -> None:
    session.info.pop(_CHANGED, None)


for _table in (Platform, Deployment):
    for _moment in ("after_insert", "after_update", "after_delete"):
        event.listen(_table, _moment, _mark)
event.listen(Session, "after_commit", _renew)
event.listen(Session, "after_rollback", _forget)
