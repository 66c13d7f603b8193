"""One action, one transaction: assessment, mastery and wanted grade."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from lti_app.errors import InputError, NotFound
from lti_app.models import Assessment, GradeSync, Mastery, ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.classes import assessing, masteries
from lti_app.services.classes.assessing import Entry
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import rules_in_force
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.services.rules import read_rules


def record(school: School, *entries: Entry) -> list[int]:
    launch, _ = school.launch()
    with school.parts.store.write() as session:
        return assessing.record(session, launch, entries, school.parts.clock())


def test_a_judgement_writes_assessment_mastery_and_wanted_grade(
    parts: Wiring, school: School
) -> None:
    pupil = school.pupils[0]

    assert record(school, Entry(pupil, "C1.1.03.1", 3, "Bien vu")) == [pupil]

    with parts.store.read() as session:
        assessment = session.scalars(select(Assessment)).one()
        mastery = session.scalars(select(Mastery)).one()
        sync = session.scalars(select(GradeSync)).one()
    assert (assessment.learner_id, assessment.level, assessment.comment) == (pupil, 3, "Bien vu")
    assert (assessment.author_id, assessment.created_at) == (school.teacher_id, parts.clock())
    assert (mastery.level, mastery.assessment_id) == (3, assessment.id)
    assert (sync.score, sync.maximum, sync.state) == (Decimal("0.13"), Decimal("20.00"), "waiting")
    assert sync.comment == (
        "1 compétence acquise sur 153 (1 évaluée ; une compétence non évaluée compte comme non "
        "acquise)."
    )


def test_judgements_are_never_changed_only_followed(parts: Wiring, school: School) -> None:
    pupil = school.pupils[0]
    for level in (1, 4, None):
        record(school, Entry(pupil, "C1.1.03.1", level))

    with parts.store.read() as session:
        levels = session.scalars(select(Assessment.level).order_by(Assessment.id)).all()
        masteries = session.scalars(select(Mastery)).all()
        sync = session.scalars(select(GradeSync)).one()
    assert levels == [1, 4, None]
    assert masteries == []
    assert (sync.score, sync.wanted_revision) == (Decimal("0.00"), 4 - 1)


def test_the_same_judgement_twice_is_one(parts: Wiring, school: School) -> None:
    pupil = school.pupils[0]
    assert record(school, Entry(pupil, "C1.1.03.1", 2)) == [pupil]
    assert record(school, Entry(pupil, "C1.1.03.1", 2)) == []

    with parts.store.read() as session:
        assert len(session.scalars(select(Assessment)).all()) == 1


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        pytest.param(lambda s: Entry(s.stranger_id, "C1.1.03.1", 1), NotFound, id="other course"),
        pytest.param(lambda s: Entry(s.assistant_id, "C1.1.03.1", 1), NotFound, id="a teacher"),
        pytest.param(lambda s: Entry(s.pupils[0], "A1.1.03", 1), NotFound, id="an activity"),
        pytest.param(lambda s: Entry(s.pupils[0], "C1.1.03.1", 5), InputError, id="level 5 of 4"),
        pytest.param(lambda s: Entry(s.pupils[0], "C1.1.03.1", 0), InputError, id="level 0"),
        pytest.param(
            lambda s: Entry(s.pupils[0], "C1.1.03.1", 1, "x" * 5001), InputError, id="long comment"
        ),
    ],
)
def test_one_wrong_entry_and_nothing_is_written(
    parts: Wiring, school: School, entry, error
) -> None:
    good = Entry(school.pupils[1], "C1.1.03.1", 3)
    with pytest.raises(error):
        record(school, good, entry(school))

    with parts.store.read() as session:
        assert session.scalars(select(Assessment)).all() == []
        assert session.scalars(select(GradeSync)).all() == []


def written(parts: Wiring) -> list[tuple[int | None, str, str]]:
    with parts.store.read() as session:
        rows = session.scalars(select(Assessment).order_by(Assessment.id))
        return [(row.level, row.code, row.comment) for row in rows]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [Entry(0, "", 3), Entry(0, "", 3, "Bien")],
            [(3, "", ""), (3, "comment", "Bien")],
            id="words on a level are no second judgement",
        ),
        pytest.param(
            [Entry(0, "", None, "À voir")], [(None, "comment", "À voir")], id="words on nothing"
        ),
        pytest.param(
            [Entry(0, "", 3), Entry(0, "", 3, again=True)], [(3, "", ""), (3, "", "")], id="again"
        ),
        pytest.param(
            [Entry(0, "", 3, "Bien"), Entry(0, "", 4)],
            [(3, "", "Bien"), (4, "", "Bien")],
            id="words stay",
        ),
        pytest.param(
            [Entry(0, "", None, mark="absent"), Entry(0, "", None, mark="absent")],
            [(None, "absent", "")],
            id="absent once",
        ),
        pytest.param(
            [Entry(0, "", None, mark="absent"), Entry(0, "", None, mark="exempt")],
            [(None, "absent", ""), (None, "exempt", "")],
            id="absent then exempt",
        ),
        pytest.param(
            [Entry(0, "", None, mark="exempt"), Entry(0, "", None)],
            [(None, "exempt", ""), (None, "", "")],
            id="no longer exempt",
        ),
        pytest.param(
            [Entry(0, "", None, mark="exempt"), Entry(0, "", None, "Certificat")],
            [(None, "exempt", ""), (None, "comment", "Certificat")],
            id="words on an exemption keep it",
        ),
        pytest.param(
            [Entry(0, "", 3), Entry(0, "", None, mark="absent"), Entry(0, "", 3, "Revu")],
            [(3, "", ""), (None, "absent", ""), (3, "", "Revu")],
            id="judged again after an absence",
        ),
        pytest.param([Entry(0, "", None)], [], id="nothing on nothing"),
    ],
)
def test_what_an_entry_writes(
    parts: Wiring, school: School, entries: list[Entry], expected: list
) -> None:
    for entry in entries:
        record(school, replace(entry, learner_id=school.pupils[0], code="C1.1.03.1"))
    assert written(parts) == expected


@pytest.mark.parametrize(
    "entry", [Entry(0, "C1.1.03.1", 3, mark="absent"), Entry(0, "C1.1.03.1", None, mark="ill")]
)
def test_a_mark_that_there_is_not_is_refused(parts: Wiring, school: School, entry: Entry) -> None:
    with pytest.raises(InputError, match="Une absence ou une dispense ne va pas avec un niveau"):
        record(school, replace(entry, learner_id=school.pupils[0]))
    assert written(parts) == []


def test_one_request_may_judge_a_competence_twice(parts: Wiring, school: School) -> None:
    """What the scripts saved up while the network was away: the last one counts."""
    pupil = school.pupils[0]
    record(school, Entry(pupil, "C1.1.03.1", 2), Entry(pupil, "C1.1.03.1", 4))
    assert written(parts) == [(2, "", ""), (4, "", "")]
    with parts.store.read() as session:
        assert session.scalars(select(Mastery.level)).all() == [4]


def test_two_teachers_at_the_same_moment_both_count(
    parts: Wiring, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under a mean, each one's transaction must see the other's judgement: the second to come waits.

    Both are made to meet after they have written and before they read the history, for as long as
    half a second; they must not manage to.
    """
    with parts.store.write() as session:
        link = session.get_one(ResourceLink, school.link_id)
        link_settings.change(link, read_rules({"mastery_rule": "mean"}))
        rules_in_force.take_effect(session, link, parts.clock())
    school.rate(school.pupils[1], "C1.1.03.1", 1)  # so that the competence's row is there
    launches = [school.launch(who)[0] for who in (school.teacher_id, school.assistant_id)]
    meeting, histories = threading.Barrier(2), masteries.histories

    def read(*given: Any, **named: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.5)
        return histories(*given, **named)

    monkeypatch.setattr(masteries, "histories", read)

    def judge(launch: CurrentLaunch, level: int) -> None:
        with parts.store.write() as session:
            entry = Entry(school.pupils[0], "C1.1.03.1", level)
            assessing.record(session, launch, [entry], parts.clock())

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(judge, *pair) for pair in zip(launches, (1, 4), strict=True)]:
            done.result()
    with parts.store.read() as session:
        mastery = session.scalars(
            select(Mastery).where(Mastery.learner_id == school.pupils[0])
        ).one()
    assert mastery.level == 3
