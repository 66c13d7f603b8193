"""From masteries to the grades that the gradebook should hold.

A learner with nothing assessed in an activity's scope has no wanted grade; once a grade was wanted, a
judgement taken back wants the lower grade, not none: Moodle would erase what a teacher can see.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import GradeSync, LineItem, Mastery, ResourceLink, SyncState
from lti_app.services.framing import Framing, LinkSettings, resolve
from lti_app.services.masteries import Levels, levels_by_learner
from referential.grading import Grade, share_proficient


def refresh(session: Session, course_id: int, learner_ids: Sequence[int], now: datetime) -> None:
    """Brings the wanted grade of these learners up to date in every graded activity of the course."""
    items = session.scalars(
        select(LineItem).join(LineItem.resource_link).where(ResourceLink.course_id == course_id)
    ).all()
    for item in items:
        framing = resolve(LinkSettings.from_json(item.resource_link.settings))
        levels = levels_by_learner(session, course_id, framing, learner_ids)
        existing = {
            sync.learner_id: sync
            for sync in session.scalars(
                select(GradeSync).where(
                    GradeSync.line_item_id == item.id, GradeSync.learner_id.in_(learner_ids)
                )
            )
        }
        for learner_id in learner_ids:
            _want(session, item, learner_id, existing.get(learner_id), levels, framing, now)


def refresh_course(session: Session, course_id: int, now: datetime) -> None:
    """The same for everybody with a mastery in the course: an activity is new, or covers other parts."""
    learners = session.scalars(
        select(Mastery.learner_id).where(Mastery.course_id == course_id).distinct()
    ).all()
    if learners:
        refresh(session, course_id, learners, now)


def comment_for(grade: Grade) -> str:
    """The feedback beside the grade in Moodle. Sent with every score: without it Moodle erases the one
    that is there."""
    return (
        f"{grade.acquired} compétences acquises sur {grade.total} "
        f"({grade.assessed} évaluées ; une compétence non évaluée compte comme non acquise)."
    )


def _want(
    session: Session,
    item: LineItem,
    learner_id: int,
    sync: GradeSync | None,
    levels: dict[int, Levels],
    framing: Framing,
    now: datetime,
) -> None:
    own = levels.get(learner_id, {})
    if sync is None and not own:
        return
    grade = share_proficient(
        own, [node.code for node in framing.competences], framing.scale, framing.settings.maximum
    )
    comment = comment_for(grade)
    if sync is None:
        session.add(
            GradeSync(
                line_item_id=item.id,
                learner_id=learner_id,
                score=grade.value,
                maximum=grade.maximum,
                comment=comment,
                next_attempt_at=now,
            )
        )
        return
    if (sync.score, sync.maximum, sync.comment) == (grade.value, grade.maximum, comment):
        return
    sync.score, sync.maximum, sync.comment = grade.value, grade.maximum, comment
    sync.wanted_revision += 1
    sync.state, sync.error = SyncState.WAITING.value, ""
    sync.attempts, sync.next_attempt_at = 0, now
