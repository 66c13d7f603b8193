"""Does a gradebook column take points, or the level of a scale, and of how many?

AGS tells one number of a column, its maximum, and Moodle gives a scale's number of levels there: a column
that goes up to 5 may be one of 5 points or a scale of 5 levels. One with as many levels as the activity's
scale is taken for a scale; of another small number only a teacher can tell (``send_as``).
"""

from __future__ import annotations

from decimal import Decimal

from lti_app.models import ColumnKind, LineItem
from lti_app.services.activities.framing import Framing, LinkSettings, named_scale

MOST_LEVELS = 10
"""More than that is a column of points."""
ASKED_UP_TO = 7
"""Nobody is asked about ten points: scales of so many levels are rare."""


def levels_of(item: LineItem, framing: Framing) -> int:
    """The number of levels that the column shows, 0 where it takes points: as the settings say, else as
    its maximum tells."""
    return _shown(item, framing.settings, len(framing.scale.levels))


def in_doubt(item: LineItem, framing: Framing) -> int:
    """The number of levels that the column may have, where a teacher has to say whether it does; else 0."""
    settings = framing.settings
    if settings.rules.send_as != "auto" or levels_of(item, framing):
        return 0
    levels = _possible(item.maximum, settings)
    return levels if levels <= ASKED_UP_TO else 0


def settle(item: LineItem, maximum: Decimal) -> bool:
    """Keeps what the column was said to go up to, and what that makes of it; whether it now takes other grades.
    One known to be a scale stays one until its maximum changes, whatever scale the activity has later."""
    settings = LinkSettings.from_json(item.resource_link.settings)
    ours = len(named_scale(settings.scale).levels)
    before = _shown(item, settings, ours)
    item.maximum = maximum
    levels = _told(item, settings, ours)
    item.kind = (ColumnKind.SCALE if levels else ColumnKind.POINTS).value
    item.levels = levels or None
    return _shown(item, settings, ours) != before


def _shown(item: LineItem, settings: LinkSettings, ours: int) -> int:
    if settings.rules.send_as == "points":
        return 0
    if settings.rules.send_as == "level":
        return item.levels or _possible(item.maximum, settings) or ours
    return _told(item, settings, ours)


def _told(item: LineItem, settings: LinkSettings, ours: int) -> int:
    """What the platform tells: 0 for points."""
    if item.maximum is None:  # not asked yet: what it was
        return (item.levels or ours) if item.kind == ColumnKind.SCALE.value else 0
    possible = _possible(item.maximum, settings)
    known = item.levels if item.kind == ColumnKind.SCALE.value else None
    return possible if possible in (ours, known) else 0


def _possible(maximum: Decimal | None, settings: LinkSettings) -> int:
    """How many levels a scale of that maximum has; 0 if it is none: the activity asked for such a column of
    points, or nobody counts so many levels."""
    if maximum is None or maximum == settings.maximum or maximum != int(maximum):
        return 0
    return int(maximum) if 2 <= maximum <= MOST_LEVELS else 0
