"""What teachers judged, and what it amounts to now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base
from lti_app.models.course import User


class NodeKey(Base):
    """A référentiel's node as assessments point to it: its UUID never changes (see referential)."""

    __tablename__ = "node_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(Uuid, unique=True)
    referential: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)


class Assessment(Base):
    """One teacher's judgement of one learner on one node at one time. Append-only.

    ``level`` is 1-based in the scale, ``None`` takes the judgement back to « not assessed ». ``code``
    says what is no judgement of a level (see ``referential.mastery.MARKS``): ``absent``, ``exempt``
    and ``not_evaluated`` count in no mean, ``comment`` only adds words; it is empty otherwise.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        Index("ix_assessments_history", "course_id", "learner_id", "node_id", "id"),
        Index("ix_assessments_feed", "course_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    node_id: Mapped[int] = mapped_column(ForeignKey("node_keys.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    scale: Mapped[str] = mapped_column(Text)
    level: Mapped[int | None] = mapped_column(SmallInteger)
    code: Mapped[str] = mapped_column(Text, default="", server_default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="tool")
    created_at: Mapped[datetime]

    author: Mapped[User | None] = relationship(foreign_keys=[author_id])
    node: Mapped[NodeKey] = relationship()


class Mastery(Base):
    """What the assessments of one learner on one node amount to now; absent when not assessed.

    ``rule`` is the scale and mastery rule that say so (``services.activities.framing.Framing.mastery_key``):
    activities of a course that share them share the row. ``level`` is None for a learner who was only
    ever ``absent``, ``exempt`` or ``not_evaluated`` (``code``). ``assessment_id`` is the latest one
    that counts.
    """

    __tablename__ = "masteries"

    course_id: Mapped[int] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    learner_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    node_id: Mapped[int] = mapped_column(ForeignKey("node_keys.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[int | None] = mapped_column(SmallInteger)
    code: Mapped[str] = mapped_column(Text, default="", server_default="")
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))

    node: Mapped[NodeKey] = relationship()
    assessment: Mapped[Assessment] = relationship()
