"""Gradebook columns and, per learner, the grade they should hold and the one they acknowledged."""

from __future__ import annotations

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
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

    While ``url`` is None, services.grades.columns looks for it at the platform, or makes the column: from
    ``look_at`` on, and one process at a time (``claimed_until``). ``error`` is the key of the sentence
    that says why there is none (services.grades.sync_texts). ``maximum`` is what the platform said that the
    column goes up to, when it was last asked; ``read_at`` when the grades in it were last read.
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
    maximum: Mapped[Decimal | None] = mapped_column(Numeric(10, 5))
    read_at: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    claimed_until: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="", server_default="")

    resource_link: Mapped[ResourceLink] = relationship()


class GradeSync(Base):
    """What a learner's grade in a column should be, and what the LMS has acknowledged.

    ``wanted_revision`` grows by one with each change of ``score``, ``maximum`` or ``comment``, or when a
    person asks to send again; ``settled_revision`` is the newest one whose fate is known: sent, or
    failed for good. A row with something unsettled is due from ``next_attempt_at`` on, whatever
    ``state`` says: the row is the truth, a queue only wakes workers. ``claim`` is the fence of the
    lane that is sending it now (see ``SyncLane``).

    ``sent_…`` is what the LMS last acknowledged, with the score's own time in ``sent_timestamp``;
    ``last_timestamp`` is the newest time ever given to a score, or seen in the cell: the next one is later by at
    least a second, since Moodle compares them at that grain. ``tried`` are the scores that left since the last
    acknowledged one and whose answer is not known, as ``[unix second, score, maximum, fingerprint of
    the comment]``.

    ``held_…`` is what the LMS held when last read (None: nothing), ``overridden`` whether that is
    somebody else's doing; ``replace`` says that a teacher wants ours there all the same, until the next
    try has ended; ``kept`` which grade over there a teacher agreed to (services.grades.overruled).
    """

    __tablename__ = "grade_syncs"
    __table_args__ = (
        UniqueConstraint("line_item_id", "learner_id"),
        Index(
            "ix_grade_syncs_due",
            "next_attempt_at",
            postgresql_where=text("wanted_revision > settled_revision"),
            sqlite_where=text("wanted_revision > settled_revision"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_item_id: Mapped[int] = mapped_column(ForeignKey("line_items.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    score: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    maximum: Mapped[Decimal] = mapped_column(Numeric(8, 2))
    comment: Mapped[str] = mapped_column(Text, default="")
    wanted_revision: Mapped[int] = mapped_column(default=1)
    settled_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str] = mapped_column(Text, default=SyncState.WAITING.value)
    error: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    claim: Mapped[int | None]
    last_timestamp: Mapped[datetime | None]
    tried: Mapped[list[list[Any]]] = mapped_column(JSON, default=list, server_default="[]")
    sent_revision: Mapped[int] = mapped_column(default=0)
    sent_score: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    sent_maximum: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    sent_comment: Mapped[str] = mapped_column(Text, default="", server_default="")
    sent_timestamp: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    held_score: Mapped[Decimal | None] = mapped_column(Numeric(10, 5))
    held_maximum: Mapped[Decimal | None] = mapped_column(Numeric(10, 5))
    held_at: Mapped[datetime | None]
    overridden: Mapped[bool] = mapped_column(default=False, server_default=false())
    replace: Mapped[bool] = mapped_column(default=False, server_default=false())
    kept: Mapped[str] = mapped_column(Text, default="", server_default="")

    line_item: Mapped[LineItem] = relationship()
    learner: Mapped[User] = relationship()
