"""« Ce n’est pas un étudiant »: a colleague whom Moodle calls a student leaves the class, and may come back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_app.models import Assessment, GradeSync, Membership
from lti_app.services.classes import classroom
from tests.factories import School
from tests.views.conftest import Visitor


def press(teacher: Visitor, page: str, action: str) -> str:
    """Sends the form of a page whose action ends so; where it leads."""
    token = teacher.get(page).values('//meta[@name="csrf-token"]/@content')[0]
    forms = teacher.get(page).values("//form[@method='post']/@action")
    [target] = [form for form in forms if form.endswith(action)]
    answer = teacher.client.post(target, data={"csrf_token": token})
    assert answer.status_code == 303
    return str(answer.location).removeprefix(teacher.base)


def class_list(school: School, parts) -> list[int]:
    with parts.store.read() as session:
        return [user.id for user in classroom.learners(session, school.course_id)]


def test_a_colleague_leaves_the_class_and_comes_back(teacher: Visitor, school: School, parts):
    person = school.pupils[0]
    school.rate(person, "C1.1.03.1", 3)

    led_to = press(teacher, f"/students/{person}", "/not-a-student")

    assert led_to == "/not-students"
    assert class_list(school, parts) == school.pupils[1:]
    assert teacher.client.get(f"{teacher.base}/students/{person}").status_code == 404
    listed = teacher.get("/not-students")
    assert [name for name in listed.texts("//ul[@class='aside-list']//span") if "ABDELLI" in name]

    led_to = press(teacher, "/not-students", f"/not-students/{person}")

    assert led_to == f"/students/{person}"
    assert class_list(school, parts) == school.pupils
    with parts.store.read() as session:
        assert session.scalars(select(Assessment.level)).all() == [3]
        states = session.scalars(select(GradeSync.state).where(GradeSync.learner_id == person))
        assert states.all() == ["waiting"]


def test_the_persons_own_launch_wins(teacher: Visitor, school: School, parts):
    """A student set aside by mistake is one again as soon as they open the activity."""
    person = school.pupils[0]
    press(teacher, f"/students/{person}", "/not-a-student")
    with parts.store.write() as session:
        session.get_one(Membership, (school.course_id, person)).launched_as = "learner"
    assert class_list(school, parts) == school.pupils


def test_nothing_can_be_done_to_whoever_was_not_set_aside(teacher: Visitor, school: School):
    token = teacher.get("/not-students").values('//meta[@name="csrf-token"]/@content')[0]
    for person in (school.pupils[0], school.stranger_id):
        answer = teacher.client.post(
            f"{teacher.base}/not-students/{person}", data={"csrf_token": token}
        )
        assert answer.status_code == 404


@pytest.mark.parametrize("who", ["assistant_id", "stranger_id"])
def test_only_a_pupil_of_the_course_can_be_set_aside(teacher: Visitor, school: School, who: str):
    token = teacher.get("/not-students").values('//meta[@name="csrf-token"]/@content')[0]
    answer = teacher.client.post(
        f"{teacher.base}/students/{getattr(school, who)}/not-a-student", data={"csrf_token": token}
    )
    assert answer.status_code == 404
