"""Offers to take back what was recorded at once, on the class page that shows it next."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.services.classes import undoing
from lti_app.services.classes.undoing import Batch
from lti_app.services.wiring import wiring
from lti_app.views.guard import TEACHER, allow

OFFERED = "recorded"  # in the launch's cookie, until the class page shows it
MAX_ID = 2**31 - 1

bp = Blueprint("undo", __name__, url_prefix="/s/<sid>/undo")


@bp.post("")
@allow(TEACHER)
def take_back(sid: str) -> ResponseReturnValue:
    """Puts the cells of a batch (``after``, ``upto``) back as they were."""
    parts = wiring()
    ids = (request.form.get(name, default=0, type=int) for name in ("after", "upto"))
    batch = Batch(*(min(max(one, 0), MAX_ID) for one in ids))
    with parts.store.write() as store:
        done = undoing.undo(store, g.launch, batch, parts.clock())
    parts.wake()
    if done.cells:
        flash(
            ngettext(
                "C’est annulé : %(num)s case est comme avant.",
                "C’est annulé : %(num)s cases sont comme avant.",
                done.cells,
            ),
            "success",
        )
    elif not done.stay:
        flash(_("Il est trop tard pour tout annuler : changez ces cases dans le tableau."), "info")
    if done.stay:
        flash(
            ngettext(
                "%(num)s case a changé depuis, ou n’est plus là, et reste comme elle est.",
                "%(num)s cases ont changé depuis, ou ne sont plus là, et restent comme elles sont.",
                done.stay,
            ),
            "warning",
        )
    return redirect(url_for("classroom.grid", sid=sid), code=303)


def offer(batch: Batch) -> None:
    """Has the next class page say how much was recorded and offer to take it back."""
    session[OFFERED] = [batch.after, batch.upto]


def offered() -> Batch | None:
    """The batch to offer, once."""
    found = session.pop(OFFERED, None)
    return Batch(*found) if found else None
