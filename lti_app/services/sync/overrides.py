"""Whose grade is it that the platform holds: ours, or one that somebody gave over there?

Pure functions. Moodle keeps, as a cell's time, the time of the score that filled it, and its own time
at a teacher's edit. So a cell with a time that we gave is ours, whatever its value (a column may round,
bound or rescale what we sent); with another time it is not ours, unless nothing in it was changed.
Platforms that tell no time are compared by value alone (AGS 2.0 §3.3 has none).

In a guarded column our scores pass underneath a teacher's grade, whose time then falls ever further
behind theirs, as a cell's does in a database that was set back. A grade known to be a teacher's stays
one while its time is the same; any other old one is taken for lost and sent once more, which tells:
a cell that this did not move is a teacher's.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from lti_app.clients.ags import Result
from lti_app.models import GradeSync

TOLERANCE = Decimal("0.0005")  # of the maximum: Moodle keeps five decimals
CLOCKS_APART = 60  # seconds that our times may be ahead of the platform's, at the very most
TRIED_KEPT = 20  # scores without an answer that are remembered; all but the last few are beaten


class Held(enum.StrEnum):
    """``nothing``: the cell is empty and we filled none. ``ours``: our newest score. ``older``: a score
    of ours, but not the newest acknowledged one: the platform lost it. ``theirs``: somebody else's,
    also when they emptied it."""

    NOTHING = "nothing"
    OURS = "ours"
    OLDER = "older"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Sent:
    """A score that left: ``second`` is its own time, in unix seconds, ``words`` the fingerprint of its
    comment (None: of no account)."""

    second: int
    score: Decimal
    maximum: Decimal
    words: str | None = None

    @property
    def share(self) -> Decimal:
        return self.score / self.maximum if self.maximum else Decimal(0)


@dataclass(frozen=True, slots=True)
class Known:
    """What may stand in a cell because of us: the newest acknowledged score, and those since then whose
    answer never came. ``theirs`` is the time of the teacher's grade that stood there when a guarded
    cell was last read."""

    acknowledged: Sent | None
    tried: tuple[Sent, ...] = ()
    theirs: int | None = None

    @property
    def all(self) -> tuple[Sent, ...]:
        return (*self.tried, *((self.acknowledged,) if self.acknowledged else ()))


def known(row: GradeSync | Row[Any], *, words: bool) -> Known:
    """What that row remembers of our scores; with the ``words`` beside them where these count too."""
    acknowledged = None
    if row.sent_score is not None and row.sent_timestamp is not None:
        acknowledged = Sent(
            second_of(row.sent_timestamp),
            row.sent_score,
            row.sent_maximum or row.maximum,
            fingerprint(row.sent_comment) if words else None,
        )
    return Known(acknowledged, tuple(_tried(row.tried, words)))


def remember(row: GradeSync | Row[Any], moment: datetime) -> list:
    """The row's ``tried`` with the score that is about to leave at that moment."""
    leaving = [second_of(moment), str(row.score), str(row.maximum), fingerprint(row.comment)]
    return [*row.tried[1 - TRIED_KEPT :], leaving]


def fingerprint(words: str) -> str:
    """A comment without its spaces, which a platform may tidy, and without its content."""
    return hashlib.blake2s("".join(words.split()).encode(), digest_size=8).hexdigest()


def judge(result: Result | None, ours: Known) -> Held:
    """Whose grade the platform holds for a learner (``result`` None: it names none)."""
    if result is None:
        return Held.OLDER if ours.acknowledged else Held.NOTHING
    if result.score is None:
        return Held.THEIRS if ours.acknowledged else Held.NOTHING
    if result.at is None:
        return Held.OURS if any(_same(result, sent) for sent in ours.all) else Held.THEIRS
    return _by_time(result, second_of(result.at), ours)


def arrived(result: Result, moment: datetime, score: Decimal, maximum: Decimal) -> bool:
    """Whether the score of that moment is what the platform holds."""
    sent = Sent(second_of(moment), score, maximum)
    if result.at is not None:
        return second_of(result.at) == sent.second
    return _same(result, sent)


def second_of(moment: datetime) -> int:
    """Unix time at the grain that Moodle compares."""
    return int(moment.timestamp() // 1)


def _by_time(result: Result, second: int, ours: Known) -> Held:
    newest = ours.acknowledged.second if ours.acknowledged else 0
    if any(sent.second == second for sent in ours.all):
        return Held.OURS if second >= newest else Held.OLDER
    if second == ours.theirs:  # the time stays when the teacher gives the cell back
        back = ours.acknowledged is not None and _same(result, ours.acknowledged)
        return Held.OURS if back else Held.THEIRS
    if second < newest - CLOCKS_APART:
        return Held.OLDER  # a cell's time only grows: the platform went back to an earlier state
    untouched = any(_same(result, sent) and _same_words(result, sent) for sent in ours.all)
    return Held.OURS if untouched else Held.THEIRS


def _same(result: Result, sent: Sent) -> bool:
    if result.score is None or not result.maximum:
        return False
    return abs(result.score / result.maximum - sent.share) < TOLERANCE


def _same_words(result: Result, sent: Sent) -> bool:
    return sent.words is None or fingerprint(result.comment) == sent.words


def _tried(rows: Iterable[list], words: bool) -> Iterable[Sent]:
    for second, score, maximum, fingerprinted in rows:
        yield Sent(int(second), Decimal(score), Decimal(maximum), fingerprinted if words else None)
