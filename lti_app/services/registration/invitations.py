"""One-time invitations: without one, nobody can register here.

The secret stands in the address that the administrator pastes into their LMS; the database keeps only
its hash. Opening the page does not use an invitation up: the LMS opens it, shows what will be
registered, and only the registration itself takes it, in the transaction that stores the platform.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from lti_app.errors import LtiError
from lti_app.models import Invitation

LIFETIME = timedelta(days=7)
REGISTER_PATH = "/lti/register"


def invite(
    session: Session,
    now: datetime,
    *,
    approve: bool,
    lifetime: timedelta = LIFETIME,
    origins: str = "",
) -> str:
    """Makes an invitation and returns its secret. ``approve``: the platform is active at once. ``origins``, as
    ``services.lti.origins.told`` gives them, are where it has addresses besides the one that it comes from."""
    secret = secrets.token_urlsafe(24)
    session.add(
        Invitation(
            secret_hash=_digest(secret),
            approve=approve,
            origins=origins,
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return secret


def address(public_url: str, secret: str) -> str:
    """What the administrator pastes into the LMS."""
    return f"{public_url}{REGISTER_PATH}/{secret}"


def check(session: Session, secret: str, now: datetime) -> Invitation:
    """The invitation, if it may still be used.

    Raises ``LtiError``: ``invitation_unknown``, ``invitation_used`` or ``invitation_expired``.
    """
    row = session.scalar(select(Invitation).where(Invitation.secret_hash == _digest(secret)))
    if row is None:
        raise LtiError("invitation_unknown")
    if row.used_at is not None:
        raise LtiError("invitation_used")
    if row.expires_at <= now:
        raise LtiError("invitation_expired")
    return row


def take(session: Session, invitation_id: int, platform_id: int, now: datetime) -> None:
    """Uses it up. Raises ``LtiError("invitation_used")`` when another registration was faster."""
    taken: CursorResult = session.execute(  # type: ignore[assignment]
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.used_at.is_(None))
        .values(used_at=now, platform_id=platform_id)
    )
    if taken.rowcount != 1:
        raise LtiError("invitation_used")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
