"""The scale of a new framework. No web service makes or lists scales: it is found by its levels.

A scale that another framework uses is surely a site's one. Otherwise its number must be given: scales of
courses have numbers too, and nothing from outside tells them apart; those with the same levels are
proposed.
"""

from __future__ import annotations

from collections.abc import Sequence

from lti_app.clients.moodle_ws import MoodleWs
from lti_app.errors import MoodleRefused
from lti_app.services.moodle.errors import MoodleInputError, ScaleMissing
from lti_app.services.moodle.reading import frameworks, scale_levels

LOOK_AHEAD = 12
"""Numbers in a row without a scale after which no further one is looked for."""
MAX_LOOKED_AT = 400


def scale_for(ws: MoodleWs, levels: Sequence[str], *, given: int | None = None) -> int:
    """The number of the scale with these levels, ``given`` one checked.

    Raises ``ScaleMissing`` when no framework uses one, ``MoodleInputError`` when the given one has
    other levels.
    """
    if given is not None:
        there = _levels_of(ws, given)
        if there != tuple(levels):
            raise MoodleInputError(
                "scale_wrong",
                number=given,
                levels=", ".join(levels),
                there=", ".join(there) if there else "—",
            )
        return given
    used = dict.fromkeys(record["scaleid"] for record in frameworks(ws))
    for number in used:
        if _levels_of(ws, number) == tuple(levels):
            return int(number)
    raise ScaleMissing(levels, _candidates(ws, levels), ws.base_url)


def _levels_of(ws: MoodleWs, number: int) -> tuple[str, ...] | None:
    """None for a number without scale: Moodle 4.5 answers an error of PHP without a code."""
    try:
        return scale_levels(ws, number)
    except MoodleRefused as error:
        if error.errorcode:
            raise
        return None


def _candidates(ws: MoodleWs, levels: Sequence[str]) -> list[int]:
    found, missing = [], 0
    for number in range(1, MAX_LOOKED_AT + 1):
        there = _levels_of(ws, number)
        missing = missing + 1 if there is None else 0
        if there == tuple(levels):
            found.append(number)
        if missing > LOOK_AHEAD:
            break
    return found
