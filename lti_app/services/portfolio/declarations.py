"""« Je pense avoir acquis »: a student's declarations, kept as drafts or put before their teachers.

Whatever the student writes stays theirs until they ask. While a request waits, what it shows does not
change; it can be withdrawn. After an answer it can be completed and asked again. The answering is in
``services.portfolio.requests``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from lti_app.errors import InputError, NotFound
from lti_app.models import (
    Declaration,
    DeclarationState,
    DeclarationStep,
    NodeKey,
    StepKind,
)
from lti_app.models.store import insert
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import assessing, classroom
from lti_app.services.current import CurrentLaunch
from lti_app.services.portfolio import evidence, situations
from lti_app.services.portfolio.uploads import Upload
from referential.model import Node

MAX_WORDS = 5000


@dataclass(frozen=True, slots=True)
class Told:
    """What the form of a declaration says. ``situation_id`` cites one of the student's own, and
    ``new_situation`` is the title of one to begin; ``ask`` puts it before the teachers."""

    words: str
    situation_id: int | None = None
    new_situation: str = ""
    url: str = ""
    url_title: str = ""
    upload: Upload | None = None
    ask: bool = False

    @property
    def words_only(self) -> Told:
        """What can be kept when a link or a file cannot."""
        return replace(self, url="", url_title="", upload=None, ask=False)


def by_code(session: Session, launch: CurrentLaunch, framing: Framing) -> Mapping[str, Declaration]:
    """The launching student's, by code of the activity's competences, the latest change first."""
    codes = {node.uuid: node.code for node in framing.competences}
    rows = session.execute(
        _own(launch)
        .add_columns(NodeKey.uuid)
        .options(selectinload(Declaration.steps).selectinload(DeclarationStep.author))
        .order_by(Declaration.changed_at.desc(), Declaration.id.desc())
    )
    return {codes[uuid]: declaration for declaration, uuid in rows if uuid in codes}


def find(session: Session, launch: CurrentLaunch, node: Node) -> Declaration | None:
    """The student's declaration of that competence with all that belongs to it, if there is one."""
    return session.scalar(
        _own(launch)
        .where(NodeKey.uuid == node.uuid)
        .options(
            selectinload(Declaration.evidence),
            selectinload(Declaration.situation),
            selectinload(Declaration.steps).selectinload(DeclarationStep.author),
        )
    )


def competence(framing: Framing, code: str) -> Node:
    """The competence of that code in the activity. Raises ``NotFound``."""
    for node in framing.competences:
        if node.code == code:
            return node
    raise NotFound("competence")


def save(
    session: Session, launch: CurrentLaunch, code: str, told: Told, now: datetime
) -> Declaration:
    """Writes what the student told, and asks if they want to.

    Raises ``NotFound`` for a competence outside the activity or somebody else's situation, ``InputError``
    while a request waits, for a bad link, or when there is nothing that a teacher could look at.
    """
    declaration = _hold(session, launch, code, now)
    _require_free(declaration)
    declaration.words = told.words
    declaration.situation_id = told.situation_id
    if told.new_situation:
        begun = situations.add(session, launch, situations.Draft(told.new_situation), now)
        declaration.situation_id = begun.id
    elif told.situation_id is not None:
        situations.find(session, launch, told.situation_id)
    if told.url:
        evidence.add_link(session, declaration, told.url, told.url_title, now)
    if told.upload:
        evidence.add_file(session, declaration, told.upload, "", now)
    session.flush()
    session.expire(declaration, ["evidence", "situation"])
    if told.ask:
        if not (declaration.words or declaration.evidence or declaration.situation):
            raise InputError(
                _("Avant de demander, il faut quelques mots, une situation, un lien ou un fichier.")
            )
        _step(session, launch, declaration, StepKind.ASKED, DeclarationState.ASKED, now)
    return declaration


def withdraw(session: Session, launch: CurrentLaunch, code: str, now: datetime) -> None:
    """Takes a request back that nobody answered; else nothing changes."""
    declaration = _hold(session, launch, code, now)
    if declaration.state == DeclarationState.ASKED.value:
        _step(session, launch, declaration, StepKind.WITHDRAWN, DeclarationState.DRAFT, now)


def remove(session: Session, launch: CurrentLaunch, code: str, now: datetime) -> None:
    """Deletes a draft with its evidence. Raises ``InputError`` once a teacher has answered: what was
    said to each other stays."""
    declaration = _hold(session, launch, code, now)
    answered = {StepKind.ACCEPTED.value, StepKind.REVIEW.value}
    _require_free(declaration)
    if answered & {step.kind for step in declaration.steps}:
        raise InputError(_("Un professeur a déjà répondu : cette déclaration reste."))
    session.delete(declaration)


def _own(launch: CurrentLaunch) -> Select[Declaration]:
    return (
        select(Declaration)
        .join(Declaration.node)
        .where(Declaration.course_id == launch.course_id, Declaration.learner_id == launch.user_id)
    )


def _hold(session: Session, launch: CurrentLaunch, code: str, now: datetime) -> Declaration:
    """The declaration, made at first use, and nobody else's to change until the transaction ends."""
    framing = classroom.framing_of(session, launch)
    node = competence(framing, code)
    key = assessing.node_keys(session, framing, [node])[code]
    mine = {"course_id": launch.course_id, "learner_id": launch.user_id, "node_id": key}
    session.execute(
        insert(session, Declaration)
        .values(**mine, words="", state=DeclarationState.DRAFT.value, changed_at=now)
        .on_conflict_do_nothing()
    )
    return session.scalars(select(Declaration).filter_by(**mine).with_for_update()).one()


def _require_free(declaration: Declaration) -> None:
    if evidence.is_under_review(declaration):
        raise InputError(_("Une demande est en cours : il faut la retirer avant de la changer."))


def _step(
    session: Session,
    launch: CurrentLaunch,
    declaration: Declaration,
    kind: StepKind,
    state: DeclarationState,
    now: datetime,
) -> None:
    session.add(
        DeclarationStep(
            declaration_id=declaration.id,
            author_id=launch.user_id,
            kind=kind.value,
            created_at=now,
        )
    )
    declaration.state, declaration.changed_at = state.value, now
