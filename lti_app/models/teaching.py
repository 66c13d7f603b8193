"""What teachers arrange around their class: groups and teams, sentences they keep, today's competences."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base


class GroupKind(enum.StrEnum):
    """``group``: students looked at together (a practical-work half). ``team``: students who are also
    rated together; a student is in one team of a course at most."""

    GROUP = "group"
    TEAM = "team"


class Group(Base):
    """Some students of a course under one name.

    ``external_id`` is the id of the LMS's own group, where students' launches told it (the custom
    parameter ``group_ids``); its members then follow these launches. The LMS does not tell its
    groups' names: until a teacher gives one, ``name`` is empty. Ids of two courses never mix.
    """

    __tablename__ = "student_groups"
    __table_args__ = (UniqueConstraint("course_id", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text, default=GroupKind.GROUP.value)
    name: Mapped[str] = mapped_column(Text, default="")
    external_id: Mapped[str | None] = mapped_column(Text)

    members: Mapped[list[GroupMember]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )


class GroupMember(Base):
    """One student in one group."""

    __tablename__ = "student_group_members"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("student_groups.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class StockComment(Base):
    """A sentence that a teacher keeps for use again, in all their courses of the platform."""

    __tablename__ = "stock_comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class Preference(Base):
    """One choice of how somebody likes their pages (density, direction of entry…). Kept here, since a
    browser may refuse a frame any storage of its own."""

    __tablename__ = "preferences"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class Sitting(Base):
    """The few competences that a teacher works on with the class today, in one activity: chosen at the
    desk, rated from a phone. ``codes`` are the competences' codes in the référentiel's order."""

    __tablename__ = "sittings"

    resource_link_id: Mapped[int] = mapped_column(
        ForeignKey("resource_links.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    chosen_at: Mapped[datetime]
