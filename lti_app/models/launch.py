"""What keeps a launch single and remembers it afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base
from lti_app.models.course import Course, ResourceLink, User


class UsedNonce(Base):
    """A nonce whose signed id_token was accepted. The primary key is what makes a launch single."""

    __tablename__ = "used_nonces"
    __table_args__ = (Index("ix_used_nonces_expires_at", "expires_at"),)

    nonce_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    expires_at: Mapped[datetime]


class LaunchSession(Base):
    """One launch in one browser tab. ``id`` stands in every page's address, ``secret_hash`` in the
    cookie that only that path receives: two tabs with two courses never mix. A deep-linking launch has
    no activity yet; ``deep_linking`` then holds the platform's settings for the answer."""

    __tablename__ = "launch_sessions"
    __table_args__ = (Index("ix_launch_sessions_expires_at", "expires_at"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    resource_link_id: Mapped[int | None] = mapped_column(
        ForeignKey("resource_links.id", ondelete="CASCADE")
    )
    deep_linking: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    roles: Mapped[str] = mapped_column(Text)  # space-separated words of services.current
    locale: Mapped[str] = mapped_column(Text, default="fr")
    return_url: Mapped[str | None] = mapped_column(Text)  # holds the person's own key at Moodle
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    course: Mapped[Course] = relationship()
    resource_link: Mapped[ResourceLink | None] = relationship()
