"""One action, one transaction: assessment, mastery and wanted grade."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_app.errors import InputError, NotFound
from lti_app.models import Assessment, GradeSync, Mastery
from lti_app.services import assessing
from lti_app.services.assessing import Entry
from lti_app.services.wiring import Wiring
from tests.factories import School


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
