"""What the teachers of a course chose for all of its activities."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.models.base import Base


class CourseChoices(Base):
    """Absent, or None in a field: nothing was chosen.

    ``begins_on``, ``ends_on`` and ``target`` (percent of the competences, 1 to 100) are the pace that is
    expected; both dates are set or neither. ``informal`` says whether pages say « tu » to students.
    """

    __tablename__ = "course_choices"

    course_id: Mapped[int] = mapped_column(
        ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True
    )
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    target: Mapped[int] = mapped_column(SmallInteger, default=100, server_default="100")
    informal: Mapped[bool | None]
