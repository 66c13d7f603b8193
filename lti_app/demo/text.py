"""How the LMS's pages write grades, dates and initials, in French."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_datetime
from babel.numbers import format_decimal


def points(value: float | None) -> str:
    """A grade with two decimals and a comma; an en dash when there is none."""
    return "–" if value is None else format_decimal(value, "0.00", locale="fr")


def moment(unix: int | None, zone: object = None) -> str:
    """A date and time as people read it: « 24 nov. 2026 à 05:48 »."""
    if not unix:
        return ""
    when = datetime.fromtimestamp(unix, UTC)
    return format_datetime(when, "d MMM y 'à' HH:mm", tzinfo=zone, locale="fr")  # type: ignore[arg-type]


def initials(name: str) -> str:
    """First letters of the first and the last word, for an avatar."""
    letters = [word[0] for word in name.split() if word[0].isalpha()]
    return "".join(letters[:1] + letters[1:][-1:]).upper()


FILTERS = {"points": points, "moment": moment, "initials": initials}
