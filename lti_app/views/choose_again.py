"""Choosing what an activity covers once it is placed: asked for where what it says does not exist here."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lti_app.config_files import config_dir
from lti_app.models import ResourceLink
from lti_app.services.activities import choosing_again, deep_linking, link_settings
from lti_app.services.activities.deep_linking import Choice, PlannedActivity
from lti_app.services.activities.framing import (
    DEFAULT_REFERENTIAL,
    LinkSettings,
    named_scale,
    settings_from_custom,
)
from lti_app.services.classes import classroom
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.wiring import wiring
from lti_app.views import planned
from lti_app.views.filters import amount
from lti_app.views.guard import TEACHER, allow
from lti_app.views.keeping import Typed
from referential.library import available_scales

bp = Blueprint("choose_again", __name__, url_prefix="/s/<sid>/choose-again")


@bp.get("")
@allow(TEACHER)
def show(sid: str) -> ResponseReturnValue:
    """The picker for this one activity, with what it covers now, as far as that exists."""
    with wiring().store.read() as session:
        link = session.get_one(ResourceLink, g.launch.resource_link_id)
        problem = choosing_again.problem(session, link)
        catalogue = Catalogue(session, g.launch.platform_id)
        entries = catalogue.entries()
        now = LinkSettings() if problem else link_settings.current(link)
        name = request.args.get("referential", now.referential)
        if name not in {entry.name for entry in entries}:
            name = DEFAULT_REFERENTIAL
        referential = catalogue.get(name)
    return render_template(
        "choose.html",
        again=True,
        problem=problem,
        referential=referential,
        referential_name=name,
        referentials=[(entry.name, entry) for entry in entries],
        scales=[(n, named_scale(n)) for n in available_scales(config_dir())],
        default_scale=now.scale,
        maximum=amount(now.maximum),
        scope=set(now.scope) if name == now.referential else set(),
        accept_multiple=False,
    )


@bp.post("/plan.json")
@allow(TEACHER)
def plan(sid: str) -> ResponseReturnValue:
    """What the activity would cover with the form as it stands."""
    return planned.told(_planned)


@bp.post("")
@allow(TEACHER, typed=Typed(_l("Choix de ce que couvre l’activité"), planned.chosen))
def choose(sid: str) -> ResponseReturnValue:
    """Keeps the choice; the class opens with it."""
    parts = wiring()
    with parts.store.write() as session:
        link = session.get_one(ResourceLink, g.launch.resource_link_id)
        fits = choosing_again.choose(session, link, _chosen(session), parts.clock())
    parts.wake()
    flash(_("Le choix est enregistré pour cette activité."), "success")
    if not fits:
        flash(
            _(
                "L’ancienne règle de note ne va pas avec ce choix : la note est maintenant la part "
                "des compétences acquises."
            ),
            "warning",
        )
    return redirect(url_for("classroom.home", sid=sid), code=303)


def _chosen(session: Session) -> LinkSettings:
    form = request.form
    custom = {name: form.get(name, "") for name in ("referential", "scale", "maximum")}
    custom["scope"] = " ".join(form.getlist("scope"))
    return settings_from_custom(custom, Catalogue(session, g.launch.platform_id))


def _planned() -> list[PlannedActivity]:
    with wiring().store.read() as session:
        graded = classroom.own_column(session, g.launch.resource_link_id)
        choice = Choice(_chosen(session), graded=graded is not None)
        catalogue = Catalogue(session, g.launch.platform_id)
        return deep_linking.plan(choice, catalogue, accept_multiple=False)
