"""The class overview (« Bilan »): where the class stands, how it got there, what few have acquired."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, to_user_timezone
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from lti_app.errors import InputError, NotFound
from lti_app.services import typed
from lti_app.services.activities import course_choices
from lti_app.services.activities.course_choices import Pace
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom, timeline
from lti_app.services.classes.timeline import Point
from lti_app.services.wiring import wiring
from lti_app.views import charts, overview_parts
from lti_app.views.charts import Line
from lti_app.views.filters import language
from lti_app.views.guard import TEACHER, allow
from lti_app.views.keeping import Typed

bp = Blueprint("overview", __name__, url_prefix="/s/<sid>/overview")

WEAKEST = 10


@bp.get("")
@allow(TEACHER)
def show(sid: str) -> ResponseReturnValue:
    """The pictures of the activity's class; ``?learner=`` puts one student beside the expected pace."""
    now = wiring().clock()
    today = to_user_timezone(now).date()
    with wiring().store.read() as session:
        view = classroom.class_view(session, g.launch)
        ids = [row.id for row in view.students]
        points = timeline.of_class(session, g.launch.course_id, view.framing, ids, now)
        pace = course_choices.pace(session, g.launch)
    chosen = request.args.get("learner", type=int)
    progress = view.progress()
    if chosen and chosen not in progress:
        raise NotFound("learner")
    shown = [progress[chosen]] if chosen else list(progress.values())
    outer = overview_parts.outer_parts(view.framing)
    expected = pace.expected(today) if pace else None
    return render_template(
        "overview.html",
        view=view,
        progress=progress,
        columns=overview_parts.columns(view.framing),
        outer_tier=view.framing.referential.tiers[outer[0].depth] if outer else None,
        shares=overview_parts.shares(view.framing, view.students, outer),
        weakest=overview_parts.weakest(view.framing, view.students, WEAKEST),
        never=overview_parts.never(view.framing, view.students),
        points=points,
        chart=_chart(points, pace) if len(points) > 1 else "",
        pace=pace,
        proposed=pace or course_choices.school_year(today),
        chosen=chosen,
        beside=overview_parts.beside(shown, outer, expected) if shown else [],
        expected=expected,
        today=today,
    )


def _expected(form: MultiDict[str, str], _framing: Framing | None) -> list[str]:
    if form.get("act") == "none":
        return [_("→ N’attendre aucun rythme")]
    return [text for name in ("begins_on", "ends_on", "target") if (text := form.get(name, ""))]


@bp.post("/pace")
@allow(TEACHER, typed=Typed(_l("Rythme attendu"), _expected))
def pace(sid: str) -> ResponseReturnValue:
    """Keeps the pace that the course's teachers expect; ``act=none`` expects none."""
    form = request.form
    begins, ends = form.get("begins_on", ""), form.get("ends_on", "")
    if form.get("act") == "none":
        begins = ends = ""
    try:
        with wiring().store.write() as session:
            course_choices.choose_pace(
                session,
                g.launch,
                typed.day(begins),
                typed.day(ends),
                form.get("target", "").strip(),
            )
    except InputError as error:
        flash(str(error), "warning")
    else:
        flash(_("C’est enregistré."), "success")
    return redirect(url_for(".show", sid=sid, _anchor="pace"), code=303)


def _chart(points: list[Point], pace: Pace | None) -> Markup:
    drawn = [
        Line("high", [(point.on, point.high) for point in points]),
        Line("low", [(point.on, point.low) for point in points]),
        Line("median", [(point.on, point.median) for point in points]),
    ]
    if pace:
        drawn.append(Line("expected", [(point.on, pace.expected(point.on)) for point in points]))
    last = points[-1]
    described = _(
        "Part des compétences acquises, du %(first)s au %(last)s : la médiane de la classe arrive "
        "à %(median)s %%. Le tableau qui suit donne les chiffres.",
        first=_short(points[0].on),
        last=_short(last.on),
        median=round(100 * last.median),
    )
    return charts.lines(drawn, _short, described)


def _short(on: date) -> str:
    """« 12 nov. »"""
    return str(format_date(on, "d MMM" if language() == "fr" else "MMM d"))
