"""The gradebook's pages: the grader's table, one cell, one's own grades."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_app.demo.claims import manages
from lti_app.demo.grading import is_numeric
from lti_app.demo.lms import Lms
from lti_app.demo.model import Grade, Item, User
from lti_app.demo.session import (
    check_sesskey,
    fail,
    require_course,
    require_teacher,
)


def blueprint(lms: Lms) -> Blueprint:
    """The gradebook of one LMS."""
    routes = Blueprint("grades", __name__)

    @routes.get("/grade/report/grader/index.php")
    def grader() -> str | Response:
        """Students down, columns across; a student sees their own grades instead."""
        user, course = require_course(lms, request.args.get("id", type=int))
        enrolment = lms.store.enrolment(course.id, user.id)
        if not manages(user, enrolment):
            return redirect(url_for("grades.own", id=course.id))
        items = lms.store.items(course.id)
        cells = {item.id: {g.user_id: g for g in lms.store.grades(item.id)} for item in items}
        return render_template(
            "lms/gradebook.html",
            course=course,
            tab="grades",
            teaches=True,
            edits=manages(user, enrolment, editing=True),
            items=items,
            cells=cells,
            students=[person for person, _ in lms.store.members(course.id, role="student")],
            activities={item.id: lms.store.activity(item.link_id) for item in items},
            names={person.id: person.name for person in lms.store.users()},
        )

    @routes.get("/grade/report/user/index.php")
    def own() -> str:
        """A person's own grades."""
        user, course = require_course(lms, request.args.get("id", type=int))
        items = lms.store.items(course.id)
        return render_template(
            "lms/own_grades.html",
            course=course,
            tab="grades",
            teaches=manages(user, lms.store.enrolment(course.id, user.id)),
            rows=[(item, lms.store.grade(item.id, user.id)) for item in items],
        )

    @routes.get("/grade/edit/grade.php")
    def cell() -> str:
        """One cell: grade, comment, who changed it and when, lock."""
        item, student, teacher = _cell(lms)
        course = lms.store.course(item.course_id)
        grade = lms.store.grade(item.id, student.id) or Grade(item.id, student.id)
        return render_template(
            "lms/cell.html",
            course=course,
            tab="grades",
            teaches=True,
            item=item,
            student=student,
            grade=grade,
            activity=lms.store.activity(item.link_id),
            editor=lms.store.user(grade.usermodified),
            teacher=teacher,
        )

    @routes.post("/grade/edit/grade.php")
    def change_cell() -> Response:
        """A teacher's edit: the grade is theirs from now on, in an activity's column."""
        check_sesskey()
        item, student, teacher = _cell(lms)
        action = request.form.get("action")
        if action in ("lock", "unlock"):
            lms.gradebook.lock(item.id, student.id, locked=action == "lock")
        elif action == "release":
            lms.gradebook.release(item, student.id)
        else:
            text = request.form.get("grade", "").strip().replace(",", ".")
            if text and not is_numeric(text):
                fail("La note doit être un nombre.", 400)
            lms.gradebook.override(
                item,
                student.id,
                teacher.id,
                float(text) if text else None,
                request.form.get("feedback", "").strip() or None,
            )
        return redirect(url_for("grades.grader", id=item.course_id) + f"#u{student.id}")

    @routes.post("/grade/edit/column.php")
    def column() -> Response:
        """Deletes a column, or locks and frees it."""
        check_sesskey()
        item = lms.store.item(request.form.get("item", 0, type=int))
        if item is None:
            fail("Cette colonne n’existe pas.")
        require_teacher(lms, item.course_id, editing=True)
        action = request.form.get("action")
        if action == "delete":
            lms.gradebook.delete_item(item.id)
        elif action in ("lock", "unlock"):
            lms.gradebook.lock_item(item.id, locked=action == "lock")
        return redirect(url_for("grades.grader", id=item.course_id))

    return routes


def _cell(lms: Lms) -> tuple[Item, User, User]:
    item = lms.store.item(request.values.get("item", 0, type=int))
    if item is None:
        fail("Cette colonne n’existe pas.")
    teacher, course = require_teacher(lms, item.course_id)
    student = lms.store.user(request.values.get("user", type=int))
    enrolment = lms.store.enrolment(course.id, student.id) if student else None
    if student is None or enrolment is None or enrolment.role != "student":
        fail("Cette personne n’est pas élève de ce cours.")
    return item, student, teacher
