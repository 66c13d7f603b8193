"""Launch sessions: made by a valid launch, found again by address and cookie, over some hours after the last change.

A session's id is made from the nonce that we gave its launch, and it outlives every token (``LIFETIME`` is longer than
``launch.MAX_AGE``): the primary key is what makes a signed message serve once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from lti_app.models import Course, Deployment, LaunchSession, Platform
from lti_app.models.store import Store
from lti_app.services.classes import people
from lti_app.services.current import CurrentLaunch
from lti_app.services.lti.directory import require_active

LIFETIME = timedelta(hours=12)  # a school day; the LMS makes a new one at each click
LONGEST = timedelta(
    hours=24
)  # from the launch, however much is done: then the LMS is asked who this is again
REMEMBERED = timedelta(days=4)  # after its end, a long weekend: see ``services.launches.kept_work``


ID = re.compile(r"[A-Za-z0-9_-]+")
"""What ``id_of`` writes; an address may hold anything."""


def id_of(platform_id: int, nonce: str) -> str:
    """The id of the session that a launch with this nonce makes."""
    digest = hashlib.sha256(f"{platform_id}:{nonce}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:15]).decode("ascii")


def is_replay(error: IntegrityError) -> bool:
    """Whether the session was there already: its message came in before."""
    told = str(error.orig)
    return "launch_sessions.id" in told or "pk_launch_sessions" in told


def new(
    sid: str,
    *,
    user_id: int,
    course_id: int,
    resource_link_id: int | None,
    roles: frozenset[str],
    locale: str,
    now: datetime,
    return_url: str | None = None,
    deep_linking: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], str]:
    """The row of a new session and its secret, of which only a hash is kept."""
    secret = secrets.token_urlsafe(32)
    row = {
        "id": sid,
        "secret_hash": _digest(secret),
        "user_id": user_id,
        "course_id": course_id,
        "resource_link_id": resource_link_id,
        "deep_linking": dict(deep_linking) if deep_linking is not None else None,
        "roles": " ".join(sorted(roles)),
        "locale": locale,
        "return_url": return_url,
        "expires_at": now + LIFETIME,
    }
    return row, secret


def start(session: Session, sid: str, **what: Any) -> str:
    """Stores a session (see ``new``) and returns its secret."""
    row, secret = new(sid, **what)
    session.add(LaunchSession(**row))
    return secret


def find(store: Store, sid: str, secret: str, now: datetime) -> CurrentLaunch | None:
    """The launch of that address, if its secret is right and its time not over.

    Raises ``PlatformClosed``, once its platform is switched off.
    """
    known = _known(store, sid, secret)
    if known is None:
        return None
    launch, platform = known
    require_active(platform)
    return launch if launch.expires_at > now else None


def shut(store: Store, sid: str, secret: str, now: datetime) -> CurrentLaunch | None:
    """The launch that ``find`` does not give though its secret is right: its time was over not long ago, or its
    platform is switched off. It may neither see nor change anything."""
    known = _known(store, sid, secret)
    return known[0] if known and now < known[0].expires_at + REMEMBERED else None


def _known(store: Store, sid: str, secret: str) -> tuple[CurrentLaunch, Platform] | None:
    if not ID.fullmatch(sid):
        return None
    with store.read() as session:
        row = session.scalar(
            select(LaunchSession)
            .where(LaunchSession.id == sid)
            .options(
                joinedload(LaunchSession.user),
                joinedload(LaunchSession.resource_link),
                joinedload(LaunchSession.course)
                .joinedload(Course.deployment)
                .joinedload(Deployment.platform)
                .load_only(Platform.status, Platform.issuer, Platform.origins),
            )
        )
        if row is None or not hmac.compare_digest(row.secret_hash, _digest(secret)):
            return None
        link, course = row.resource_link, row.course
        platform = course.deployment.platform
        launch = CurrentLaunch(
            session_id=row.id,
            user_id=row.user_id,
            user_name=people.spoken_name(row.user),
            platform_id=platform.id,
            course_id=course.id,
            course_title=course.title or course.label,
            resource_link_id=link.id if link else 0,
            link_title=link.title if link else "",
            roles=frozenset(row.roles.split()),
            locale=row.locale,
            expires_at=row.expires_at,
            latest_end=row.latest_end,
            return_url=row.return_url,
            deep_linking=row.deep_linking,
        )
        return launch, platform


def prolong(store: Store, launch: CurrentLaunch, now: datetime) -> None:
    """Gives a session whose time is half over its whole time again, so that nobody is interrupted at work; but
    none lasts longer than ``LONGEST``."""
    if launch.expires_at - now > LIFETIME / 2:
        return
    latest = launch.latest_end or launch.expires_at - LIFETIME + LONGEST
    if launch.expires_at >= latest:
        return
    with store.write() as session:
        session.execute(
            update(LaunchSession)
            .where(LaunchSession.id == launch.session_id)
            .values(expires_at=min(now + LIFETIME, latest), latest_end=latest)
        )


def exchange(session: Session, sid: str, secret: str, now: datetime) -> str | None:
    """Gives a session a new secret in place of this one, which is worth nothing afterwards. None when it
    was no longer the session's secret: of two exchanges one wins."""
    new = secrets.token_urlsafe(32)
    done: CursorResult = session.execute(  # type: ignore[assignment]
        update(LaunchSession)
        .where(
            LaunchSession.id == sid,
            LaunchSession.secret_hash == _digest(secret),
            LaunchSession.expires_at > now,
        )
        .values(secret_hash=_digest(new))
    )
    return new if done.rowcount == 1 else None


def sweep(session: Session, now: datetime) -> None:
    """Deletes what ended long ago."""
    session.execute(delete(LaunchSession).where(LaunchSession.expires_at <= now - REMEMBERED))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
