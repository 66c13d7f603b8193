"""What remembers a launch, and keeps it single."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base
from lti_app.models.course import Course, ResourceLink, User


class LaunchSession(Base):
    """One launch in one browser tab. ``id`` stands in every page's address, ``secret_hash`` in the
    cookie that only that path receives: two tabs with two courses never mix. The id follows from the nonce of
    the signed message, so that a second launch by the same message has no place. A deep-linking launch has
    no activity yet; ``deep_linking`` then holds the platform's settings for the answer."""

    __tablename__ = "launch_sessions"
    __table_args__ = {"sqlite_with_rowid": False}

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
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    course: Mapped[Course] = relationship()
    resource_link: Mapped[ResourceLink | None] = relationship()
