"""What a teacher keeps for their own work: sentences to use again, today's competences, and how they like
their pages."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.errors import InputError, NotFound
from lti_app.models import Preference, Sitting, StockComment
from lti_app.services.activities.framing import Framing
from lti_app.services.current import CurrentLaunch
from referential.model import Node

MAX_STOCK = 60  # sentences of one teacher
MAX_SENTENCE = 1000  # characters
MAX_PREFERENCES = 200  # of one person; some belong to one activity
_PREFERENCE = re.compile(r"[a-z-]{1,20}(:\d{1,12})?")
MAX_SITTING = 20  # competences; more are no longer « a few »


def stock(session: Session, user_id: int) -> list[tuple[int, str]]:
    """The sentences that the teacher keeps, by their wording: id and text."""
    rows = session.execute(
        select(StockComment.id, StockComment.text).where(StockComment.user_id == user_id)
    )
    return sorted(((key, text) for key, text in rows), key=lambda row: row[1].casefold())


def keep(session: Session, user_id: int, text: str, now: datetime) -> int:
    """Keeps a sentence and returns its id; one kept already stays the same. Raises ``InputError``."""
    clean = text.strip()
    if not clean:
        raise InputError(_("La phrase est vide."))
    if len(clean) > MAX_SENTENCE:
        raise InputError(
            _(
                "La phrase a %(count)s caractères, au plus %(most)s.",
                count=len(clean),
                most=MAX_SENTENCE,
            )
        )
    kept = stock(session, user_id)
    for known, said in kept:
        if said == clean:
            return known
    if len(kept) >= MAX_STOCK:
        raise InputError(_("Vous gardez déjà %(count)s phrases. Retirez-en une.", count=len(kept)))
    row = StockComment(user_id=user_id, text=clean, created_at=now)
    session.add(row)
    session.flush()
    return row.id


def drop(session: Session, user_id: int, comment_id: int) -> None:
    """Forgets a sentence. Raises ``NotFound`` for somebody else's."""
    row = session.get(StockComment, comment_id)
    if row is None or row.user_id != user_id:
        raise NotFound("stock comment")
    session.delete(row)


def sitting(session: Session, launch: CurrentLaunch, framing: Framing) -> list[Node]:
    """The competences chosen for today, as far as the activity still covers them."""
    row = session.get(Sitting, (launch.resource_link_id, launch.user_id))
    chosen = set(row.codes) if row else set()
    return [node for node in framing.competences if node.code in chosen]


def choose(
    session: Session,
    launch: CurrentLaunch,
    framing: Framing,
    codes: Collection[str],
    now: datetime,
) -> list[Node]:
    """Keeps today's choice. Raises ``NotFound`` for a competence outside the activity,
    ``InputError`` for more than a few."""
    known = {node.code for node in framing.competences}
    if set(codes) - known:
        raise NotFound("competence")
    if len(set(codes)) > MAX_SITTING:
        raise InputError(
            _(
                "Une séance porte sur %(most)s compétences au plus ; vous en avez choisi %(count)s.",
                most=MAX_SITTING,
                count=len(set(codes)),
            )
        )
    chosen = [node for node in framing.competences if node.code in set(codes)]
    row = session.get(Sitting, (launch.resource_link_id, launch.user_id))
    if row is None:
        row = Sitting(resource_link_id=launch.resource_link_id, user_id=launch.user_id)
        session.add(row)
    row.codes, row.chosen_at = [node.code for node in chosen], now
    return chosen


def preferences(session: Session, user_id: int) -> dict[str, str]:
    """How the person likes their pages: values by name."""
    rows = session.execute(
        select(Preference.name, Preference.value).where(Preference.user_id == user_id)
    )
    return {row.name: row.value for row in rows}


def prefer(session: Session, user_id: int, name: str, value: str) -> None:
    """Keeps one choice. Raises ``InputError`` for what no page would send."""
    if not _PREFERENCE.fullmatch(name) or len(value) > 40:
        raise InputError(_("L’envoi n’a pas la forme attendue. Rechargez la page."))
    row = session.get(Preference, (user_id, name))
    if row is not None:
        row.value = value
    elif len(preferences(session, user_id)) < MAX_PREFERENCES:
        session.add(Preference(user_id=user_id, name=name, value=value))
