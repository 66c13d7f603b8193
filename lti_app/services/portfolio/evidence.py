"""Links and files that students attach to a declaration or a situation, and who may read them.

A student reads their own. A teacher of the course reads what a request shows them: a draft is its
author's alone, and so is a situation that no request cites.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lti_app.errors import InputError, NotFound
from lti_app.models import (
    Declaration,
    DeclarationState,
    Evidence,
    EvidenceFile,
    Situation,
)
from lti_app.services.current import CurrentLaunch
from lti_app.services.portfolio.uploads import Upload

MAX_PIECES = 10  # of one declaration or situation
MAX_BYTES = 50 * 1024 * 1024  # of one student in one course
MAX_TITLE = 200
MAX_URL = 2000

Owner = Declaration | Situation


def add_link(session: Session, owner: Owner, url: str, title: str, now: datetime) -> Evidence:
    """Attaches a link. Raises ``InputError`` unless it is an address of the web."""
    url = checked_url(url)
    piece = _piece(session, owner, title or url, now)
    piece.url = url
    session.add(piece)
    return piece


def add_file(session: Session, owner: Owner, upload: Upload, title: str, now: datetime) -> Evidence:
    """Attaches a file. Raises ``InputError`` when the student has no room left."""
    used = session.scalar(
        select(func.coalesce(func.sum(Evidence.size), 0))
        .outerjoin(Evidence.declaration)
        .outerjoin(Evidence.situation)
        .where(
            func.coalesce(Declaration.learner_id, Situation.learner_id) == owner.learner_id,
            func.coalesce(Declaration.course_id, Situation.course_id) == owner.course_id,
        )
    )
    if int(used or 0) + len(upload.data) > MAX_BYTES:
        raise InputError(
            _(
                "Il n’y a plus de place : 50 Mo de fichiers au plus par personne dans un cours. "
                "Un lien convient aussi."
            )
        )
    piece = _piece(session, owner, title or upload.name, now)
    piece.file_name, piece.content_type = upload.name, upload.content_type
    piece.size, piece.sha256 = len(upload.data), upload.sha256
    session.add(piece)
    session.flush()
    session.add(EvidenceFile(evidence_id=piece.id, data=upload.data))
    return piece


def remove(session: Session, launch: CurrentLaunch, evidence_id: int) -> Owner:
    """Deletes a piece of the student's own and returns what it belonged to. Raises ``NotFound`` for
    anybody else's, ``InputError`` while a teacher has been asked to look at it."""
    piece = session.get(Evidence, evidence_id)
    owner = (piece.declaration or piece.situation) if piece else None
    if piece is None or owner is None or not owns(owner, launch):
        raise NotFound("evidence")
    if is_under_review(owner):
        raise InputError(_("Une demande est en cours : il faut la retirer avant de la changer."))
    session.delete(piece)
    session.flush()
    session.expire(owner, ["evidence"])
    return owner


def read(session: Session, launch: CurrentLaunch, evidence_id: int) -> tuple[Evidence, bytes]:
    """A file's description and bytes, for whoever may read it. Raises ``NotFound`` for others."""
    query = (
        select(Evidence, EvidenceFile.data)
        .join(EvidenceFile, EvidenceFile.evidence_id == Evidence.id)
        .outerjoin(Evidence.declaration)
        .outerjoin(Evidence.situation)
        .where(
            Evidence.id == evidence_id,
            func.coalesce(Declaration.course_id, Situation.course_id) == launch.course_id,
        )
    )
    own = func.coalesce(Declaration.learner_id, Situation.learner_id) == launch.user_id
    if launch.may_teach:
        shown = Declaration.state != DeclarationState.DRAFT.value
        cited = Situation.declarations.any(Declaration.state != DeclarationState.DRAFT.value)
        query = query.where(or_(own, shown, cited))
    else:
        query = query.where(own)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("evidence")
    return found[0], found[1]


def owns(owner: Owner, launch: CurrentLaunch) -> bool:
    """Whether it is the launching student's own, in this course."""
    return owner.learner_id == launch.user_id and owner.course_id == launch.course_id


def is_under_review(owner: Owner) -> bool:
    """Whether a teacher has been asked to look at it and has not answered."""
    if isinstance(owner, Declaration):
        return owner.state == DeclarationState.ASKED.value
    return any(one.state == DeclarationState.ASKED.value for one in owner.declarations)


def checked_url(url: str) -> str:
    """The address if a browser may open it: http or https, a host, nobody's password. Raises
    ``InputError``."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
        sound = sound and "@" not in parts.netloc and url.isprintable() and " " not in url
    except ValueError:
        sound = False
    if not sound or len(url) > MAX_URL:
        raise InputError(
            _("« %(url)s » n’est pas une adresse qui commence par https://.", url=url[:80])
        )
    return url


def _piece(session: Session, owner: Owner, title: str, now: datetime) -> Evidence:
    session.flush()
    column = Evidence.declaration_id if isinstance(owner, Declaration) else Evidence.situation_id
    count = session.scalar(select(func.count()).where(column == owner.id)) or 0
    if count >= MAX_PIECES:
        raise InputError(_("Dix liens ou fichiers au plus : il faut d’abord en retirer un."))
    piece = Evidence(title=" ".join(title.split())[:MAX_TITLE], created_at=now)
    if isinstance(owner, Declaration):
        piece.declaration_id = owner.id
    else:
        piece.situation_id = owner.id
    return piece
