"""Requests for validation as teachers answer them.

Accepting assesses the competence like any other entry, in the same transaction as the answer; « à
revoir » says what is missing and assesses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from lti_app.errors import InputError, NotFound
from lti_app.models import (
    Assessment,
    Declaration,
    DeclarationState,
    DeclarationStep,
    NodeKey,
    Situation,
    StepKind,
)
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import assessing, classroom, masteries, people
from lti_app.services.current import CurrentLaunch
from referential.model import Node

ANSWERED = 12  # how many of the latest answers the page recalls


@dataclass(frozen=True, slots=True)
class Request:
    """One request: ``level`` is where the learner stands now, None when not assessed."""

    declaration: Declaration
    node: Node
    learner_name: str
    spoken_name: str
    level: int | None


@dataclass(frozen=True, slots=True)
class Requests:
    """What waits in the activity (oldest first), what was answered last (newest first), and how many
    wait in the course's other activities."""

    framing: Framing
    pending: tuple[Request, ...]
    answered: tuple[Request, ...]
    elsewhere: int


def view(session: Session, launch: CurrentLaunch) -> Requests:
    """The requests of the course's present pupils, as far as the launch's activity covers them."""
    framing = classroom.framing_of(session, launch)
    pupils = {user.id: user for user in classroom.learners(session, launch.course_id)}
    levels = masteries.levels_by_learner(session, launch.course_id, framing)
    nodes = {node.uuid: node for node in framing.competences}
    asked = _rows(session, launch, [DeclarationState.ASKED])
    answers = [DeclarationState.ACCEPTED, DeclarationState.REVIEW]
    answered = _rows(session, launch, answers, latest=10 * ANSWERED)  # some may be elsewhere

    def told(rows: Sequence[Declaration]) -> list[Request]:
        return [
            Request(
                declaration=row,
                node=nodes[row.node.uuid],
                learner_name=people.display_name(pupils[row.learner_id]),
                spoken_name=people.spoken_name(pupils[row.learner_id]),
                level=levels.get(row.learner_id, {}).get(nodes[row.node.uuid].code),
            )
            for row in rows
            if row.learner_id in pupils and row.node.uuid in nodes
        ]

    pending = told(asked)
    return Requests(
        framing=framing,
        pending=tuple(pending),
        answered=tuple(reversed(told(answered)[-ANSWERED:])),
        elsewhere=sum(row.learner_id in pupils for row in asked) - len(pending),
    )


def count(session: Session, launch: CurrentLaunch) -> int:
    """How many requests wait in the launch's activity."""
    asked = select(Declaration.learner_id, NodeKey.uuid).join(Declaration.node)
    rows = session.execute(asked.where(*_in_course(launch, [DeclarationState.ASKED]))).all()
    if not rows:
        return 0
    pupils = {user.id for user in classroom.learners(session, launch.course_id)}
    uuids = {node.uuid for node in classroom.framing_of(session, launch).competences}
    return sum(learner in pupils and uuid in uuids for learner, uuid in rows)


def accept(
    session: Session,
    launch: CurrentLaunch,
    declaration_id: int,
    level: int,
    comment: str,
    now: datetime,
) -> Declaration:
    """Assesses the competence with this level and answers the request, both or neither.

    Raises ``NotFound`` for a request outside the activity, ``InputError`` when it waits no more or for a
    level outside the scale.
    """
    masteries.hold(session, launch.course_id)
    declaration, node, framing = _hold(session, launch, declaration_id)
    entry = assessing.Entry(declaration.learner_id, node.code, level, comment or None, again=True)
    assessing.record(session, launch, [entry], now)
    assessment_id = session.scalar(
        select(func.max(Assessment.id)).where(
            Assessment.course_id == launch.course_id,
            Assessment.learner_id == declaration.learner_id,
            Assessment.node_id == declaration.node_id,
        )
    )
    _answer(
        session,
        declaration,
        DeclarationStep(
            kind=StepKind.ACCEPTED.value,
            scale=framing.settings.scale,
            level=level,
            comment=comment,
            assessment_id=assessment_id,
            author_id=launch.user_id,
            created_at=now,
        ),
        DeclarationState.ACCEPTED,
    )
    return declaration


def send_back(
    session: Session, launch: CurrentLaunch, declaration_id: int, comment: str, now: datetime
) -> Declaration:
    """Answers « à revoir ». Raises like ``accept``, and ``InputError`` without words that help."""
    if not comment:
        raise InputError(_("Pour répondre « à revoir », il faut dire ce qui manque."))
    declaration, _node, _framing = _hold(session, launch, declaration_id)
    _answer(
        session,
        declaration,
        DeclarationStep(
            kind=StepKind.REVIEW.value,
            comment=comment,
            author_id=launch.user_id,
            created_at=now,
        ),
        DeclarationState.REVIEW,
    )
    return declaration


def _answer(
    session: Session, declaration: Declaration, step: DeclarationStep, state: DeclarationState
) -> None:
    step.declaration_id = declaration.id
    session.add(step)
    declaration.state, declaration.changed_at = state.value, step.created_at


def _hold(
    session: Session, launch: CurrentLaunch, declaration_id: int
) -> tuple[Declaration, Node, Framing]:
    """A request that waits, nobody else's to answer until the transaction ends."""
    framing = classroom.framing_of(session, launch)
    declaration = session.scalar(
        select(Declaration)
        .where(
            Declaration.id == declaration_id,
            Declaration.course_id == launch.course_id,
            Declaration.state != DeclarationState.DRAFT.value,
        )
        .with_for_update()
    )
    if declaration is None:
        raise NotFound("request")
    classroom.require_learner(session, launch, declaration.learner_id)
    found = [node for node in framing.competences if node.uuid == declaration.node.uuid]
    if not found:
        raise NotFound("request")
    if declaration.state != DeclarationState.ASKED.value:
        raise InputError(_("Cette demande a déjà reçu sa réponse, ou l’étudiant l’a retirée."))
    return declaration, found[0], framing


def _rows(
    session: Session,
    launch: CurrentLaunch,
    states: Sequence[DeclarationState],
    latest: int | None = None,
) -> Sequence[Declaration]:
    """Declarations in these states, the oldest change first; all of them or the ``latest`` so many."""
    rows = session.scalars(
        select(Declaration)
        .where(*_in_course(launch, states))
        .options(
            selectinload(Declaration.node),
            selectinload(Declaration.evidence),
            selectinload(Declaration.situation).selectinload(Situation.evidence),
            selectinload(Declaration.steps).selectinload(DeclarationStep.author),
        )
        .order_by(Declaration.changed_at.desc(), Declaration.id.desc())
        .limit(latest)
    ).all()
    return rows[::-1]


def _in_course(
    launch: CurrentLaunch, states: Sequence[DeclarationState]
) -> tuple[ColumnElement[bool], ...]:
    return (
        Declaration.course_id == launch.course_id,
        Declaration.state.in_([state.value for state in states]),
    )
