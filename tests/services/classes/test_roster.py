"""Who is a pupil: nobody whom a launch or the roster calls a teacher."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, Response, jsonify, request
from sqlalchemy import select, text

from lti_app.demo import listen, serve
from lti_app.demo.model import User as LmsUser
from lti_app.models import Course, Membership, User
from lti_app.models.store import Store
from lti_app.services.classes import classroom, people, roster
from lti_app.services.lti.roles import MEMBERSHIP
from tests.conftest import Clock
from tests.services.campus import ASSISTANT, TEACHER, Campus

LEARNER = MEMBERSHIP + "Learner"


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


def test_a_teacher_who_looks_at_the_course_as_a_student_is_no_pupil(campus: Campus) -> None:
    """Moodle's « Prendre le rôle… Étudiant » changes the launch, not the roster."""
    launch = campus.teach()
    before = names(campus, launch.course_id)
    assert campus.launch(TEACHER, role=LEARNER).roles == {"learner"}
    assert names(campus, launch.course_id) == before
    roster.refresh(campus.parts, launch.course_id)
    assert names(campus, launch.course_id) == before
    with campus.parts.store.read() as session:
        places = session.scalars(select(Membership).where(Membership.course_id == launch.course_id))
        assert {place.user_id for place in places if place.is_learner} == {
            user.id for user in classroom.learners(session, launch.course_id)
        }


def test_a_teacher_who_became_a_student_is_a_pupil(campus: Campus) -> None:
    launch = campus.teach()
    before = len(names(campus, launch.course_id))
    campus.lms.store.enrol(2, TEACHER, "student")
    campus.launch()
    roster.refresh(campus.parts, launch.course_id)
    assert len(names(campus, launch.course_id)) == before + 1


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


def test_people_who_launch_while_the_roster_is_stored(campus: Campus) -> None:
    """Their first launch has made them, or their place, and is not committed yet: the roster waits for it."""
    store = campus.parts.store
    if store.is_sqlite:
        pytest.skip("one writer at a time")
    launch = campus.launch()
    with store.write() as session, ThreadPoolExecutor() as pool:
        for sub, place in (("5", True), ("6", False)):
            user = User(platform_id=launch.platform_id, sub=sub)
            session.add(user)
            session.flush()
            if place:
                session.add(Membership(course_id=launch.course_id, user_id=user.id))
        session.flush()
        reading = pool.submit(roster.refresh, campus.parts, launch.course_id)
        _wait_for_a_lock(store)
        session.commit()
        assert reading.result(20)
    assert len(names(campus, launch.course_id)) == 36


def _wait_for_a_lock(store: Store) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(200):
        with store.read() as session:
            if session.scalar(waiting):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


class Register(Flask):
    """A platform's roster as the specification has it, and Moodle does not: it pages by itself, names
    who is inactive, and tells what changed. ``asked`` is what was asked for, in order."""

    def __init__(self) -> None:
        super().__init__("register")
        self.people: dict[str, tuple[str, str]] = {}  # family name and status by id
        self.changed: list[str] = []
        self.refuses_changes = False
        self.last = ""  # where the last page points, if anywhere
        self.asked: list[str] = []
        self.add_url_rule("/members", view_func=self.members)
        self.add_url_rule("/changes", view_func=self.changes)

    def members(self) -> Response:
        page = request.args.get("p", 0, type=int)
        self.asked.append(f"members {page}")
        shown = list(self.people)[page * 3 : page * 3 + 3]
        links = ['</changes?since=1>; rel="differences"']
        if len(self.people) > page * 3 + 3:
            links.append(f'</members?p={page + 1}>; rel="next"')
        elif self.last:
            links.append(f'<{self.last}>; rel="next"')
        return self.page(shown, links)

    def changes(self) -> Response:
        self.asked.append(f"changes {request.args['since']}")
        if self.refuses_changes:
            return Response(status=410)
        since = int(request.args["since"]) + 1
        return self.page(self.changed, [f'</changes?since={since}>; rel="differences"'])

    def page(self, ids: list[str], links: list[str]) -> Response:
        members = [
            {
                "user_id": number,
                "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
                "status": self.people[number][1],
                "family_name": self.people[number][0],
                "given_name": "Élève",
            }
            for number in ids
        ]
        answer = jsonify(id="x", context={"id": "2"}, members=members)
        answer.headers["Link"] = ", ".join(links)
        return answer


@pytest.fixture
def register(campus: Campus) -> Iterator[Register]:
    """A register of seven pupils for the course of ``campus.launch()``."""
    book = Register()
    book.people = {f"p{n}": (f"Nom{n}", "Active") for n in range(7)}
    with listen() as door, serve(book, door):
        launch = campus.launch()
        with campus.parts.store.write() as session:
            session.get_one(Course, launch.course_id).memberships_url = door.url + "/members"
        yield book


def family_names(campus: Campus) -> list[str]:
    with campus.parts.store.read() as session:
        course_id = session.scalars(select(Course.id)).one()
        return [user.family_name for user in classroom.learners(session, course_id)]


