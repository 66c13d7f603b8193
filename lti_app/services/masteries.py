"""Reads masteries as the levels that pages and grade rules work on."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import Mastery, NodeKey
from lti_app.services.framing import Framing

Levels = dict[str, int]  # level (1-based) by competence code


def levels_by_learner(
    session: Session, course_id: int, framing: Framing, learner_ids: Sequence[int] | None = None
) -> dict[int, Levels]:
    """Levels of the framing's competences by learner; of these learners only, when given."""
    codes = {node.uuid: node.code for node in framing.competences}
    query = (
        select(Mastery.learner_id, NodeKey.uuid, Mastery.level)
        .join(Mastery.node)
        .where(
            Mastery.course_id == course_id,
            Mastery.rule == f"{framing.settings.scale}/latest",
            NodeKey.referential == framing.referential.code,
            Mastery.level.is_not(None),
        )
    )
    if learner_ids is not None:
        query = query.where(Mastery.learner_id.in_(learner_ids))
    levels: dict[int, Levels] = {}
    for learner, uuid, level in session.execute(query):
        if uuid in codes:
            levels.setdefault(learner, {})[codes[uuid]] = level
    return levels
