"""Ratings travel both ways between a course and a Moodle over real HTTP, on both databases."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest
from sqlalchemy import select

from lti_app.clients.moodle_ws import MoodleWs
from lti_app.models import Assessment, Course, CourseExchange, GradeSync, User
from lti_app.services.activities.link_settings import framings
from lti_app.services.classes import masteries
from lti_app.services.grades import exchange
from lti_app.services.moodle import connections, rating_calls, rating_state
from lti_app.services.moodle.push import push
from lti_app.services.moodle.rating_calls import Evidence
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import School
from tests.services.moodle.builders import SCALE, ids, node, wanted_framework
from tests.services.moodle.server import TOKEN, FakeMoodle
from tests.services.moodle.world import World

BTS_LEVELS = ("Non acquis", "En cours d'acquisition", "Acquis", "Maîtrisé")
CODES = ("C1.1.03.1", "C1.1.03.2", "C2.1.01.1")
COURSE, RATER = 2, 77


class Both:
    """The two sides: ``moodle`` names a pupil or competence as Moodle does."""

    def __init__(self, parts: Wiring, school: School, world: World, numbers: dict[str, int]):
        self.parts, self.school, self.world, self.numbers = parts, school, world, numbers

    def sub(self, learner: int) -> int:
        with self.parts.store.read() as session:
            return int(session.get_one(User, learner).sub)

    def rate_there(self, learner: int, code: str, grade: int, note: str = "") -> None:
        number = self.numbers[code]
        self.world.rate(COURSE, self.sub(learner), number, grade, note, by=RATER)

    def there(self, learner: int, code: str) -> tuple[int, str] | None:
        given = self.world._ratings(COURSE, self.sub(learner), self.numbers[code])
        return (given[-1]["grade"], given[-1]["note"]) if given else None

    def ratings(self, learner: int, code: str) -> list[int]:
        """Every rating given there, oldest first."""
        given = self.world._ratings(COURSE, self.sub(learner), self.numbers[code])
        return [one["grade"] for one in given]

    def here(self, learner: int, code: str) -> int | None:
        with self.parts.store.read() as session:
            ((_link, framing),) = framings(session, self.school.course_id)
            levels = masteries.levels_by_learner(session, self.school.course_id, framing)
        return levels.get(learner, {}).get(code)

    def said(self) -> list[tuple[int | None, str, str, str]]:
        """Level, source, author and words of every assessment."""
        with self.parts.store.read() as session:
            rows = session.scalars(select(Assessment).order_by(Assessment.id)).all()
            return [
                (row.level, row.source, row.author.name if row.author else "", row.comment)
                for row in rows
            ]

    def exchange(self) -> tuple[int, int, str]:
        """Received, sent and why not, of one exchange."""
        exchange.run(self.parts, self.school.course_id)
        with self.parts.store.read() as session:
            row = session.get_one(CourseExchange, self.school.course_id)
            return row.received, row.sent, row.error


@pytest.fixture
def both(parts: Wiring, school: School, world: World, moodle: FakeMoodle, ws: MoodleWs) -> Both:
    world.scales[SCALE] = list(BTS_LEVELS)
    with parts.store.read() as session:
        ((_link, framing),) = framings(session, school.course_id)
    names = {code: framing.referential.node(code).idnumber for code in CODES}
    tree = [node(name) for name in names.values()]
    push(ws, wanted_framework(*tree, levels=BTS_LEVELS), scale_id=SCALE)
    numbers = {code: ids(world)[name] for code, name in names.items()}
    world.courses[COURSE] = list(numbers.values())
    world.people[RATER] = "Paule L'Autre & Cie"
    connections.connect(parts, school.platform_id, TOKEN, moodle.url)
    return Both(parts, school, world, numbers)


def test_each_sides_ratings_reach_the_other_once(both: Both) -> None:
    """Moodle's with its rater and words, and the grade that follows; ours under its teacher's name."""
    one, other, third = both.school.pupils
    both.rate_there(one, CODES[0], 3, "Vu en TP & <noté>")
    both.school.rate(other, CODES[1], 4, "Très bien <b>")
    both.world.log.clear()

    assert both.exchange() == (1, 1, "gradebook")  # no gradebook answers at this address

    assert both.here(one, CODES[0]) == 3
    assert (3, "moodle", "Paule L'Autre & Cie", "Vu en TP & <noté>") in both.said()
    assert both.there(other, CODES[1]) == (4, "Camille Durand (Compétences)\u202f: Très bien ‹b›")
    with both.parts.store.read() as session:
        assert session.query(GradeSync).filter_by(learner_id=one).one().wanted_revision == 1
    asked = [name for name in both.world.log if "user_competency_summary" in name]
    assert len(asked) == 1, "who rated is asked only of what changed"
    before = both.said()
    assert both.exchange()[:2] == (0, 0)
    assert both.said() == before

    both.rate_there(third, CODES[2], 1)  # Moodle again, and then ours over Moodle's
    both.exchange()
    both.parts.clock.forward(minutes=1)  # type: ignore[attr-defined]
    both.school.rate(third, CODES[2], 2)
    assert both.exchange()[:2] == (0, 1)
    assert both.there(third, CODES[2]) == (2, "Camille Durand (Compétences)")


@pytest.mark.parametrize("before", [None, 1], ids=["never rated", "rated before"])
def test_what_a_killed_exchange_gave_is_not_given_again(
    both: Both, monkeypatch: pytest.MonkeyPatch, before: int | None
) -> None:
    learner = both.school.pupils[0]
    if before is not None:
        both.rate_there(learner, CODES[0], before)
        both.exchange()
    both.school.rate(learner, CODES[0], 4)
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(rating_state, "row_of", Mock(side_effect=KeyboardInterrupt))
        both.exchange()
    given = both.ratings(learner, CODES[0])

    assert both.exchange()[:2] == (0, 0)
    assert both.exchange()[:2] == (0, 0)
    assert both.ratings(learner, CODES[0]) == given


def test_what_another_exchange_gives_meanwhile_is_not_given_again(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker taken for dead, who was only slow: its rating comes between two of our questions."""
    learner = both.school.pupils[0]
    both.school.rate(learner, CODES[0], 4)
    both.rate_there(learner, CODES[0], 1)
    plain = rating_calls.newest

    def after_the_other(*asked: Any) -> Evidence | None:
        both.rate_there(learner, CODES[0], 4, rating_calls.note("Camille Durand", ""))
        return plain(*asked)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rating_calls, "newest", after_the_other)
        assert both.exchange()[:2] == (0, 0)
    assert both.exchange()[:2] == (0, 0)
    assert both.ratings(learner, CODES[0]) == [1, 4]
    assert both.here(learner, CODES[0]) == 4


