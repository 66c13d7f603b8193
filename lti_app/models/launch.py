"""What remembers a launch and keeps it single, and what it left undone when its time was over."""

from __future__ import annotations

import enum
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
    latest_end: Mapped[datetime | None]  # set when the session is first prolonged

    user: Mapped[User] = relationship()
    course: Mapped[Course] = relationship()
    resource_link: Mapped[ResourceLink | None] = relationship()


class KeptKind(enum.StrEnum):
    """What was kept: entries of the class grid, a form that was sent, or only the page that was asked for."""

    ENTRIES = "entries"
    FORM = "form"
    PAGE = "page"


class KeptWork(Base):
    """What reached us from a session that had ended. It waits for the same person's next launch of the same
    activity (none: of the same course, to place one), where they send it or throw it away. ``endpoint`` is
    the view that it was for; ``content`` is as ``services.launches.kept_work`` writes it."""

    __tablename__ = "kept_work"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    resource_link_id: Mapped[int | None] = mapped_column(
        ForeignKey("resource_links.id", ondelete="CASCADE")
    )
    kind: Mapped[str] = mapped_column(Text)  # of KeptKind
    endpoint: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
