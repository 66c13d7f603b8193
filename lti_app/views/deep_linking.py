"""Choosing what an activity covers while it is placed from the LMS (Deep Linking 2.0)."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from lti_app.config_files import config_dir
from lti_app.models import Course, Deployment
from lti_app.services.activities import deep_linking
from lti_app.services.activities.deep_linking import Choice, PlannedActivity
from lti_app.services.activities.framing import (
    DEFAULT_REFERENTIAL,
    DEFAULT_SCALE,
    named_scale,
    settings_from_custom,
)
from lti_app.services.grades import rule_texts
from lti_app.services.lti.origins import origin
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.wiring import wiring
from lti_app.views import planned, resuming
from lti_app.views.guard import CHOOSER, allow
from lti_app.views.keeping import Typed
from referential.library import available_scales

NOT_SETTINGS = {"scope", "csrf_token", "each", "graded", "ungraded", "title"}

bp = Blueprint("deep_linking", __name__, url_prefix="/s/<sid>/choose")


@bp.get("")
@allow(CHOOSER)
def choose(sid: str) -> ResponseReturnValue:
    """The picker: the tree with a box before each part, and what would be created."""
    deep_linking.check_settings(g.launch.deep_linking)
    kept = None if request.args else resuming.first_page(g.launch)
    if kept:
        return redirect(kept)
    name = request.args.get("referential", DEFAULT_REFERENTIAL)
    with wiring().store.read() as session:
        catalogue = Catalogue(session, g.launch.platform_id)
        referential = catalogue.get(name)
        entries = catalogue.entries()
    return render_template(
        "choose.html",
        referential=referential,
        referential_name=name,
        referentials=[(entry.name, entry) for entry in entries],
        scales=[(n, named_scale(n)) for n in available_scales(config_dir())],
        default_scale=DEFAULT_SCALE,
        accept_multiple=_accepts_multiple(),
        rules=rule_texts,
    )


@bp.post("/plan.json")
@allow(CHOOSER)
def plan(sid: str) -> ResponseReturnValue:
    """What the form as it stands would create; asked again at each change of it."""
    return planned.told(_planned)


@bp.post("")
@allow(CHOOSER, typed=Typed(_l("Choix d’une activité"), planned.chosen))
def answer(sid: str) -> ResponseReturnValue:
    """The signed answer, in a form that posts itself to the platform."""
    parts = wiring()
    settings = g.launch.deep_linking
    url = deep_linking.check_settings(settings)
    deep_linking.check_return(url, lab=parts.settings.lab)
    activities = _planned()
    items = deep_linking.content_items(activities, parts.settings.public_url)
    with parts.store.read() as session:
        course = session.get_one(
            Course,
            g.launch.course_id,
            options=[joinedload(Course.deployment).joinedload(Deployment.platform)],
        )
        deployment = course.deployment
        platform = deployment.platform
    claims = deep_linking.response_claims(
        deployment.deployment_id,
        platform.issuer,
        platform.client_id,
        settings,
        items,
        parts.clock(),
    )
    g.csp_form_action = origin(url)
    return render_template(
        "lti/answer.html", return_url=url, jwt=parts.keys.sign(claims), count=len(items)
    )


def _accepts_multiple() -> bool:
    return bool((g.launch.deep_linking or {}).get("accept_multiple"))


def _planned() -> list[PlannedActivity]:
    with wiring().store.read() as session:
        catalogue = Catalogue(session, g.launch.platform_id)
        return deep_linking.plan(_choice(catalogue), catalogue, _accepts_multiple())


def _choice(catalogue: Catalogue) -> Choice:
    form = request.form
    custom = {key: form[key] for key in form if key not in NOT_SETTINGS}
    custom["scope"] = " ".join(form.getlist("scope"))
    return Choice(
        settings=settings_from_custom(custom, catalogue),
        each=form.get("each") == "1",
        graded=form.get("graded") == "1",
        title=form.get("title", ""),
        ungraded=frozenset(form.getlist("ungraded")),
    )
