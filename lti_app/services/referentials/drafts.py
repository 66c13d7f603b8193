"""Imports under review: what was read from an upload waits here until its plan is agreed to."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from lti_app.errors import InputError, NotFound
from lti_app.models import ReferentialDraft
from lti_app.services.referentials import importing
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.referentials.importing import Author, Proposal
from referential import document

KEPT = timedelta(hours=12)


def keep(catalogue: Catalogue, user_id: int, proposal: Proposal, source: str, now: datetime) -> str:
    """Keeps a proposal for this person and returns its id; forgets those that expired."""
    session = catalogue.session
    session.execute(delete(ReferentialDraft).where(ReferentialDraft.expires_at <= now))
    draft = ReferentialDraft(
        id=secrets.token_urlsafe(24),
        platform_id=catalogue.platform_id,
        user_id=user_id,
        document=document.write(proposal.tree),
        base=proposal.base,
        source=source,
        expires_at=now + KEPT,
    )
    session.add(draft)
    return draft.id


def apply(catalogue: Catalogue, user_id: int, draft_id: str, now: datetime) -> tuple[Proposal, int]:
    """Applies what was kept, as it was shown; returns it with the number of the new version.

    Raises ``NotFound`` for a draft that expired or is somebody else's, ``InputError`` if another version
    has come to count since.
    """
    session = catalogue.session
    draft = session.scalars(
        select(ReferentialDraft).where(
            ReferentialDraft.id == draft_id,
            ReferentialDraft.platform_id == catalogue.platform_id,
            ReferentialDraft.user_id == user_id,
            ReferentialDraft.expires_at > now,
        )
    ).first()
    if draft is None:
        raise NotFound("draft")
    proposal = importing.plan_for(catalogue, document.read(draft.document))
    if proposal.base != draft.base:
        raise InputError(importing.changed_meanwhile(proposal.name))
    number = importing.apply(catalogue, proposal, draft.source, Author(user_id=user_id), now)
    session.delete(draft)
    return proposal, number
