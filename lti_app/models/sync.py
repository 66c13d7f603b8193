"""One row per platform that grades are sent to: who sends now, and whether the platform answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.models.base import Base


class SyncLane(Base):
    """A platform's lane: one worker at a time sends through it, whatever their number.

    ``holder`` has the lane until ``held_until``; with each change of holder ``fence`` grows, and what
    was claimed under a smaller one is free again. While ``open_until`` lies ahead nobody calls the
    platform at all: the circuit is open, for the ``openings``-th time in a row (services.platforms.circuit).
    ``skew`` is how many seconds the platform's clock is ahead of ours, as its answers tell.
    """

    __tablename__ = "sync_lanes"

    platform_id: Mapped[int] = mapped_column(
        ForeignKey("platforms.id", ondelete="CASCADE"), primary_key=True
    )
    holder: Mapped[str] = mapped_column(Text, default="", server_default="")
    held_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0, server_default="0")
    openings: Mapped[int] = mapped_column(default=0, server_default="0")
    open_until: Mapped[datetime | None]
    skew: Mapped[int] = mapped_column(default=0, server_default="0")
