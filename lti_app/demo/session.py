"""Who is looking: the LMS's session cookie, its `sesskey`, and its error page.

As in Moodle the cookie is `SameSite=Lax` and every form that changes something carries the
session's key. There is no password: whoever opens the demo says who they are.
"""

from __future__ import annotations

import secrets
from typing import NoReturn

from flask import Response, abort, make_response, render_template, request, session

from lti_app.demo.claims import manages
from lti_app.demo.lms import Lms
from lti_app.demo.model import Course, User

COOKIE = "MoodleSession"


def current_user(lms: Lms) -> User | None:
    """The person this browser is, or None."""
    return lms.store.user(session.get("user_id"))


def become(user: User) -> None:
    """A new session for this person: launches of the old one are of no use any more."""
    locale = session.get("locale")
    session.clear()
    session["user_id"] = user.id
    session["sesskey"] = secrets.token_urlsafe(8)
    if locale:
        session["locale"] = locale


def sesskey() -> str:
    """The session's key, "" before anybody was chosen."""
    return str(session.get("sesskey", ""))


def locale() -> str:
    """The language chosen for the tool's pages, "" for the site's."""
    return str(session.get("locale", ""))


def fail(title: str, status: int = 404) -> NoReturn:
    """Shows the LMS's error page; Moodle's own have status 404 whatever went wrong."""
    abort(error_page(title, status))


def error_page(title: str, status: int = 404) -> Response:
    """The error page itself."""
    return make_response(render_template("lms/error.html", title=title), status)


def check_sesskey() -> None:
    """Refuses a form that does not carry the session's key."""
    given = request.values.get("sesskey", "")
    if not sesskey() or not secrets.compare_digest(given, sesskey()):
        fail("Votre session a changé. Rechargez la page, puis recommencez.", 403)


def require_user(lms: Lms) -> User:
    """The person this browser is; else the error page."""
    user = current_user(lms)
    if user is None:
        fail("Choisissez d’abord qui vous êtes, sur la page d’accueil.", 403)
    return user


def require_course(lms: Lms, course_id: int | None) -> tuple[User, Course]:
    """The person and a course they may enter; else the error page."""
    user = require_user(lms)
    course = lms.store.course(course_id or 0)
    if course is None:
        fail("Ce cours n’existe pas.")
    enrolment = lms.store.enrolment(course.id, user.id)
    if not user.admin and (enrolment is None or not enrolment.active):
        fail("Vous n’êtes pas inscrit à ce cours.", 403)
    return user, course


def require_teacher(
    lms: Lms, course_id: int | None, *, editing: bool = False
) -> tuple[User, Course]:
    """The person and a course they teach; else the error page."""
    user, course = require_course(lms, course_id)
    if not manages(user, lms.store.enrolment(course.id, user.id), editing=editing):
        fail("Cette page est réservée aux enseignants du cours.", 403)
    return user, course
