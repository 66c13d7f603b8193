"""The administrator's page on their Moodle's web services: the référentiel pushed there, with a plan first.

Only the Moodle of the launch is reached. What Moodle says no to comes back as a sentence on the same page;
the push itself is made by a worker, and the page follows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.errors import MoodleRefused, ServiceError
from lti_app.models import Course
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom
from lti_app.services.moodle import connections, course_links, pushes, reading, templates
from lti_app.services.moodle.clicks import clicks
from lti_app.services.moodle.errors import MoodleInputError, refused
from lti_app.services.moodle.examination import examine_platform
from lti_app.services.moodle.overview import overview, plan_view
from lti_app.services.moodle.plan import make_plan
from lti_app.services.moodle.pushes import Choices
from lti_app.services.moodle.texts import sentence
from lti_app.services.queue import wake_push
from lti_app.services.wiring import wiring
from lti_app.views.filters import language, typo
from lti_app.views.guard import ADMINISTRATOR, allow

bp = Blueprint("moodle_admin", __name__, url_prefix="/s/<sid>/moodle")


@bp.get("")
@allow(ADMINISTRATOR)
def show(sid: str) -> ResponseReturnValue:
    """The token, the last push, and what can be done."""
    return _page()


@bp.post("/connect")
@allow(ADMINISTRATOR)
def connect(sid: str) -> ResponseReturnValue:
    """Keeps the token once Moodle has accepted it."""
    with _said():
        site = connections.connect(wiring(), g.launch.platform_id, request.form.get("token", ""))
        flash(_("%(site)s accepte le jeton : il est gardé, chiffré.", site=site.name), "success")
    return _back(sid)


@bp.post("/disconnect")
@allow(ADMINISTRATOR)
def disconnect(sid: str) -> ResponseReturnValue:
    """Forgets the token."""
    with _said():
        connections.disconnect(wiring(), g.launch.platform_id)
        flash(_("Le jeton est oublié. Supprimez-le aussi dans Moodle."), "success")
    return _back(sid)


@bp.post("/examine")
@allow(ADMINISTRATOR)
def examine(sid: str) -> ResponseReturnValue:
    """What is ready in Moodle and what is not, with where to mend it."""
    found = examine_platform(wiring(), g.launch.platform_id, course_id=_moodle_course())
    return _page(checks=found.checks)


@bp.post("/plan")
@allow(ADMINISTRATOR)
def plan(sid: str) -> ResponseReturnValue:
    """What a push would do. Nothing is changed."""
    choices = _choices()
    shown = None
    with _said():
        ws = connections.open_ws(wiring(), g.launch.platform_id)
        wanted = choices.wanted(wiring(), g.launch.platform_id)
        found = reading.read(ws, wanted.idnumber, related=wanted.states_related)
        made = make_plan(wanted, found, prune=choices.prune)
        shown = plan_view(made, language(), typo)
    return _page(plan=shown, choices=choices)


@bp.post("/push")
@allow(ADMINISTRATOR)
def push(sid: str) -> ResponseReturnValue:
    """Asks a worker to make the push."""
    with _said():
        pushes.request(wiring(), g.launch.platform_id, _choices())
        wake_push(wiring())
    return _back(sid)


@bp.get("/state")
@allow(ADMINISTRATOR, page=False)
def state(sid: str) -> ResponseReturnValue:
    """How far the newest push is, for the page's script."""
    with wiring().store.read() as session:
        seen = overview(session, g.launch.platform_id).push
    if seen is None:
        return jsonify(under_way=False, done=0, total=0)
    return jsonify(under_way=seen.under_way, done=seen.done, total=seen.total)


@bp.post("/course")
@allow(ADMINISTRATOR)
def course(sid: str) -> ResponseReturnValue:
    """Links the activity's competences to the launch's course."""
    framing, number = _framing(), _moodle_course()
    with _said():
        if number is None:
            raise MoodleInputError("no_course_number")
        ws = connections.open_ws(wiring(), g.launch.platform_id)
        codes = [node.idnumber for node in framing.competences]
        links = course_links.link_course(ws, number, framing.referential.code, codes)
        count = len(links.added)
        flash(
            ngettext(
                "%(num)s compétence liée au cours.", "%(num)s compétences liées au cours.", count
            ),
            "success",
        )
    return _back(sid)


@bp.post("/template")
@allow(ADMINISTRATOR)
def template(sid: str) -> ResponseReturnValue:
    """Makes a learning-plan template of the activity's competences; then a cohort is a click away."""
    framing = _framing()
    made = None
    with _said():
        ws = connections.open_ws(wiring(), g.launch.platform_id)
        made = templates.make_template(
            ws,
            framing.referential.code,
            request.form.get("name", "").strip() or framing.referential.title,
            [node.idnumber for node in framing.competences],
        )
        flash(_("Le modèle « %(name)s » est prêt dans Moodle.", name=made.name), "success")
    return _page(template_id=made.id if made else None)


@contextmanager
def _said() -> Iterator[None]:
    """What stands in the way becomes a sentence on the page."""
    try:
        yield
    except MoodleInputError as error:
        flash(error.message(language()), "warning")
    except MoodleRefused as error:
        flash(refused(error, language()), "warning")
    except ServiceError as error:
        flash(sentence("moodle_away", language(), reason=error), "warning")


def _choices() -> Choices:
    """The référentiel and scale of the activity, and what the form asks for besides."""
    framing = _framing()
    number = request.form.get("scale_id", "").strip()
    return Choices(
        referential=framing.settings.referential,
        scale=framing.settings.scale,
        exact="exact" in request.form,
        prune="prune" in request.form,
        scale_id=int(number) if number.isdecimal() else None,
    )


def _framing() -> Framing:
    with wiring().store.read() as session:
        return classroom.framing_of(session, g.launch)


def _moodle_course() -> int | None:
    """Moodle's own number of the course: its context id."""
    with wiring().store.read() as session:
        context = session.get_one(Course, g.launch.course_id).context_id
    return int(context) if context.isdecimal() else None


def _back(sid: str) -> ResponseReturnValue:
    return redirect(url_for(".show", sid=sid), code=303)


def _page(*, template_id: int | None = None, **more: object) -> str:
    with wiring().store.read() as session:
        seen = overview(session, g.launch.platform_id)
    left = (
        clicks(seen.base_url, course_id=_moodle_course(), template_id=template_id)
        if seen.base_url
        else ()
    )
    context = {"choices": Choices(), "checks": (), "plan": None} | more
    return render_template(
        "administration/moodle.html", seen=seen, clicks=left, framing=_framing(), **context
    )
