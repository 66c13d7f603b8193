"""Who are you? The home page, choosing a person, leaving, the language of launches."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from lti_app.demo.lms import Lms
from lti_app.demo.session import become, check_sesskey, fail


def blueprint(lms: Lms) -> Blueprint:
    """The home page of one LMS and what it leads to."""
    routes = Blueprint("people", __name__)

    @routes.get("/")
    def home() -> str:
        """Three steps, and the people to choose from."""
        first = lms.store.courses()[0]
        members = {user.id: enrol for user, enrol in lms.store.members(first.id)}
        people = lms.store.users()
        teachers = {person for person, role in members.items() if role.role != "student"}
        staff = [person for person in people if person.admin or person.id in teachers]
        students = [p for p, e in lms.store.members(first.id, role="student")]
        return render_template(
            "lms/home.html",
            course=first,
            staff=staff,
            students=students,
            members=members,
            activities=lms.store.activities(first.id),
        )

    @routes.post("/login/index.php")
    def login() -> Response:
        """Becomes the chosen person. There is no password: it is a demo."""
        user = lms.store.user(request.form.get("user", type=int))
        if user is None:
            fail("Cette personne n’existe pas.")
        become(user)
        return redirect(url_for("pages.my_courses"))

    @routes.post("/login/logout.php")
    def logout() -> Response:
        check_sesskey()
        session.clear()
        return redirect(url_for("people.home"))

    @routes.post("/user/language.php")
    def language() -> Response:
        """Chooses the `locale` that launches carry from now on."""
        check_sesskey()
        session["locale"] = "en" if request.form.get("locale") == "en" else "fr"
        return redirect(request.referrer or url_for("people.home"))

    return routes
