"""The student's page: their own progress, and the way to declare what they think they have acquired."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from lti_app.services.classes import classroom
from lti_app.services.portfolio import declarations
from lti_app.services.wiring import wiring
from lti_app.views import progress_parts
from lti_app.views.guard import LEARNER, allow

bp = Blueprint("student", __name__, url_prefix="/s/<sid>")

TO_WORK_ON = 6
OPINIONS = 6
DECLARED = 6


@bp.get("/progress")
@allow(LEARNER)
def progress(sid: str) -> ResponseReturnValue:
    """What is acquired, what comes next, what teachers said: of the person who launched, only.
    ``?show=`` narrows the list at the end to one stage."""
    with wiring().store.read() as session:
        view = classroom.own_view(session, g.launch)
        declared = declarations.by_code(session, g.launch, view.framing)
        teaches = classroom.is_listed_as_teacher(session, g.launch)
    stages = progress_parts.stages(view)
    shown = request.args.get("show", "")
    tier, bars = progress_parts.bars(view)
    return render_template(
        "progress.html",
        view=view,
        teaches=teaches,
        tier=tier,
        bars=bars,
        counts=progress_parts.counts(view),
        stages=stages,
        shown=shown if shown in stages else "",
        parts=progress_parts.tree(view.framing, stages.get(shown)),
        declared=declared,
        latest=list(declared.items())[:DECLARED],
        next_up=progress_parts.to_work_on(view, TO_WORK_ON),
        opinions=progress_parts.opinions(view, OPINIONS),
        places=view.framing.places,
    )
