"""The « séance »: the few competences worked on today, rated for the whole class from a phone.

One competence at a time, one line a student. With scripts each touch is saved at once; without, the form is.
"""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lti_app.errors import NotFound
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import (
    assessing,
    cells,
    clashes,
    class_work,
    classroom,
    groups,
    masteries,
)
from lti_app.services.classes.clashes import Based
from lti_app.services.current import CurrentLaunch
from lti_app.services.wiring import wiring
from lti_app.views import entries, grid_data, grid_texts, progress_parts
from lti_app.views.clash_words import say_clashes
from lti_app.views.guard import TEACHER, allow
from lti_app.views.keeping import Typed

FEW = 40  # competences that are shown unfolded, to choose from

bp = Blueprint("sitting", __name__, url_prefix="/s/<sid>/session")


@bp.get("")
@allow(TEACHER)
def show(sid: str) -> ResponseReturnValue:
    """The class on one of today's competences (``?code=``, the first one else)."""
    launch = g.launch
    with wiring().store.read() as session:
        view = classroom.class_view(session, launch)
        framing = view.framing
        chosen = class_work.sitting(session, launch, framing)
        overlay = cells.overlay(session, launch, framing)
        found = groups.of_course(session, launch.course_id, [row.id for row in view.students])
        likes = class_work.preferences(session, launch.user_id)
    if not chosen:
        return redirect(url_for(".choose", sid=sid))
    code = request.args.get("code", chosen[0].code)
    if code not in {node.code for node in chosen}:
        raise NotFound("competence")
    place = [node.code for node in chosen].index(code)
    digits = {
        node.code: [
            grid_data.cell_digit(row.levels.get(node.code), row.marks.get(node.code, ""))
            for row in view.students
        ]
        for node in chosen
    }
    teams = {member: group for group in found if group.is_team for member in group.members}
    return render_template(
        "sitting.html",
        view=view,
        chosen=chosen,
        node=chosen[place],
        above=framing.referential.ancestors(code)[-1],
        following=chosen[place + 1] if place + 1 < len(chosen) else None,
        digits=digits[code],
        done={node.code: sum(digit != "0" for digit in digits[node.code]) for node in chosen},
        marks=grid_data.scale_data(framing)["marks"],
        teams=teams,
        latest=overlay.latest,
        data={
            **grid_data.position(framing, [row.id for row in view.students], overlay.latest),
            "link": launch.resource_link_id,
            "me": launch.user_id,
            "code": code,
            "place": next(i for i, one in enumerate(framing.competences) if one.code == code),
            "scale": grid_data.scale_data(framing),
            "preferences": likes,
            "teams": [list(group.members) for group in found if group.is_team],
            "texts": grid_texts.texts(),
            "urls": {
                "assessments": url_for("grid.record", sid=sid),
                "changes": url_for("grid.changes", sid=sid),
                "preferences": url_for("grid.prefer", sid=sid),
            },
        },
    )


def _entered(session: Session, launch: CurrentLaunch) -> list[Based]:
    """What the form of one competence changes."""
    code = (request.view_args or {})["code"]
    pupils = [user.id for user in classroom.learners(session, launch.course_id)]
    return entries.from_sitting(request.form, code, pupils)


@bp.post("/rate/<code>")
@allow(TEACHER, typed=Typed(_l("Évaluations"), entries=_entered))
def save(sid: str, code: str) -> ResponseReturnValue:
    """Saves the form of one competence, then shows the next one if that was asked for."""
    parts, launch = wiring(), g.launch
    with parts.store.write() as session:
        masteries.hold(session, launch.course_id)
        framing = classroom.framing_of(session, launch)
        posted = _entered(session, launch)
        clear, held = clashes.split(session, launch, framing, posted)
        assessing.record(session, launch, clear, parts.clock())
    parts.wake()
    if clear:
        flash(
            ngettext("%(num)s étudiant évalué.", "%(num)s étudiants évalués.", len(clear)),
            "success",
        )
    elif not held:
        flash(_("Rien n’avait changé : il n’y avait rien à enregistrer."), "info")
    say_clashes(held, framing)
    return redirect(url_for(".show", sid=sid, code=request.form.get("then") or code), code=303)


@bp.get("/choose")
@allow(TEACHER)
def choose(sid: str) -> ResponseReturnValue:
    """The activity's competences, to choose today's from."""
    with wiring().store.read() as session:
        framing = classroom.framing_of(session, g.launch)
        chosen = class_work.sitting(session, g.launch, framing)
    return render_template(
        "sitting_choose.html",
        parts=progress_parts.tree(framing),
        chosen={node.code for node in chosen},
        most=class_work.MAX_SITTING,
        few=len(framing.competences) <= FEW,
        scope=progress_parts.scope_words(framing),
    )


def _chosen_words(form: MultiDict[str, str], framing: Framing | None) -> list[str]:
    labels = {node.code: node.label for node in framing.competences} if framing else {}
    return [f"{code} {labels.get(code, '')}" for code in form.getlist("code")]


@bp.post("/choose")
@allow(TEACHER, typed=Typed(_l("Compétences choisies pour une séance"), _chosen_words))
def chosen(sid: str) -> ResponseReturnValue:
    """Keeps the choice, for this teacher and this activity, on every device."""
    parts = wiring()
    with parts.store.write() as session:
        framing = classroom.framing_of(session, g.launch)
        codes = request.form.getlist("code")
        nodes = class_work.choose(session, g.launch, framing, codes, parts.clock())
    if not nodes:
        flash(_("Choisissez au moins une compétence."), "warning")
        return redirect(url_for(".choose", sid=sid), code=303)
    return redirect(url_for(".show", sid=sid), code=303)
