"""Groups to look at a part of the class, and teams that are rated together: a page that needs no script."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from lti_app.errors import InputError
from lti_app.models import GroupKind
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom, groups, people
from lti_app.services.wiring import wiring
from lti_app.views.guard import TEACHER, allow
from lti_app.views.keeping import Typed, words_of

bp = Blueprint("groups", __name__, url_prefix="/s/<sid>/groups")

MAX_AT_ONCE = 30  # teams made by one click


@bp.get("")
@allow(TEACHER)
def show(sid: str) -> ResponseReturnValue:
    """The groups and teams, and who is in which."""
    with wiring().store.read() as session:
        found = groups.of_course(session, g.launch.course_id)
        pupils = [
            (user.id, people.display_name(user))
            for user in classroom.learners(session, g.launch.course_id)
        ]
    return render_template(
        "groups.html",
        pupils=pupils,
        groups=[group for group in found if not group.is_team],
        teams=[group for group in found if group.is_team],
        most=MAX_AT_ONCE,
    )


def _wanted(form: MultiDict[str, str], _framing: Framing | None) -> list[str]:
    count = form.get("count", "")
    return [_("Équipes à créer : %(count)s", count=count)] if count else [form.get("name", "")]


@bp.post("")
@allow(TEACHER, typed=Typed(_l("Nouveau groupe ou nouvelle équipe"), _wanted))
def create(sid: str) -> ResponseReturnValue:
    """Makes one group or team (``name``, ``kind``), or several teams at once (``count``)."""
    parts = wiring()
    kind = request.form.get("kind", GroupKind.GROUP.value)
    count = request.form.get("count", default=0, type=int)
    with parts.store.write() as session:
        if count:
            known = {group.name for group in groups.of_course(session, g.launch.course_id)}
            names = (_("Équipe %(number)s", number=number) for number in range(1, 1000))
            free = (name for name in names if name not in known)
            for _place, name in zip(range(min(count, MAX_AT_ONCE)), free, strict=False):
                groups.create(session, g.launch, name, GroupKind.TEAM.value)
        else:
            groups.create(session, g.launch, request.form.get("name", ""), kind)
    return redirect(url_for(".show", sid=sid), code=303)


def _placed(form: MultiDict[str, str], _framing: Framing | None) -> list[str]:
    count = sum(
        bool(value) for name, value in form.items(multi=True) if name.startswith(("team:", "in:"))
    )
    return [ngettext("%(num)s place donnée", "%(num)s places données", count)]


@bp.post("/members")
@allow(TEACHER, typed=Typed(_l("Composition des groupes et des équipes"), _placed))
def place(sid: str) -> ResponseReturnValue:
    """Puts everybody where the form says: ``team:<student>`` one team or none, ``in:<group>`` students."""
    parts = wiring()
    try:
        with parts.store.write() as session:
            members = _members()
            groups.place(session, g.launch, members)
    except ValueError as error:
        raise InputError(
            _("Une des saisies n’a pas la forme attendue. Rechargez la page.")
        ) from error
    flash(_("Les groupes et les équipes sont enregistrés."), "success")
    return redirect(url_for(".show", sid=sid), code=303)


@bp.post("/<int:group_id>")
@allow(TEACHER, typed=Typed(_l("Nom d’un groupe ou d’une équipe"), words_of("name")))
def change(sid: str, group_id: int) -> ResponseReturnValue:
    """Renames a group (``name``)."""
    with wiring().store.write() as session:
        groups.rename(session, g.launch, group_id, request.form.get("name", ""))
    return redirect(url_for(".show", sid=sid), code=303)


@bp.post("/<int:group_id>/remove")
@allow(TEACHER)
def remove(sid: str, group_id: int) -> ResponseReturnValue:
    """Removes a group; its members stay in the class."""
    with wiring().store.write() as session:
        groups.remove(session, g.launch, group_id)
    return redirect(url_for(".show", sid=sid), code=303)


def _members() -> dict[int, set[int]]:
    """Members by group, of every group that the form names (``group``), empty ones included."""
    members: dict[int, set[int]] = {int(value): set() for value in request.form.getlist("group")}
    for name in request.form:
        if name.startswith("team:") and request.form[name]:
            members.setdefault(int(request.form[name]), set()).add(int(name.removeprefix("team:")))
        elif name.startswith("in:"):
            members.setdefault(int(name.removeprefix("in:")), set()).update(
                int(value) for value in request.form.getlist(name)
            )
    return members
