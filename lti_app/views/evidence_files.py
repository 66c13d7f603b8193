"""The files that students attach: for their author, and for the teachers who were asked to look at them.

A file is always a download under the name and type that were found in its bytes, in a sandbox that runs
nothing; images may also be shown by our own pages (``<img>`` takes no notice of « attachment »).
"""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, g, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_app.errors import InputError
from lti_app.models import Declaration
from lti_app.services.classes import classroom
from lti_app.services.portfolio import evidence
from lti_app.services.wiring import wiring
from lti_app.views.guard import LEARNER, TEACHER, allow

bp = Blueprint("evidence_files", __name__, url_prefix="/s/<sid>/evidence")

SANDBOX = "default-src 'none'; sandbox"


@bp.get("/<int:evidence_id>")
@allow(TEACHER, LEARNER, page=False)
def download(sid: str, evidence_id: int) -> Response:
    """The file itself."""
    with wiring().store.read() as session:
        piece, data = evidence.read(session, g.launch, evidence_id)
        response = send_file(
            io.BytesIO(data),
            mimetype=piece.content_type,
            as_attachment=True,
            download_name=piece.file_name,
            etag=piece.sha256,
            max_age=0,
        )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@bp.post("/<int:evidence_id>/remove")
@allow(LEARNER)
def remove(sid: str, evidence_id: int) -> ResponseReturnValue:
    """Takes a piece away, then shows what it belonged to."""
    back = url_for("student.progress", sid=sid)
    with wiring().store.write() as session:
        try:
            owner = evidence.remove(session, g.launch, evidence_id)
        except InputError as error:
            flash(str(error), "warning")
            return redirect(back, code=303)
        if isinstance(owner, Declaration):
            framing = classroom.framing_of(session, g.launch)
            for node in framing.competences:
                if node.uuid == owner.node.uuid:
                    back = url_for("declaring.show", sid=sid, code=node.code)
        else:
            back = url_for("situations.show", sid=sid, situation_id=owner.id)
    flash(_("C’est retiré."), "success")
    return redirect(back, code=303)
