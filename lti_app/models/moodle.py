"""A Moodle's web services: the token we may call them with, the pushes and ratings that travel by them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, SmallInteger, Text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base
from lti_app.models.platform import Platform


class MoodleConnection(Base):
    """How a platform's web services are called. ``token_encrypted`` is sealed by ``SecretsBox``."""

    __tablename__ = "moodle_connections"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(
        ForeignKey("platforms.id", ondelete="CASCADE"), unique=True
    )
    base_url: Mapped[str] = mapped_column(Text)
    token_encrypted: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    platform: Mapped[Platform] = relationship()


class PushState(enum.StrEnum):
    """``waiting`` for a worker, ``running``, then ``done``, or ``failed``: ``error`` says why."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class MoodlePush(Base):
    """One push of a référentiel. The row is the truth: a queue only wakes workers.

    ``choices`` says what to push (see ``services.moodle.pushes.Choices``). ``alive_at`` moves on while
    it runs: one that has stood still is taken up again. ``kept_rules`` are rules that Moodle drops on
    the way and that are still to be put back. ``report`` is what was done, by kind of step.
    """

    __tablename__ = "moodle_pushes"
    __table_args__ = (Index("ix_moodle_pushes_connection_id_state", "connection_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(
        ForeignKey("moodle_connections.id", ondelete="CASCADE")
    )
    idnumber: Mapped[str] = mapped_column(Text)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(Text, default=PushState.WAITING.value)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    kept_rules: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    alive_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    connection: Mapped[MoodleConnection] = relationship()


class CourseExchange(Base):
    """The exchange of ratings and grades between a course and its Moodle, as its teachers set and see it.

    ``enabled``: ratings travel. ``asked_at``: a teacher wants it now; ``claimed_until``: a worker is at
    it; ``done_at``: the last one that ended, with what it ``received`` and ``sent``, and in ``error`` the
    key of the sentence that says why ratings did not all travel (services.moodle.rating_texts).
    """

    __tablename__ = "course_exchanges"

    course_id: Mapped[int] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    enabled: Mapped[bool] = mapped_column(default=True, server_default=true())
    asked_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    received: Mapped[int] = mapped_column(default=0, server_default="0")
    sent: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(Text, default="", server_default="")


class MoodleRating(Base):
    """How a learner's competence stood on both sides when it was last the same, or settled.

    ``grade``, ``evidence_id`` and ``modified`` (unix seconds) are Moodle's, ``assessment_id`` is our newest
    judgement then (0: none). What was rated on both sides since is a conflict while ``their_grade`` is
    set: Moodle's rating, by whom (``their_sub``, ``their_name``), with what words and when.
    """

    __tablename__ = "moodle_ratings"

    course_id: Mapped[int] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    learner_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    node_id: Mapped[int] = mapped_column(ForeignKey("node_keys.id"), primary_key=True)
    grade: Mapped[int | None] = mapped_column(SmallInteger)
    evidence_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    modified: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    assessment_id: Mapped[int] = mapped_column(default=0, server_default="0")
    their_grade: Mapped[int | None] = mapped_column(SmallInteger)
    their_evidence_id: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    their_sub: Mapped[str] = mapped_column(Text, default="", server_default="")
    their_name: Mapped[str] = mapped_column(Text, default="", server_default="")
    their_words: Mapped[str] = mapped_column(Text, default="", server_default="")
    their_at: Mapped[datetime | None]
