"""What students say of themselves: their situations, what they think they have acquired, the evidence.

A *situation* is a piece of professional work (in a company, a workshop or alone) that shows competences.
A *declaration* is one student's « je pense avoir acquis » for one competence; its *steps* are what was asked
and answered, in order. *Evidence* belongs to either one, so that one report serves ten competences.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.assessment import NodeKey
from lti_app.models.base import Base
from lti_app.models.course import User


class DeclarationState(enum.StrEnum):
    """``draft``: the student's own note, nobody was asked. ``asked``: waits for a teacher. ``accepted``: a
    teacher assessed the competence. ``review``: a teacher says what is missing; it can be asked again."""

    DRAFT = "draft"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REVIEW = "review"


class StepKind(enum.StrEnum):
    """What happened to a declaration; see ``DeclarationState`` for where it leads."""

    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    REVIEW = "review"


class Situation(Base):
    """A student's professional situation in one course. ``story`` is what they did, in their words."""

    __tablename__ = "situations"
    __table_args__ = (Index("ix_situations_owner", "course_id", "learner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(Text)
    story: Mapped[str] = mapped_column(Text, default="", server_default="")
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]

    evidence: Mapped[list[Evidence]] = relationship(
        back_populates="situation", order_by="Evidence.id", passive_deletes=True
    )
    declarations: Mapped[list[Declaration]] = relationship(
        back_populates="situation", passive_deletes=True
    )


class Declaration(Base):
    """One student's view of one competence; one row each, whatever was asked and answered since."""

    __tablename__ = "declarations"
    __table_args__ = (
        UniqueConstraint("course_id", "learner_id", "node_id"),
        Index("ix_declarations_state", "course_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    node_id: Mapped[int] = mapped_column(ForeignKey("node_keys.id"))
    situation_id: Mapped[int | None] = mapped_column(
        ForeignKey("situations.id", ondelete="SET NULL"), index=True
    )
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    state: Mapped[str] = mapped_column(Text, default=DeclarationState.DRAFT.value)
    changed_at: Mapped[datetime]  # when it came to this state

    learner: Mapped[User] = relationship()
    node: Mapped[NodeKey] = relationship()
    situation: Mapped[Situation | None] = relationship(back_populates="declarations")
    evidence: Mapped[list[Evidence]] = relationship(
        back_populates="declaration", order_by="Evidence.id", passive_deletes=True
    )
    steps: Mapped[list[DeclarationStep]] = relationship(
        order_by="DeclarationStep.id", passive_deletes=True
    )


class DeclarationStep(Base):
    """Something asked or answered. Append-only. ``level`` of ``scale`` is what an acceptance assessed, and
    ``assessment_id`` that assessment (None when the level stood already)."""

    __tablename__ = "declaration_steps"

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int] = mapped_column(
        ForeignKey("declarations.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(Text)
    scale: Mapped[str] = mapped_column(Text, default="", server_default="")
    level: Mapped[int | None] = mapped_column(SmallInteger)
    comment: Mapped[str] = mapped_column(Text, default="", server_default="")
    assessment_id: Mapped[int | None] = mapped_column(
        ForeignKey("assessments.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime]

    author: Mapped[User | None] = relationship()


class Evidence(Base):
    """A link or a file. ``url`` is set for a link; for a file ``file_name`` (safe to save under),
    ``content_type`` (found in its bytes, never what the browser said), ``size`` in bytes and ``sha256``."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("(declaration_id IS NULL) <> (situation_id IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    declaration_id: Mapped[int | None] = mapped_column(
        ForeignKey("declarations.id", ondelete="CASCADE"), index=True
    )
    situation_id: Mapped[int | None] = mapped_column(
        ForeignKey("situations.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text, default="", server_default="")
    file_name: Mapped[str] = mapped_column(Text, default="", server_default="")
    content_type: Mapped[str] = mapped_column(Text, default="", server_default="")
    size: Mapped[int] = mapped_column(default=0, server_default="0")
    sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    created_at: Mapped[datetime]

    declaration: Mapped[Declaration | None] = relationship(back_populates="evidence")
    situation: Mapped[Situation | None] = relationship(back_populates="evidence")

    @property
    def is_file(self) -> bool:
        return bool(self.file_name)


class EvidenceFile(Base):
    """The bytes of a file, apart, so that lists never read them. In the database: every web machine
    reaches them, one backup holds them, and they go with their owner."""

    __tablename__ = "evidence_files"

    evidence_id: Mapped[int] = mapped_column(
        ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True
    )
    data: Mapped[bytes] = mapped_column(LargeBinary)