@pytest.mark.parametrize("theirs", [True, False])
def test_rated_on_both_sides_is_for_a_teacher_to_decide(
    both: Both, clock: Clock, theirs: bool
) -> None:
    learner = both.school.pupils[0]
    both.school.rate(learner, CODES[0], 4, "À l’oral.")
    both.rate_there(learner, CODES[0], 1, "Au devoir.")

    assert both.exchange()[:2] == (0, 0)

    course = both.school.course_id
    with both.parts.store.read() as session:
        (conflict,) = exchange.view(session, course, clock()).conflicts
    assert (conflict.ours and conflict.ours.value, conflict.our_words) == (4, "À l’oral.")
    assert (conflict.theirs.value, conflict.their_author, conflict.their_words) == (
        1,
        "Paule L'Autre & Cie",
        "Au devoir.",
    )
    assert (both.here(learner, CODES[0]), both.there(learner, CODES[0])) == (4, (1, "Au devoir."))

    with both.parts.store.write() as session:
        node_id = conflict.node_id
        assert exchange.settle(session, course, learner, node_id, theirs=theirs, now=clock())
        assert not exchange.settle(session, course, learner, node_id, theirs=theirs, now=clock())
    assert both.exchange()[:2] == (0, 0 if theirs else 1)
    level = 1 if theirs else 4
    there = both.there(learner, CODES[0])
    assert (both.here(learner, CODES[0]), there and there[0]) == (level, level)
    with both.parts.store.read() as session:
        assert exchange.view(session, course, clock()).conflicts == ()


def test_what_cannot_travel_is_said(both: Both, moodle: FakeMoodle) -> None:
    """A scale of other words, a token without the functions, a course that has no competencies."""
    learner = both.school.pupils[0]
    both.rate_there(learner, CODES[0], 3)
    both.world.scales[SCALE] = ["A", "B", "C", "D"]
    assert both.exchange() == (0, 0, "scale_differs")
    moodle.functions.discard("report_competency_data_for_report")
    assert both.exchange() == (0, 0, "functions")
    both.world.courses[COURSE] = []
    assert both.exchange() == (0, 0, "not_linked")
    moodle.maintenance = True
    assert both.exchange() == (0, 0, "away")
    assert both.said() == []


def test_a_worker_exchanges_courses_in_use_and_those_asked_for(both: Both, clock: Clock) -> None:
    """Every quarter of an hour, unless a teacher switched it off; on demand at once."""
    parts, course = both.parts, both.school.course_id
    other = both.school.other_course_id
    with parts.store.write() as session:
        session.get_one(Course, other).roster_at = clock()
        exchange.enable(session, other, on=False)
    assert exchange.due(parts) == [course]
    exchange.run_due(parts)
    assert exchange.due(parts) == []
    with parts.store.write() as session:
        exchange.ask(session, other, clock())
    assert exchange.due(parts) == [other]
    clock.forward(minutes=16)
    assert exchange.due(parts) == [other, course]
    clock.forward(days=15)
    assert exchange.due(parts) == [other], "nobody has opened the other one for a fortnight"
