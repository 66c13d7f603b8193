"""The pages of a course: the course itself, an activity with its frame, participants."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_app.demo.claims import manages
from lti_app.demo.lms import Lms
from lti_app.demo.session import (
    check_sesskey,
    fail,
    require_course,
    require_teacher,
    require_user,
)


def blueprint(lms: Lms) -> Blueprint:
    """The pages of one LMS."""
    routes = Blueprint("pages", __name__)

    @routes.get("/my/courses.php")
    def my_courses() -> str | Response:
        """The person's courses; straight to the course when there is one only."""
        user = require_user(lms)
        courses = [
            course
            for course in lms.store.courses()
            if user.admin or lms.store.enrolment(course.id, user.id)
        ]
        if len(courses) == 1:
            return redirect(url_for("pages.course", id=courses[0].id))
        return render_template("lms/my_courses.html", courses=courses)

    @routes.get("/course/view.php")
    def course() -> str:
        user, course = require_course(lms, request.args.get("id", type=int))
        enrolment = lms.store.enrolment(course.id, user.id)
        return render_template(
            "lms/course.html",
            course=course,
            tab="course",
            teaches=manages(user, enrolment),
            edits=manages(user, enrolment, editing=True),
            activities=lms.store.activities(course.id),
            tools=lms.store.tools(),
        )

    @routes.get("/mod/lti/view.php")
    def activity() -> str:
        """An activity: the tool in a frame, as tall as the window allows."""
        activity = lms.store.activity_of_cmid(request.args.get("id", type=int))
        if activity is None:
            fail("Cette activité n’existe pas.")
        user, course = require_course(lms, activity.course_id)
        reviewed = None
        query: dict[str, object] = {"id": activity.cmid, "triggerview": 0}
        if request.args.get("action") == "gradeReport":
            require_teacher(lms, course.id)
            reviewed = lms.store.user(request.args.get("user", type=int))
            query |= {"action": "gradeReport", "user": reviewed.id if reviewed else 0}
        return render_template(
            "lms/activity.html",
            course=course,
            tab="course",
            teaches=manages(user, lms.store.enrolment(course.id, user.id)),
            activity=activity,
            reviewed=reviewed,
            frame=lms.addresses.page("launch.php", query),
            container=lms.lms_config.launch_container,
        )

    @routes.get("/user/index.php")
    def participants() -> str:
        """Who is in the course; editing teachers take people out and put them back."""
        user, course = require_course(lms, request.args.get("id", type=int))
        enrolment = lms.store.enrolment(course.id, user.id)
        members = lms.store.members(course.id)
        here = {member.id for member, _ in members}
        return render_template(
            "lms/participants.html",
            course=course,
            tab="participants",
            teaches=manages(user, enrolment),
            edits=manages(user, enrolment, editing=True),
            members=members,
            others=[p for p in lms.store.users() if p.id not in here and not p.admin],
        )

    @routes.post("/enrol/edit.php")
    def enrol() -> Response:
        """Takes a person out of the course, or puts a student back."""
        check_sesskey()
        _, course = require_teacher(lms, request.form.get("course", type=int), editing=True)
        person = lms.store.user(request.form.get("user", type=int))
        if person is None:
            fail("Cette personne n’existe pas.")
        if request.form.get("action") == "unenrol":
            lms.store.unenrol(course.id, person.id)
        else:
            lms.store.enrol(course.id, person.id)
        return redirect(url_for("pages.participants", id=course.id))

    return routes
