"""The référentiel as files for Moodle: what there is, where it goes, and the download itself."""

from __future__ import annotations

import io
from typing import cast

from flask import Blueprint, Response, g, render_template, request, send_file
from flask.typing import ResponseReturnValue

from exporters import registry
from exporters.base import DELIMITERS, Delimiter, ExportOptions
from lti_app.errors import NotFound
from lti_app.services import classroom
from lti_app.services.framing import Framing
from lti_app.services.wiring import wiring
from lti_app.views import progress_parts
from lti_app.views.filters import language
from lti_app.views.guard import TEACHER, allow

bp = Blueprint("exports", __name__, url_prefix="/s/<sid>/exports")


@bp.get("")
@allow(TEACHER)
def index(sid: str) -> ResponseReturnValue:
    """The formats, each with the way to import it."""
    framing = _framing()
    return render_template(
        "exports.html",
        exporters=list(registry.all()),
        framing=framing,
        scope=progress_parts.scope_words(framing),
    )


@bp.get("/<identifier>")
@allow(TEACHER)
def download(sid: str, identifier: str) -> Response:
    """One file: of the whole référentiel, or of the activity's part only (``?part=1``)."""
    try:
        exporter = registry.get(identifier)
    except registry.UnknownFormat as error:
        raise NotFound("exporter") from error
    framing = _framing()
    delimiter = request.args.get("delimiter", "comma")
    options = ExportOptions(
        scope=framing.settings.scope if request.args.get("part") == "1" else (),
        language=language(),
        delimiter=cast(Delimiter, delimiter) if delimiter in DELIMITERS else "comma",
    )
    return send_file(
        io.BytesIO(exporter.render(framing.referential, framing.scale, options)),
        mimetype=exporter.content_type,
        as_attachment=True,
        download_name=exporter.filename(framing.referential),
    )


def _framing() -> Framing:
    with wiring().store.read() as session:
        return classroom.framing_of(session, g.launch)
