"""Offers to take back what was recorded at once, on the class page that shows it."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from lti_app.services.classes import undoing
from lti_app.services.classes.undoing import Batch
from lti_app.services.wiring import wiring
from lti_app.views.guard import TEACHER, allow

bp = Blueprint("undo", __name__, url_prefix="/s/<sid>/undo")


@bp.post("")
@allow(TEACHER)
def take_back(sid: str) -> ResponseReturnValue:
    """Puts the cells of a batch (``after``, ``upto``) back as they were."""
    parts = wiring()
    with parts.store.write() as session:
        done = undoing.undo(session, g.launch, _batch(request.form), parts.clock())
    parts.wake()
    flash(
        ngettext(
            "C’est annulé : %(num)s case est comme avant.",
            "C’est annulé : %(num)s cases sont comme avant.",
            done.cells,
        ),
        "success",
    )
    if done.stay:
        flash(
            ngettext(
                "%(num)s case a changé depuis et reste comme elle est.",
                "%(num)s cases ont changé depuis et restent comme elles sont.",
                done.stay,
            ),
            "warning",
        )
    return redirect(url_for("classroom.grid", sid=sid), code=303)


def offered(sid: str, batch: Batch) -> str:
    """The class page, which says how much was recorded and offers to take it back."""
    return url_for("classroom.grid", sid=sid, after=batch.after, upto=batch.upto)


def asked_for() -> Batch | None:
    """The batch that the class page's address names."""
    return _batch(request.args) if "upto" in request.args else None


def _batch(said: MultiDict[str, str]) -> Batch:
    return Batch(*(said.get(name, default=0, type=int) for name in ("after", "upto")))
