"""Who is a pupil: what people launched as wins over what the roster calls them."""

from __future__ import annotations

import pytest

from lti_app.models import Course
from lti_app.services import classroom, roster
from tests.services.campus import ASSISTANT, Campus


def names(campus: Campus, course_id: int) -> list[str]:
    with campus.parts.store.read() as session:
        return [f"{u.given_name} {u.family_name}" for u in classroom.learners(session, course_id)]


def test_the_class_is_the_roster_without_its_teachers(campus: Campus) -> None:
    campus.launch(ASSISTANT)  # an Instructor at launch, a Learner in Moodle's roster
    launch = campus.teach()
    found = names(campus, launch.course_id)
    assert len(found) == 35
    assert "Inès O'Brien" not in found
    assert "Camille Durand" not in found


def test_a_non_editing_teacher_leaves_the_class_when_they_launch(campus: Campus) -> None:
    launch = campus.teach()
    assert len(names(campus, launch.course_id)) == 36
    campus.launch(ASSISTANT)
    assert len(names(campus, launch.course_id)) == 35


def test_names_are_the_same_from_a_launch_and_from_the_roster(campus: Campus) -> None:
    nasty = next(u for u in campus.lms.store.users() if "&" in u.family and '"' in u.family)
    campus.launch(nasty.id)
    launch = campus.launch()
    raw = names(campus, launch.course_id)
    roster.refresh(campus.parts, launch.course_id)
    escaped_once = [n for n in names(campus, launch.course_id) if "&amp;" in n or "&lt;" in n]
    assert raw == [f"{nasty.given} {nasty.family}"]
    assert escaped_once == []


def test_who_left_is_no_longer_listed_and_comes_back_with_everything(campus: Campus) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    enrolment = campus.lms.store.enrolment(2, 5)
    assert enrolment is not None
    campus.lms.store.unenrol(2, 5)
    roster.refresh(campus.parts, launch.course_id)
    with campus.parts.store.read() as session:
        assert campus.learner(5) not in [
            u.id for u in classroom.learners(session, launch.course_id)
        ]
    campus.lms.store.enrol(2, 5)
    roster.refresh(campus.parts, launch.course_id)
    with campus.parts.store.read() as session:
        view = classroom.student_view(session, launch, campus.learner(5))
    assert view.student.levels == {"C1.1.03.1": 3}


@pytest.mark.parametrize("status", [500, 401, 404])
def test_a_roster_that_cannot_be_read_keeps_the_class(campus: Campus, status: int) -> None:
    launch = campus.teach()
    before = names(campus, launch.course_id)
    campus.lms.faults.add("status", path="memberships", status=status, times=9)
    assert roster.refresh(campus.parts, launch.course_id) is False
    assert names(campus, launch.course_id) == before
    with campus.parts.store.read() as session:
        error = session.get_one(Course, launch.course_id).roster_error
    assert error == ("roster_unavailable" if status == 500 else "roster_refused")
