"""Courses, activities, people and their place in a course, as launches and rosters tell them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, Text, UniqueConstraint, or_, true
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base
from lti_app.models.platform import Deployment


class Course(Base):
    """An LTI context. Unique within a deployment (LTI 1.3 Core §5.4.1)."""

    __tablename__ = "courses"
    __table_args__ = (UniqueConstraint("deployment_id", "context_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"))
    context_id: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text, default="")
    title: Mapped[str] = mapped_column(Text, default="")
    memberships_url: Mapped[str | None] = mapped_column(Text)
    lineitems_url: Mapped[str | None] = mapped_column(Text)
    ags_scopes: Mapped[str] = mapped_column(Text, default="")
    roster_at: Mapped[datetime | None]
    roster_error: Mapped[str] = mapped_column(Text, default="")
    roster_changes_url: Mapped[str | None] = mapped_column(Text)

    deployment: Mapped[Deployment] = relationship()


class ResourceLink(Base):
    """One placed activity.

    ``custom_settings`` is what its custom parameters chose at the latest launch; ``settings`` is what
    holds: the same, or what a teacher changed in the tool since (then it says ``"override": true``).
    See services.activities.framing.
    """

    __tablename__ = "resource_links"
    __table_args__ = (UniqueConstraint("course_id", "lti_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    lti_id: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, default="")
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    custom_settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")

    course: Mapped[Course] = relationship()


class User(Base):
    """A person as one platform knows them; ``sub`` is unique within it only."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("platform_id", "sub"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id", ondelete="CASCADE"))
    sub: Mapped[str] = mapped_column(Text)
    given_name: Mapped[str] = mapped_column(Text, default="")
    family_name: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(Text, default="")


class Membership(Base):
    """A person's place in a course.

    Two sources disagree: Moodle calls a non-editing teacher Instructor at launch and Learner in the
    roster, and an editing teacher who looks at the course as a student (« Prendre le rôle… ») Learner
    at that launch only. Whom either calls a teacher is never a pupil. ``launched_as`` remembers the last
    launch. ``active`` is false once the roster no longer names the person.
    """

    __tablename__ = "memberships"

    course_id: Mapped[int] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    launched_as: Mapped[str] = mapped_column(Text, default="")  # teacher, learner or ""
    roster_role: Mapped[str] = mapped_column(Text, default="")  # teacher, learner or ""
    active: Mapped[bool] = mapped_column(default=True, server_default=true())

    user: Mapped[User] = relationship()
    course: Mapped[Course] = relationship()

    @hybrid_property
    def is_learner(self) -> bool:
        """Whether the person is a pupil here: never one whom the last launch or the roster calls a teacher."""
        places = (self.launched_as, self.roster_role)
        return "teacher" not in places and "learner" in places

    @is_learner.inplace.expression
    @classmethod
    def _is_learner(cls) -> ColumnElement[bool]:
        learner = or_(cls.launched_as == "learner", cls.roster_role == "learner")
        return (cls.launched_as != "teacher") & (cls.roster_role != "teacher") & learner
