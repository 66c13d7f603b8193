"""What a student showed their teachers for one competence: their words, the situation, links and files.

A draft is the student's own note and is shown to nobody (models.situation).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import Declaration, DeclarationState, NodeKey
from lti_app.services.current import CurrentLaunch
from referential.model import Node


@dataclass(frozen=True, slots=True)
class Piece:
    """A link (``url``) or a file (``file_id``)."""

    title: str
    url: str
    file_id: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """``state`` is ``asked``, ``accepted`` or ``review`` (models.situation.DeclarationState)."""

    state: str
    words: str
    situation: str
    pieces: tuple[Piece, ...]


def of_cell(session: Session, launch: CurrentLaunch, learner_id: int, node: Node) -> Shown | None:
    """What was shown for that cell of the launch's course, if anything."""
    declaration = session.scalar(
        select(Declaration)
        .join(Declaration.node)
        .where(
            Declaration.course_id == launch.course_id,
            Declaration.learner_id == learner_id,
            NodeKey.uuid == node.uuid,
            Declaration.state != DeclarationState.DRAFT.value,
        )
    )
    if declaration is None:
        return None
    situation = declaration.situation
    pieces = [*declaration.evidence, *(situation.evidence if situation else ())]
    return Shown(
        declaration.state,
        declaration.words,
        situation.title if situation else "",
        tuple(
            Piece(piece.title, piece.url, piece.id if piece.is_file else None) for piece in pieces
        ),
    )
