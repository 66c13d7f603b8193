"""What reached us after the end of an earlier session (``views.keeping``): sent on, or thrown away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response

from lti_app.models import Declaration, KeptKind, KeptWork
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import cells, classroom, masteries, people, undoing
from lti_app.services.classes.clashes import Based
from lti_app.services.current import CurrentLaunch
from lti_app.services.launches import kept_work
from lti_app.services.wiring import wiring
from lti_app.views import entries, grid_data, undo
from lti_app.views.clash_words import say_clashes
from lti_app.views.guard import CHOOSER, LEARNER, TEACHER, allow, may_open
from lti_app.views.keeping import SENT_ON, Typed

bp = Blueprint("resuming", __name__, url_prefix="/s/<sid>/resume")


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry to record, whose it is, and what its cell shows now (0 for nothing)."""

    name: str
    based: Based
    level: int
    mark: str


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form to send on: ``about`` is the student or competence of its address, ``says`` what is in it,
    ``fields`` all of it."""

    id: int
    title: LazyString
    about: str
    at: datetime
    action: str | None
    says: Sequence[str]
    fields: Sequence[tuple[str, str]]
    files: Sequence[str]


@bp.get("")
@allow(TEACHER, LEARNER, CHOOSER, page=False)
def show(sid: str) -> ResponseReturnValue:
    """Everything that waits, each with what there is in it."""
    launch = g.launch
    with wiring().store.read() as store:
        waiting = _waiting(store, launch)
        entered = [row for row in waiting if row.kind == KeptKind.ENTRIES.value]
        framing = None
        if waiting and launch.resource_link_id:
            framing = classroom.framing_of(store, launch)
        shown, strange = _shown(store, launch, framing, entered) if framing else ([], 0)
        forms = [
            _form(store, launch, row, typed, framing)
            for row in waiting
            if row.kind == KeptKind.FORM.value and (typed := _typed(row))
        ]
    return render_template(
        "resume.html",
        forms=forms,
        entries=shown,
        nodes={node.code: node for node in framing.competences} if framing else {},
        strange=strange,
        entry_rows=entered,
        framing=framing,
        marks={mark["code"]: mark for mark in grid_data.scale_data(framing)["marks"]}
        if framing
        else {},
        on=_first_page(launch),
    )


@bp.post("/entries")
@allow(TEACHER)
def record(sid: str) -> ResponseReturnValue:
    """Records the entries that the page showed (``id``), but for those over which a colleague entered something
    meanwhile."""
    parts, launch = wiring(), g.launch
    with parts.store.write() as store:
        masteries.hold(store, launch.course_id)
        framing = classroom.framing_of(store, launch)
        rows = [row for row in _named(store, launch) if row.kind == KeptKind.ENTRIES.value]
        posted, _strange = _fitting(store, launch, framing, rows)
        batch, held = undoing.record(store, launch, framing, posted, parts.clock())
        recorded = undoing.count(store, launch, batch, parts.clock())
        kept_work.drop(store, rows)
        more = _waiting(store, launch)
    parts.wake()
    undo.offer(batch)
    say_clashes(held, framing)
    if more:
        flash(
            ngettext("%(num)s case enregistrée.", "%(num)s cases enregistrées.", recorded),
            "success" if recorded else "info",
        )
    return redirect(_on(sid), code=303)


@bp.post("/drop")
@allow(TEACHER, LEARNER, CHOOSER)
def drop(sid: str) -> ResponseReturnValue:
    """Throws away what the form names (``id``)."""
    with wiring().store.write() as store:
        kept_work.drop(store, _named(store, g.launch))
    flash(_("C’est jeté."), "info")
    return redirect(_on(sid), code=303)


def first_page(launch: CurrentLaunch) -> str | None:
    """Where a launch begins when something of an earlier session waits: there, or on the page that was asked for
    when that session had ended."""
    parts = wiring()
    with parts.store.read() as store:
        if not kept_work.find(store, launch, parts.clock()):
            return None
        if _waiting(store, launch):
            return url_for("resuming.show", sid=launch.session_id)
    with parts.store.write() as store:
        target = kept_work.take_page(store, launch, parts.clock())
    if target is None or not may_open(_view(target.endpoint), launch):
        return None
    return _address(launch.session_id, target)


def init_app(app: Flask) -> None:
    app.after_request(_sent_on)


def _sent_on(response: Response) -> Response:
    """Forgets a form that was sent on, unless its view warned of something, and goes on to what waits besides."""
    if "launch" not in g or request.method != "POST" or response.status_code >= 400:
        return response
    kept = request.args.get(SENT_ON, type=int)
    if kept is None:
        return response
    warned = any(category == "warning" for category, _text in session.get("_flashes", []))
    with wiring().store.write() as store:
        if not warned:
            kept_work.drop(store, [row for row in _waiting(store, g.launch) if row.id == kept])
        more = bool(_waiting(store, g.launch))
    if more and response.status_code == 303:
        response.headers["Location"] = url_for("resuming.show", sid=g.launch.session_id)
    return response


def _on(sid: str) -> str:
    """The next thing that waits, or where the activity begins."""
    with wiring().store.read() as store:
        more = _waiting(store, g.launch)
    return url_for("resuming.show", sid=sid) if more else _first_page(g.launch)


def _first_page(launch: CurrentLaunch) -> str:
    if CHOOSER in launch.roles:
        # with a word in its address: without one it would lead back here
        return url_for("deep_linking.choose", sid=launch.session_id, later=1)
    page = "classroom.grid" if launch.may_teach else "student.progress"
    return url_for(page, sid=launch.session_id)


def _waiting(store: Session, launch: CurrentLaunch) -> list[KeptWork]:
    """What waits, as far as the person may still do it: a teacher may have become something else meanwhile."""
    return [
        row
        for row in kept_work.find(store, launch, wiring().clock())
        if row.kind != KeptKind.PAGE.value and _typed(row) and may_open(_view(row.endpoint), launch)
    ]


def _named(store: Session, launch: CurrentLaunch) -> list[KeptWork]:
    """What the form names by its ids."""
    ids = set(request.form.getlist("id", type=int))
    return [row for row in _waiting(store, launch) if row.id in ids]


def _view(endpoint: str) -> Callable | None:
    return current_app.view_functions.get(endpoint)


def _typed(row: KeptWork) -> Typed | None:
    return getattr(_view(row.endpoint), "typed", None)


def _address(sid: str, target: kept_work.Target, **more: int) -> str | None:
    """None when a later version of the product has no such page."""
    query: dict[str, Any] = {**target.query, **target.args, **more}
    try:
        return url_for(target.endpoint, sid=sid, **query)
    except BuildError:
        return None


def _fitting(
    store: Session, launch: CurrentLaunch, framing: Framing, rows: Sequence[KeptWork]
) -> tuple[list[Based], int]:
    """The entries that the class and the activity still have a place for, and how many of the others there are."""
    posted = entries.from_json({"entries": kept_work.newest(rows)})
    pupils = {user.id for user in classroom.learners(store, launch.course_id)}
    codes = {node.code for node in framing.competences}
    levels = {None, *(level.value for level in framing.scale.levels)}
    fitting = [
        one
        for one in posted
        if one.entry.learner_id in pupils and one.entry.code in codes and one.entry.level in levels
    ]
    return fitting, len(posted) - len(fitting)


def _shown(
    store: Session, launch: CurrentLaunch, framing: Framing, rows: Sequence[KeptWork]
) -> tuple[list[KeptEntry], int]:
    fitting, strange = _fitting(store, launch, framing, rows)
    names = {
        user.id: people.display_name(user) for user in classroom.learners(store, launch.course_id)
    }
    places = [(one.entry.learner_id, one.entry.code) for one in fitting]
    now = {
        (cell.learner_id, cell.code): cell
        for cell in cells.cells_of(store, launch.course_id, framing, places)
    }
    return [
        KeptEntry(
            names[place[0]],
            one,
            (now[place].level or 0) if place in now else 0,
            now[place].mark if place in now else "",
        )
        for place, one in zip(places, fitting, strict=True)
    ], strange


def _form(
    store: Session, launch: CurrentLaunch, row: KeptWork, typed: Typed, framing: Framing | None
) -> KeptForm:
    target = kept_work.target_of(row)
    files = row.content["files"]
    fields = [
        (name, value)
        for name, value in row.content["fields"]
        if not (files and name in typed.without_file)
    ]
    return KeptForm(
        row.id,
        typed.title,
        _about(store, launch, target.args),
        row.at,
        _address(launch.session_id, target, **{SENT_ON: row.id}),
        typed.says(MultiDict(fields), framing),
        fields,
        files,
    )


def _about(store: Session, launch: CurrentLaunch, args: Mapping[str, Any]) -> str:
    """The student or competence that an address names."""
    learner_id = None
    if "declaration_id" in args:
        asked = store.get(Declaration, args["declaration_id"])
        learner_id = asked.learner_id if asked else None
    for pupil in classroom.learners(store, launch.course_id) if learner_id else ():
        if pupil.id == learner_id:
            return people.display_name(pupil)
    return str(args.get("code", ""))