def refresh(campus: Campus, **how: bool) -> bool:
    with campus.parts.store.read() as session:
        course_id = session.scalars(select(Course.id)).one()
    return roster.refresh(campus.parts, course_id, **how)


def test_a_roster_in_pages_is_read_to_its_end(campus: Campus, register: Register) -> None:
    assert refresh(campus)
    assert register.asked == ["members 0", "members 1", "members 2"]
    assert family_names(campus) == [f"Nom{n}" for n in range(7)]


def test_a_roster_that_leads_to_another_host_is_not_followed_and_changes_nothing(
    campus: Campus, register: Register
) -> None:
    refresh(campus)
    register.people["p7"] = ("Arrivée", "Active")
    with listen() as door, serve(other := Register(), door):
        register.last = f"{door.url}/members"
        assert not refresh(campus, whole=True)
    assert other.asked == []
    assert family_names(campus) == [f"Nom{n}" for n in range(7)]
    with campus.parts.store.read() as session:
        assert session.scalars(select(Course.roster_error)).one() != ""


@pytest.mark.parametrize("status", ["Inactive", "Deleted"])
def test_who_is_inactive_is_not_in_the_class(
    campus: Campus, register: Register, status: str
) -> None:
    refresh(campus)
    register.people["p2"] = ("Nom2", status)
    refresh(campus, whole=True)
    assert family_names(campus) == ["Nom0", "Nom1", "Nom3", "Nom4", "Nom5", "Nom6"]


def test_only_what_changed_is_asked_for_the_second_time(campus: Campus, register: Register) -> None:
    """Somebody new, somebody gone, somebody renamed; whoever is not named stays."""
    refresh(campus)
    register.people["p7"] = ("Arrivée", "Active")
    register.people["p0"] = ("Nom0", "Deleted")
    register.people["p1"] = ("Nouveau", "Active")
    register.changed = ["p7", "p0", "p1"]
    register.asked.clear()
    assert refresh(campus)
    assert register.asked == ["changes 1"]
    assert family_names(campus) == ["Arrivée", "Nom2", "Nom3", "Nom4", "Nom5", "Nom6", "Nouveau"]
    register.changed = []
    refresh(campus)
    assert register.asked == ["changes 1", "changes 2"]
    assert len(family_names(campus)) == 7


def test_everybody_is_read_again_on_another_day_on_request_and_where_changes_are_refused(
    campus: Campus, register: Register, clock: Clock
) -> None:
    refresh(campus)
    register.asked.clear()
    refresh(campus, whole=True)
    register.refuses_changes = True
    refresh(campus)
    register.refuses_changes = False
    clock.forward(days=1)
    refresh(campus)
    everybody = ["members 0", "members 1", "members 2"]
    assert register.asked == [*everybody, "changes 1", *everybody, *everybody]
    assert len(family_names(campus)) == 7


def test_moodles_pages_are_followed_too(campus: Campus) -> None:
    launch = campus.teach()
    everybody = names(campus, launch.course_id)
    with campus.parts.store.write() as session:
        course = session.get_one(Course, launch.course_id)
        course.memberships_url = f"{course.memberships_url}?limit=10"
    campus.lms.faults.forget_calls()
    assert roster.refresh(campus.parts, launch.course_id)
    assert [call.status for call in campus.lms.calls if "memberships" in call.path] == [200] * 4
    assert names(campus, launch.course_id) == everybody


def test_a_course_of_two_thousand(campus: Campus) -> None:
    """One answer, one transaction; a second reading changes nothing."""
    store = campus.lms.store
    with store.transaction():
        for number in range(1000, 3000):
            store.save(
                "users", LmsUser(number, f"u{number}", f"Prénom {number}", f"Nom {number:04}")
            )
            store.enrol(2, number)
    launch = campus.teach()
    first = names(campus, launch.course_id)
    assert roster.refresh(campus.parts, launch.course_id)
    assert len(first) == 2036
    assert names(campus, launch.course_id) == first


def test_names_that_are_withheld_get_a_stable_label_and_a_hint(campus: Campus) -> None:
    campus.lms.set_tool(send_name=False)
    launch = campus.launch()
    assert roster.refresh(campus.parts, launch.course_id)

    def labels() -> dict[str, str]:
        with campus.parts.store.read() as session:
            users = classroom.learners(session, launch.course_id)
            return {user.sub: people.display_name(user) for user in users}

    before = labels()
    assert set(before.values()) == {f"Étudiant {sub}" for sub in before}
    roster.refresh(campus.parts, launch.course_id)
    assert labels() == before
    with campus.parts.store.read() as session:
        assert session.get_one(Course, launch.course_id).roster_error == "roster_names_withheld"
    campus.lms.set_tool(send_name=True)
    roster.refresh(campus.parts, launch.course_id)
    with campus.parts.store.read() as session:
        assert session.get_one(Course, launch.course_id).roster_error == ""
    assert labels()["5"] == "ABADIE Chloé"


def test_a_long_identifier_is_shortened_to_the_same_label_each_time() -> None:
    user = User(sub="3fa85f64-5717-4562-b3fc-2c963f66afa6", given_name="", family_name="", name="")
    assert people.display_name(user) == people.spoken_name(user) == "Étudiant C7AA09"
