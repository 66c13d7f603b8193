"""How a class got where it is: the share of competences acquired, day by day since the first assessment.

Nothing of this is stored: the histories are judged again, entry by entry, under the activity's mastery
rule, so that the last day agrees with the class page whatever the rule is.
"""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from flask_babel import to_user_timezone
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.models import NodeKey
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import masteries
from lti_app.services.classes.masteries import Recorded
from referential.occasions import judge

MOST_DAYS = 40  # points of the line; more say nothing more
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Point:
    """Shares (0 to 1) of the activity's competences acquired at the end of that day: what half of the class
    has reached at least (``median``), three quarters (``low``) and one quarter (``high``)."""

    on: date
    low: float
    median: float
    high: float


def of_class(
    session: Session, course_id: int, framing: Framing, learner_ids: Sequence[int], now: datetime
) -> list[Point]:
    """Evenly spaced days from the eve of the first assessment to today; none before any."""
    entries = _histories(session, course_id, framing, learner_ids)
    if not entries or not framing.competences:
        return []
    days = spaced(min(_day(history[0].at) for _learner, history in entries) - DAY, _day(now))
    total = len(framing.competences)
    changes = {learner: [0] * (len(days) + 1) for learner in learner_ids}
    for learner, history in entries:
        acquired = False
        for count, entry in enumerate(history, 1):
            now_acquired = _is_acquired(history[:count], framing)
            if now_acquired != acquired:
                place = bisect_left(days, _day(entry.at))
                changes[learner][place] += 1 if now_acquired else -1
                acquired = now_acquired
    shares = [[count / total for count in accumulate(change)] for change in changes.values()]
    return [
        Point(on, *_quartiles([share[place] for share in shares])) for place, on in enumerate(days)
    ]


def spaced(first: date, last: date, most: int = MOST_DAYS) -> list[date]:
    """At most so many days from the first to the last, both included, evenly spaced but for the first
    step."""
    length = max((last - first).days, 0)
    step = max(-(-length // (most - 1)), 1)
    days = [last - timedelta(days=passed) for passed in range(0, length, step)]
    days.append(min(first, last))
    days.reverse()
    return days


def _histories(
    session: Session, course_id: int, framing: Framing, learner_ids: Sequence[int]
) -> list[tuple[int, list[Recorded]]]:
    uuids = {node.uuid for node in framing.competences}
    keys = session.execute(
        select(NodeKey.id, NodeKey.uuid).where(NodeKey.referential == framing.referential.code)
    )
    ours = {key for key, uuid in keys if uuid in uuids}
    found = masteries.histories(session, course_id, learner_ids=learner_ids)
    return [(learner, history) for (learner, node), history in found.items() if node in ours]


def _is_acquired(history: Sequence[Recorded], framing: Framing) -> bool:
    judged = masteries.judgements(history, framing.scale)
    level = judge(judged, framing.mastery_rule, framing.scale).level
    return level is not None and framing.scale.level(level).proficient


def _quartiles(shares: Sequence[float]) -> tuple[float, float, float]:
    if len(shares) < 2:
        return shares[0], shares[0], shares[0]
    low, median, high = statistics.quantiles(shares, n=4, method="inclusive")
    return low, median, high


def _day(at: datetime) -> date:
    return to_user_timezone(at).date()
