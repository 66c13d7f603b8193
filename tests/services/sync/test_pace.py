"""How many calls at once: all for a platform that takes its time, few for one that answers at once."""

from __future__ import annotations

from lti_app.services.sync.pace import FASTER_AFTER, PACE, Pace


def after(pace: Pace, seconds: float, *, each: float) -> None:
    """So long with work waiting, while an answer comes ``each`` so many seconds and allowed call."""
    now, next_answer = 0.0, each
    while now < seconds:
        now += PACE
        while next_answer <= now:
            pace.answered()
            next_answer += each / pace.allowed
        pace.look(now, waiting=True)


def test_a_slow_platform_is_soon_called_by_everybody_and_a_quick_one_by_few() -> None:
    slow, quick = Pace(12, 0.0), Pace(12, 0.0)
    after(slow, 6 * PACE, each=0.05)
    after(quick, 2.0, each=PACE / 3)
    assert (slow.allowed, quick.allowed) == (12, 1)


def test_one_that_becomes_slow_is_noticed() -> None:
    pace = Pace(12, 0.0)
    after(pace, 2.0, each=PACE / 3)
    after(pace, 2.5, each=0.05)
    assert pace.allowed == 12


def test_without_work_that_waits_nobody_more_is_needed() -> None:
    pace = Pace(12, 0.0)
    for number in range(100):
        pace.look(number * PACE, waiting=number % 2 == 0)
    assert pace.allowed == 1


def test_one_that_is_too_busy_gets_half_and_slowly_more() -> None:
    pace = Pace(12, 0.0)
    after(pace, 6 * PACE, each=0.05)
    pace.too_busy()
    after(pace, 0.5, each=10.0)
    assert pace.allowed == 6
    for _ in range(FASTER_AFTER):
        pace.answered()
    assert pace.allowed == 7
