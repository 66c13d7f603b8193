"""Masteries stay in step with assessments, whatever the rule, the scale and the order of things."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_app.models import Assessment, Mastery, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.classes import assessing, masteries
from lti_app.services.classes.assessing import Entry
from lti_app.services.grades import rules_in_force
from tests.conftest import Clock
from tests.factories import School
from tests.services.rules import framed, read_rules

ONE, TWO = "C1.1.03.1", "C1.1.03.2"


class Lesson:
    """A teacher rates, at times and by rules that the test chooses."""

    def __init__(self, school: School, clock: Clock) -> None:
        self.school, self.clock, self.parts = school, clock, school.parts
        self.pupil = school.pupils[0]

    def rate(self, code: str, level: int | None, **more: object) -> None:
        launch, _ = self.school.launch(more.pop("teacher", None), link_id=more.pop("link", None))
        pupil = more.pop("pupil", self.pupil)
        with self.parts.store.write() as session:
            entry = Entry(pupil, code, level, **more)
            assessing.record(session, launch, [entry], self.clock())

    def rate_weekly(self, code: str, *levels: int | None) -> None:
        for level in levels:
            self.clock.forward(days=7)
            self.rate(code, level, again=True)

    def use(self, link_id: int | None = None, **custom: str) -> None:
        """Gives an activity other rules."""
        with self.parts.store.write() as session:
            link = session.get_one(ResourceLink, link_id or self.school.link_id)
            link_settings.change(link, read_rules(custom))
            rules_in_force.take_effect(session, link, self.clock())

    def place(self, lti_id: str, **custom: str) -> int:
        """Another activity in the course."""
        with self.parts.store.write() as session:
            link = ResourceLink(course_id=self.school.course_id, lti_id=lti_id)
            session.add(link)
            link_settings.follow(link, read_rules(custom))
            session.flush()
            rules_in_force.take_effect(session, link, self.clock())
            return link.id

    def level(self, code: str, link_id: int | None = None, pupil: int | None = None) -> int | None:
        with self.parts.store.read() as session:
            link = session.get_one(ResourceLink, link_id or self.school.link_id)
            framing = framed(link_settings.current(link))
            states = masteries.states_by_learner(session, self.school.course_id, framing)
        state = states.get(pupil or self.pupil, masteries.State())
        return state.levels.get(code)

    def rules(self) -> dict[str, int]:
        """How many masteries each rule has."""
        with self.parts.store.read() as session:
            found = session.scalars(select(Mastery.rule)).all()
        return {rule: found.count(rule) for rule in found}


@pytest.fixture
def lesson(school: School, clock: Clock) -> Lesson:
    return Lesson(school, clock)


@pytest.mark.parametrize(
    ("custom", "levels", "level"),
    [
        pytest.param({}, [4, 1, 2], 2, id="latest"),
        pytest.param({"mastery_rule": "highest"}, [4, 1, 2], 4, id="highest"),
        pytest.param({"mastery_rule": "mean"}, [4, 4, 2], 3, id="mean"),
        pytest.param({"mastery_rule": "mean"}, [4, None, 2], 2, id="mean after a reset"),
        pytest.param(
            {"mastery_rule": "n_mastery", "mastery_number": "2"}, [3, 1], 2, id="not yet twice"
        ),
        pytest.param(
            {"mastery_rule": "n_mastery", "mastery_number": "2"}, [3, 3], 3, id="the same twice"
        ),
        pytest.param(
            {"mastery_rule": "decaying_average"}, [1, 1, 4], 3, id="decaying"
        ),  # 0.65 × 4 + 0.35 × 1 = 2.95
        pytest.param({"mastery_rule": "geometric", "mastery_last": "2"}, [1, 4, 4], 4, id="last"),
        pytest.param({"mastery_rule": "mode_low"}, [4, 4, 1, 1], 1, id="most frequent"),
    ],
)
def test_an_activity_reads_judgements_by_its_rule(lesson, custom, levels, level):
    lesson.use(**custom)
    lesson.rate_weekly(ONE, *levels)
    assert lesson.level(ONE) == level


@pytest.mark.parametrize("custom", [{"mastery_rule": "mean"}, {"mastery_rule": "highest"}], ids=str)
def test_a_rule_changed_later_gives_what_it_would_have_given(lesson, custom):
    lesson.rate_weekly(ONE, 4, 1, 2)
    lesson.rate_weekly(TWO, 2, None)
    lesson.use(**custom)
    late = {code: lesson.level(code) for code in (ONE, TWO)}
    lesson.use()
    lesson.use(**custom)
    lesson.rate_weekly(ONE, 1)
    lesson.use()
    assert (late[ONE], late[TWO]) == ({"mean": 2, "highest": 4}[custom["mastery_rule"]], None)
    assert lesson.level(ONE) == 1


def test_two_activities_keep_their_own_masteries(lesson):
    best = lesson.place("77", mastery_rule="highest")
    lesson.rate_weekly(ONE, 4, 1)
    assert (lesson.level(ONE), lesson.level(ONE, best)) == (1, 4)
    assert lesson.rules() == {"bts-sio-4/latest": 1, "bts-sio-4/highest": 1}


def test_masteries_of_a_rule_that_nobody_uses_are_forgotten(lesson):
    lesson.use(mastery_rule="mean")
    lesson.rate_weekly(ONE, 4, 1)
    assert lesson.rules() == {"bts-sio-4/mean": 1}


def test_a_new_activity_knows_what_was_judged_before(lesson):
    lesson.rate_weekly(ONE, 4, 1)
    assert lesson.level(ONE, lesson.place("77", mastery_rule="highest")) == 4


def test_a_level_is_read_in_the_activitys_scale(lesson):
    two = lesson.place("77", scale="acquis-2")
    lesson.rate_weekly(ONE, 4)
    lesson.rate(TWO, 2, link=two)
    assert (lesson.level(ONE, two), lesson.level(TWO), lesson.level(TWO, two)) == (2, 3, 2)


def test_the_other_scales_level_two_is_not_ours(lesson):
    """« Acquis » (2 of 2) was said; « En cours » (2 of 4) is news, though both are written 2."""
    two = lesson.place("77", scale="acquis-2")
    lesson.rate(ONE, 2, link=two)
    lesson.clock.forward(days=1)
    lesson.rate(ONE, 2)
    assert (lesson.level(ONE), lesson.level(ONE, two)) == (2, 1)


def test_a_slip_corrected_at_once_does_not_count(lesson):
    lesson.use(mastery_rule="mean")
    lesson.rate_weekly(ONE, 4)
    lesson.clock.forward(days=7)
    lesson.rate(ONE, 1)
    lesson.clock.forward(minutes=1)
    lesson.rate(ONE, 4)
    lesson.clock.forward(days=7)
    lesson.rate(ONE, 2)
    assert lesson.level(ONE) == 3  # the mean of 4 and 2: what was undone counts not even as 4


def test_two_teachers_judge_independently(lesson):
    lesson.use(mastery_rule="mean")
    lesson.rate(ONE, 4)
    lesson.rate(ONE, 1, teacher=lesson.school.assistant_id)
    assert lesson.level(ONE) == 3


def test_an_exempt_learner_is_excused(lesson):
    lesson.rate(ONE, None, mark="exempt")
    with lesson.parts.store.read() as session:
        framing = framed(LinkSettings())
        states = masteries.states_by_learner(session, lesson.school.course_id, framing)
    assert states[lesson.pupil] == masteries.State({}, {ONE})
    lesson.clock.forward(days=1)
    lesson.rate(ONE, 3)
    assert lesson.level(ONE) == 3


@pytest.mark.parametrize("custom", [{}, {"mastery_rule": "mean"}, {"scale": "acquis-2"}], ids=str)
def test_what_a_rule_would_give_is_what_it_then_gives(lesson, custom):
    """The preview's reading, which stores nothing, against the stored masteries."""
    lesson.rate_weekly(ONE, 4, 1, 2)
    lesson.rate(TWO, None, mark="absent")
    lesson.rate("C2.1.01.1", 4, pupil=lesson.school.pupils[1])
    framing = framed(read_rules(custom))
    with lesson.parts.store.read() as session:
        foreseen = masteries.worked_out(session, lesson.school.course_id, framing)
    lesson.use(**custom)
    with lesson.parts.store.read() as session:
        stored = masteries.states_by_learner(session, lesson.school.course_id, framing)
    assert foreseen == stored
    assert len(stored) == 2


def test_a_scale_no_longer_installed_cannot_be_read(lesson):
    lesson.rate(ONE, 4)
    with lesson.parts.store.write() as session:
        assessment = session.scalars(select(Assessment)).one()
        assessment.scale = "gone"
        session.flush()
        pair = (lesson.pupil, assessment.node_id)
        masteries.update(session, lesson.school.course_id, [pair])
    assert lesson.level(ONE) is None


def test_a_mastery_points_to_the_judgement_that_decided_last(lesson):
    lesson.use(mastery_rule="highest")
    lesson.rate_weekly(ONE, 4, 1)
    with lesson.parts.store.read() as session:
        mastery = session.scalars(select(Mastery)).one()
        newest = session.scalars(select(Assessment).order_by(Assessment.id.desc())).first()
    assert newest is not None
    assert mastery.assessment_id == newest.id
    assert newest.created_at == lesson.clock()
