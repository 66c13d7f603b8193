"""A Moodle's web services: the token we may call them with, and the pushes made through them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
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
