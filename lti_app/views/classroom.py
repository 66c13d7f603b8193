"""The teacher's pages: the class grid, one student, the grades on their way to the LMS."""

from __future__ import annotations

from flask import (
    Blueprint,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from lti_app.errors import InputError, LtiError
from lti_app.models import ResourceLink
from lti_app.services.activities import choosing_again
from lti_app.services.classes import (
    assessing,
    cells,
    clashes,
    classroom,
    masteries,
    people,
    roster,
    undoing,
)
from lti_app.services.classes.clashes import Based
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import columns, grade_sync, overruled, read_back, sync_texts, unsettled
from lti_app.services.wiring import wiring
from lti_app.views import entries, grid_data, grid_page, progress_parts, resuming, undo
from lti_app.views.clash_words import say_clashes
from lti_app.views.errors import wants_json
from lti_app.views.guard import LEARNER, TEACHER, allow
from lti_app.views.keeping import Typed

bp = Blueprint("classroom", __name__, url_prefix="/s/<sid>")


@bp.get("/")
@allow(TEACHER, LEARNER)
def home(sid: str) -> ResponseReturnValue:
    """The first page after a launch: the class for teachers, their own progress for students."""
    with wiring().store.read() as session:
        link = session.get_one(ResourceLink, g.launch.resource_link_id)
        problem = choosing_again.problem(session, link)
    if problem and not g.launch.may_teach:
        raise LtiError("link_settings", problem)
    if problem:
        return redirect(url_for("choose_again.show", sid=sid))
    page = "classroom.grid" if g.launch.may_teach else "student.progress"
    return redirect(resuming.first_page(g.launch) or url_for(page, sid=sid))


@bp.get("/class")
@allow(TEACHER)
def grid(sid: str) -> ResponseReturnValue:
    """Students × competences. A class list or gradebook read long ago is read by the worker meanwhile:
    no page waits for the LMS."""
    parts = wiring()
    if read_back.is_old(parts, g.launch.resource_link_id):
        parts.look_back(g.launch.resource_link_id)
    with parts.store.read() as session:
        view = classroom.class_view(session, g.launch)
        data = grid_page.data(session, g.launch, view)
        batch = undo.offered()
        recorded = undoing.count(session, g.launch, batch, parts.clock()) if batch else 0
    if roster.is_old(view.roster_at, parts.clock()):
        parts.read_roster(g.launch.course_id)
    return render_template(
        "class.html",
        view=view,
        batch=batch,
        recorded=recorded,
        data=data,
        modules=grid_page.MODULES,
        groups=data["groups"],
        marks=data["scale"]["marks"],
        waiting=view.roster_at is None and not view.roster_error,
        scope=progress_parts.scope_words(view.framing),
        parts=progress_parts.tree(view.framing),
        roster_error=sync_texts.roster_sentence(view.roster_error) if view.roster_error else "",
    )


@bp.get("/students")
@allow(TEACHER)
def students(sid: str) -> ResponseReturnValue:
    """Leads to the student chosen in the list, or to the first one."""
    with wiring().store.read() as session:
        ids = [user.id for user in classroom.learners(session, g.launch.course_id)]
    if not ids:
        return redirect(url_for(".grid", sid=sid))
    chosen = request.args.get("learner", default=ids[0], type=int)
    return redirect(url_for(".student", sid=sid, learner_id=chosen))


@bp.get("/students/<int:learner_id>")
@allow(TEACHER)
def student(sid: str, learner_id: int) -> ResponseReturnValue:
    """One student: progress, and a form that rates every competence without JavaScript."""
    with wiring().store.read() as session:
        view = classroom.student_view(session, g.launch, learner_id)
        pupils = classroom.learners(session, g.launch.course_id)
        names = [(user.id, people.display_name(user)) for user in pupils]
        latest = cells.latest_id(session, g.launch.course_id)
    tier, bars = progress_parts.bars(view)
    return render_template(
        "student.html",
        view=view,
        names=names,
        marks=grid_data.scale_data(view.framing)["marks"],
        marked=view.student.marks,
        latest=latest,
        tier=tier,
        bars=bars,
        counts=progress_parts.counts(view),
        parts=progress_parts.tree(view.framing),
        places=view.framing.places,
        why_not=sync_texts.standing_sentence,
    )


def _entered(session: Session, launch: CurrentLaunch) -> list[Based]:
    """What the form of one student changes."""
    learner_id = (request.view_args or {})["learner_id"]
    return entries.from_form(request.form, learner_id, classroom.framing_of(session, launch))


@bp.post("/students/<int:learner_id>")
@allow(TEACHER, typed=Typed(_l("Évaluations"), entries=_entered))
def save_student(sid: str, learner_id: int) -> ResponseReturnValue:
    """Saves the form of one student, then shows the page again."""
    parts = wiring()
    with parts.store.write() as session:
        masteries.hold(session, g.launch.course_id)
        classroom.require_learner(session, g.launch, learner_id)
        framing = classroom.framing_of(session, g.launch)
        posted = _entered(session, g.launch)
        changes, held = clashes.split(session, g.launch, framing, posted)
        assessing.record(session, g.launch, changes, parts.clock())
    parts.wake()
    say_clashes(held, framing)
    if changes:
        flash(
            ngettext(
                "%(num)s compétence enregistrée.", "%(num)s compétences enregistrées.", len(changes)
            ),
            "success",
        )
    elif not held:
        flash(_("Rien n’avait changé : il n’y avait rien à enregistrer."), "info")
    to = request.form.get("then", default=learner_id, type=int)
    return redirect(url_for(".student", sid=sid, learner_id=to), code=303)


@bp.get("/grades")
@allow(TEACHER)
def unsent(sid: str) -> ResponseReturnValue:
    """The grades that need somebody, each with what happened and what to do."""
    with wiring().store.read() as session:
        framing = classroom.framing_of(session, g.launch)
        found = unsettled.of_activity(session, g.launch, framing)
    return render_template(
        "grades.html", found=found, framing=framing, why_not=sync_texts.standing_sentence
    )


@bp.post("/grades/resend")
@allow(TEACHER)
def resend(sid: str) -> ResponseReturnValue:
    """Sends again: the learners named (``learner``), the whole class (``everybody``), or all that failed; in
    one column (``column``) or in all."""
    parts = wiring()
    learner_ids = _named() or None
    everybody = "everybody" in request.form
    with parts.store.write() as session:
        columns.look_again(session, g.launch.resource_link_id)
        count = grade_sync.resend(
            session,
            g.launch,
            learner_ids,
            parts.clock(),
            everybody=everybody,
            item_id=_column(),
        )
    parts.wake()
    if wants_json():
        return jsonify(count=count)
    flash(
        ngettext("%(num)s note remise en route.", "%(num)s notes remises en route.", count),
        "success",
    )
    return redirect(url_for(".unsent", sid=sid), code=303)


@bp.post("/grades/keep")
@allow(TEACHER)
def keep(sid: str) -> ResponseReturnValue:
    """Agrees to what the gradebook holds for the learners named (``learner``), in one column (``column``) or
    in all."""
    learner_ids = _named()
    with wiring().store.write() as session:
        count = overruled.keep(session, g.launch, learner_ids, item_id=_column())
    if wants_json():
        return jsonify(count=count)
    flash(_("La note de Moodle est gardée."), "success")
    return redirect(url_for(".unsent", sid=sid), code=303)


def _named() -> list[int]:
    return _numbers("learner")


def _column() -> int | None:
    return next(iter(_numbers("column")), None)


def _numbers(field: str) -> list[int]:
    try:
        return [int(value) for value in request.form.getlist(field)]
    except ValueError as error:
        raise InputError(
            _("Une des saisies n’a pas la forme attendue. Rechargez la page.")
        ) from error


@bp.post("/roster")
@allow(TEACHER)
def refresh_roster(sid: str) -> ResponseReturnValue:
    """Reads the class list from the LMS now; the class page says how it went."""
    if roster.refresh(wiring(), g.launch.course_id, whole=True):
        flash(_("La liste de la classe est à jour."), "success")
    return redirect(url_for(".grid", sid=sid), code=303)
