"""How many calls at once one platform gets: as few as keep the line busy, and no more than it bears.

One at first; twice as many whenever answers come more slowly than ``PACE`` while work waits. A platform
that takes its time is so called by everybody within a few milliseconds, while to one that answers faster
than we compute more threads would only be in each other's way. One that says it is too busy (429) gets
half as many, and from then on one more after so many answers.
"""

from __future__ import annotations

PACE = 0.001  # seconds between two answers with which nobody more is needed
LONGEST_LOOK = 64 * PACE  # seconds for which answers are counted, at most
FASTER_AFTER = 50  # answers in a row before one more call at once, after a 429


class Pace:
    """``allowed`` is the number of calls at once; ``patience`` the seconds until the next ``look``. Times
    are of ``time.monotonic``. Not safe from many threads: its owner holds a lock."""

    def __init__(self, most: int, now: float) -> None:
        self.allowed = 1
        self.patience = PACE
        self._most = most
        self._since = now
        self._answers = 0
        self._waited = False
        self._spared = False
        self._streak = 0

    def look(self, now: float, *, waiting: bool) -> None:
        """Counts the answers since the last look; ``waiting``: there is work that nobody has taken."""
        passed = now - self._since
        if passed < self.patience:
            return
        slow = self._answers * PACE < passed
        if slow and waiting and self._waited and not self._spared:
            self.allowed = min(2 * self.allowed, self._most)
            self.patience = PACE
        else:
            self.patience = min(2 * self.patience, LONGEST_LOOK)
        self._since, self._answers, self._waited = now, 0, waiting

    def answered(self) -> None:
        """A call has come back."""
        self._answers += 1
        self._streak += 1
        if self._spared and self._streak >= FASTER_AFTER and self.allowed < self._most:
            self.allowed, self._streak = self.allowed + 1, 0

    def too_busy(self) -> None:
        """A call was answered 429."""
        self.allowed, self._streak, self._spared = max(1, self.allowed // 2), 0, True
