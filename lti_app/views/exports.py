"""The référentiel as files for Moodle and others: what there is, where it goes, the download itself."""

from __future__ import annotations

import io

from flask import Blueprint, Response, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from exporters import registry
from exporters.base import DELIMITERS, ExportOptions
from lti_app.errors import NotFound
from lti_app.services import classroom
from lti_app.services.framing import Framing
from lti_app.services.wiring import wiring
from lti_app.views.filters import language
from lti_app.views.guard import TEACHER, allow

bp = Blueprint("exports", __name__, url_prefix="/s/<sid>/exports")


@bp.get("")
@allow(TEACHER)
def index(sid: str) -> ResponseReturnValue:
    """The formats that can be written from here, each with the way to import it."""
    framing = _framing()
    options = _options(framing)
    offered = [found for found in registry.all() if not options.missing(found.needs)]
    return render_template("exports.html", exporters=offered, framing=framing)


@bp.get("/<identifier>")
@allow(TEACHER)
def download(sid: str, identifier: str) -> Response:
    """One file: of the whole référentiel, or of the activity's part only (``?part=1``)."""
    try:
        exporter = registry.get(identifier)
    except registry.UnknownFormat as error:
        raise NotFound("exporter") from error
    framing = _framing()
    options = _options(framing)
    if options.missing(exporter.needs):
        raise NotFound("exporter")
    return send_file(
        io.BytesIO(exporter.render(framing.referential, framing.scale, options)),
        mimetype=exporter.content_type.partition(";")[0],  # Flask adds the charset
        as_attachment=True,
        download_name=exporter.filename(framing.referential),
    )


def _options(framing: Framing) -> ExportOptions:
    """What the activity and the address ask for (``part``, ``delimiter``)."""
    delimiter = request.args.get("delimiter", "comma")
    return ExportOptions(
        scope=framing.settings.scope if request.args.get("part") == "1" else (),
        language=language(),
        delimiter=delimiter if delimiter in DELIMITERS else "comma",
        tool_url=wiring().settings.public_url + url_for("lti.launch"),
        referential_name=framing.settings.referential,
        scale_name=framing.settings.scale,
        maximum=int(framing.settings.maximum),
    )


def _framing() -> Framing:
    with wiring().store.read() as session:
        return classroom.framing_of(session, g.launch)
