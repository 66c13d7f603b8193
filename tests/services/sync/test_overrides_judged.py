"""Whose grade stands in a cell: told from its time where the LMS tells one, else from its value."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lti_app.clients.ags import Result
from lti_app.models import GradeSync
from lti_app.services.sync.overrides import Held, Known, Sent, fingerprint, judge, remember

EIGHT = 1_795_507_200  # 2026-11-24 08:00 UTC
ACKNOWLEDGED = Sent(EIGHT, Decimal(12), Decimal(20), fingerprint("Douze."))
TRIED = Sent(EIGHT + 60, Decimal(15), Decimal(20), fingerprint("Quinze."))
NEVER = Known(None)
SENT = Known(ACKNOWLEDGED)
UNSURE = Known(ACKNOWLEDGED, (TRIED,))
UNDERNEATH = Known(ACKNOWLEDGED, theirs=EIGHT - 300)


def cell(score: float | None, second: int | None = EIGHT, comment: str = "Douze.") -> Result:
    at = None if second is None else datetime.fromtimestamp(second, UTC)
    value = None if score is None else Decimal(str(score))
    return Result("5", value, Decimal(20) if value is not None else None, comment, at)


@pytest.mark.parametrize(
    ("result", "known", "held"),
    [
        pytest.param(None, NEVER, Held.NOTHING, id="nothing sent, nothing there"),
        pytest.param(cell(None, None), NEVER, Held.NOTHING, id="an empty cell we never filled"),
        pytest.param(cell(9), NEVER, Held.THEIRS, id="a grade before our first"),
        pytest.param(cell(12), SENT, Held.OURS, id="what we sent"),
        pytest.param(cell(11.4), SENT, Held.OURS, id="what we sent, rounded by the column"),
        pytest.param(cell(9, EIGHT + 30), SENT, Held.THEIRS, id="another grade, later"),
        pytest.param(cell(None, None), SENT, Held.THEIRS, id="emptied by somebody"),
        pytest.param(cell(12, EIGHT + 30), SENT, Held.OURS, id="touched and left as it was"),
        pytest.param(
            cell(12, EIGHT + 30, " Douze.\n"), SENT, Held.OURS, id="touched, spaces tidied"
        ),
        pytest.param(
            cell(12, EIGHT + 30, "Vu."), SENT, Held.THEIRS, id="our grade with other words"
        ),
        pytest.param(cell(15, EIGHT + 60), UNSURE, Held.OURS, id="arrived, the answer was lost"),
        pytest.param(
            cell(15, EIGHT + 90, "Vu."), UNSURE, Held.THEIRS, id="a value we tried, other words"
        ),
        pytest.param(cell(12), UNSURE, Held.OURS, id="the later score never arrived"),
        pytest.param(cell(9, EIGHT + 90), UNSURE, Held.THEIRS, id="a teacher after both"),
        pytest.param(None, SENT, Held.OLDER, id="acknowledged and gone"),
        pytest.param(cell(7, EIGHT - 86_400), SENT, Held.OLDER, id="set back to yesterday"),
        pytest.param(
            cell(9, EIGHT - 300), UNDERNEATH, Held.THEIRS, id="a teacher's, ours underneath"
        ),
        pytest.param(cell(12, EIGHT - 300), UNDERNEATH, Held.OURS, id="given back, under its time"),
        pytest.param(cell(9, EIGHT - 90), UNDERNEATH, Held.OLDER, id="of another time than theirs"),
        pytest.param(cell(12), UNDERNEATH, Held.OURS, id="given back, then sent"),
        pytest.param(cell(12, None), SENT, Held.OURS, id="no time: the same value"),
        pytest.param(cell(9, None), SENT, Held.THEIRS, id="no time: another value"),
        pytest.param(cell(15, None), UNSURE, Held.OURS, id="no time: a value we tried"),
    ],
)
def test_whose_grade_it_is(result: Result | None, known: Known, held: Held) -> None:
    assert judge(result, known) == held


def test_the_last_twenty_tries_are_remembered() -> None:
    row = GradeSync(score=Decimal(1), maximum=Decimal(20), comment="Un.", tried=[])
    for minute in range(30):
        row.tried = remember(row, datetime.fromtimestamp(EIGHT + 60 * minute, UTC))
    assert row.tried == [[EIGHT + 60 * n, "1", "20", fingerprint("Un.")] for n in range(10, 30)]
