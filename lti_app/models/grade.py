"""Gradebook columns and, per learner, the grade they should hold and the one they acknowledged."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, SmallInteger, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base
from lti_app.models.course import ResourceLink, User


class SyncState(enum.StrEnum):
    """``waiting``: on its way. ``sent``: acknowledged. ``failed``: needs a person; ``error`` says why."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class ColumnKind(enum.StrEnum):
    """``points``: grades up to a maximum. ``scale``: the gradebook shows the names of levels, and a
    column's maximum is their number (AGS cannot make such a column, a teacher can)."""

    POINTS = "points"
    SCALE = "scale"


class LineItem(Base):
    """A gradebook column (AGS 2.0 §3.1). ``url`` is None until a launch or the platform names it.

    An activity has its own column (``part`` is empty), which holds the grade of all it covers, and one
    more for each part that its settings ask for (``part`` is the node's code). ``resource_id`` and
    ``tag`` are how such a column is found again at the platform, ``label`` its title there. A column
    no longer asked for is not ``active``: it stays in the gradebook and gets no more grades. For a
    column by ``scale``, ``levels`` is the number of levels the platform said it has.

    While ``url`` is None, services.columns looks for it at the platform, or makes the column: from
    ``look_at`` on, and one process at a time (``claimed_until``). ``error`` is the key of the sentence
    that says why there is none (services.sync_texts).
    """

    __tablename__ = "line_items"
    __table_args__ = (UniqueConstraint("resource_link_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_link_id: Mapped[int] = mapped_column(
        ForeignKey("resource_links.id", ondelete="CASCADE")
    )
    part: Mapped[str] = mapped_column(Text, default="", server_default="")
    url: Mapped[str | None] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text, default="", server_default="")
    resource_id: Mapped[str] = mapped_column(Text, default="", server_default="")
    tag: Mapped[str] = mapped_column(Text, default="", server_default="")
    kind: Mapped[str] = mapped_column(
        Text, default=ColumnKind.POINTS.value, server_default=ColumnKind.POINTS.value
    )
    levels: Mapped[int | None] = mapped_column(SmallInteger)
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    claimed_until: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="", server_default="")

    resource_link: Mapped[ResourceLink] = relationship()


class GradeSync(Base):
    """What a learner's grade in a column should be, and what the LMS has acknowledged.

    ``wanted_revision`` grows by one with each change of ``score`` or ``comment``;
    ``sent_revision`` is the newest one the LMS acknowledged. The row is the truth: a queue only
    wakes workers. While ``claimed_until`` lies ahead one worker is sending it and no other may.
    ``last_timestamp`` is the score timestamp last sent: the next one is later by at
    least a second, since Moodle compares them at that grain and answers 409 otherwise.
    """

    __tablename__ = "grade_syncs"
    __table_args__ = (
        UniqueConstraint("line_item_id", "learner_id"),
        Index("ix_grade_syncs_due", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_items.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    score: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    maximum: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    comment: Mapped[str] = mapped_column(Text, default="")
    wanted_revision: Mapped[int] = mapped_column(default=1)
    sent_revision: Mapped[int] = mapped_column(default=0)
    sent_score: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    state: Mapped[str] = mapped_column(Text, default=SyncState.WAITING.value)
    error: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    last_timestamp: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]

    line_item: Mapped[LineItem] = relationship()
    learner: Mapped[User] = relationship()
