"""JSON from outside, so that whatever it says can be kept: both databases refuse some of what it may hold.

A text may hold NUL, or one half of a character that is written in two (RFC 8259 §8.2); a number may be greater than
any that JSON can be written with again. And any member may be of another kind than the standard says: ``words``,
``number`` and ``moment`` give what can be reckoned with, or say that there is none.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

ODD = re.compile("[\x00\ud800-\udfff]")
ESCAPED = re.compile(r"\\u(?:0000|[dD])")  # as either must be written
DIGITS = 5  # behind the point: what Moodle keeps of a grade, and so do we
GREATEST = Decimal("99999.99999")
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


def _constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


_decode = json.JSONDecoder(parse_float=_number, parse_constant=_constant).decode


def read(text: str) -> tuple[Any, bool]:
    """The value, and whether all its texts can be kept. Raises ``ValueError`` or ``RecursionError``."""
    value = _decode(text)
    if not ESCAPED.search(text):
        return value, True
    return value, cleaned(value) == value


def loads(body: bytes) -> Any:
    """The value, cleaned. Raises ``ValueError`` or ``RecursionError``."""
    value, sound = read(body.decode(json.detect_encoding(body)))
    return value if sound else cleaned(value)


def cleaned(value: Any) -> Any:
    """The same without what cannot be kept in its texts."""
    match value:
        case str():
            return ODD.sub("", value)
        case list():
            return [cleaned(one) for one in value]
        case dict():
            return {cleaned(name): cleaned(one) for name, one in value.items()}
        case _:
            return value


def words(value: Any) -> str:
    """A text, also where a platform writes a number for it; empty for anything else."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if whole or isinstance(value, str) else ""


def number(value: Any) -> Decimal | None:
    """A number, or a text that is one, within ``GREATEST`` on both sides and with so many ``DIGITS``; None for
    anything else. A quotient of two such numbers is one that can be had, unless by zero."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        told = Decimal(value if isinstance(value, int) else str(value))
    except InvalidOperation:
        return None
    if not told.is_finite() or not -GREATEST <= told <= GREATEST:
        return None
    return round(told, DIGITS)


def moment(value: Any) -> datetime | None:
    """A time in UTC, from ``EARLIEST`` to ``LATEST``: on both sides there is room for reckoning. None for anything
    else, also for a time without a zone, which says nothing."""
    if not isinstance(value, str):
        return None
    try:
        told = datetime.fromisoformat(value)
        utc = told.astimezone(UTC) if told.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    return utc if utc is not None and EARLIEST <= utc <= LATEST else None
