"""Columns that the rules have outgrown, at the foot of their page: removed or renamed in the gradebook when asked."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.errors import ServiceError, ServiceRefused
from lti_app.services.grades import outgrown
from lti_app.services.wiring import wiring
from lti_app.views.guard import TEACHER, allow

bp = Blueprint("columns", __name__, url_prefix="/s/<sid>/columns/<int:column_id>")


@bp.post("/remove")
@allow(TEACHER)
def remove(sid: str, column_id: int) -> ResponseReturnValue:
    """Deletes a column with its grades at the platform."""
    try:
        label = outgrown.remove(wiring(), g.launch, column_id)
    except ServiceError:
        flash(
            _(
                "La colonne n’a pas été supprimée : Moodle ne répond pas, ou ne permet pas à cet outil de gérer ses colonnes. Réessayez, ou supprimez-la dans le carnet de notes."
            ),
            "warning",
        )
    else:
        flash(_("La colonne « %(label)s » est supprimée de Moodle.", label=label), "success")
    return redirect(url_for("rules.settings", sid=sid), code=303)


@bp.post("/rename")
@allow(TEACHER)
def rename(sid: str, column_id: int) -> ResponseReturnValue:
    """Gives a column the present title of its part."""
    try:
        title = outgrown.rename(wiring(), g.launch, column_id)
    except ServiceError as error:
        gone = isinstance(error, ServiceRefused) and error.status == 404
        flash(
            _(
                "La colonne n’a pas été renommée : elle n’est plus dans le carnet de notes de Moodle."
            )
            if gone
            else _(
                "La colonne n’a pas été renommée : Moodle ne répond pas, ou ne permet pas à cet outil de gérer ses colonnes. Réessayez, ou renommez-la dans le carnet de notes."
            ),
            "warning",
        )
    else:
        flash(
            _("La colonne se nomme maintenant « %(title)s » dans Moodle.", title=title), "success"
        )
    return redirect(url_for("rules.settings", sid=sid), code=303)
