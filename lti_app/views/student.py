"""The student's page: their own progress, read only."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from lti_app.services import classroom
from lti_app.services.wiring import wiring
from lti_app.views import progress_parts
from lti_app.views.guard import LEARNER, allow

bp = Blueprint("student", __name__, url_prefix="/s/<sid>")

TO_WORK_ON = 6
OPINIONS = 6


@bp.get("/progress")
@allow(LEARNER)
def progress(sid: str) -> ResponseReturnValue:
    """What is acquired, what comes next, what teachers said: of the person who launched, only."""
    with wiring().store.read() as session:
        view = classroom.own_view(session, g.launch)
    tier, bars = progress_parts.bars(view)
    return render_template(
        "progress.html",
        view=view,
        tier=tier,
        bars=bars,
        counts=progress_parts.counts(view),
        parts=progress_parts.tree(view.framing),
        next_up=progress_parts.to_work_on(view, TO_WORK_ON),
        opinions=progress_parts.opinions(view, OPINIONS),
        places=view.framing.places,
    )
