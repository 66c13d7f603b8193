"""Moodle's arithmetic of one grade, as pure functions.

What a tool sends is rescaled to the column, kept to five decimals, held between the
column's limits, and for a column graded by a scale rounded to one of its levels.
"""

from __future__ import annotations

import math
from datetime import datetime, tzinfo

from lti_app.demo.model import Item

DECIMALS = 5


def rescaled(given: float, out_of: float, item: Item) -> float:
    """`given` out of `out_of`, in the column's points. Out of 0 means: do not rescale."""
    if out_of > 0:
        given = given * item.maximum / out_of
    return round(given, DECIMALS)


def bounded(value: float, item: Item) -> float:
    """The grade that counts: within the column's limits, a whole level for a scale."""
    if item.scale:
        return float(min(max(math.floor(value + 0.5), 1), len(item.scale)))
    return min(max(value, 0.0), item.maximum)


def number(value: float) -> int | float:
    """As PHP writes a float in JSON: 20, not 20.0; at most five decimals."""
    rounded = round(value, DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded


def is_numeric(value: object) -> bool:
    """PHP's `is_numeric`: a number, or text that holds one."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return math.isfinite(value)
    if not isinstance(value, str):
        return False
    try:
        return math.isfinite(float(value.strip(" \t\n\r\v\f"))) and "_" not in value
    except ValueError:
        return False


def unix_time(timestamp: object, zone: tzinfo) -> int | None:
    """Whole unix seconds of an ISO 8601 date or time; None when it is not one.

    Fractions of a second are dropped, a time without a zone is read in the site's.
    """
    if not isinstance(timestamp, str):
        return None
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return math.floor(moment.timestamp())
