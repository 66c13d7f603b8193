"""The référentiel and the class as files: what there is, where it goes, the download itself."""

from __future__ import annotations

import io
from dataclasses import replace

from flask import Blueprint, Response, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from exporters import registry
from exporters.base import DELIMITERS, ExportOptions, Need
from exporters.lint import lint
from lti_app.errors import NotFound
from lti_app.models import Course, Deployment
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import class_results, classroom
from lti_app.services.wiring import wiring
from lti_app.views.filters import language
from lti_app.views.guard import TEACHER, allow
from referential.findings import Finding, Severity

bp = Blueprint("exports", __name__, url_prefix="/s/<sid>/exports")

NEEDS: tuple[Need, ...] = ("results", "tool_url")


@bp.get("")
@allow(TEACHER)
def index(sid: str) -> ResponseReturnValue:
    """The formats, each with the way to import it and what its target would change or refuse."""
    framing = _framing()
    options = _options(framing)
    offered = registry.all(needs=NEEDS)
    return render_template(
        "exports.html",
        exporters=[e for e in offered if "results" not in e.needs],
        of_class=[e for e in offered if "results" in e.needs],
        notes={e.identifier: _notes(e.identifier, framing, options) for e in offered},
        framing=framing,
    )


@bp.get("/<identifier>")
@allow(TEACHER, page=False)
def download(sid: str, identifier: str) -> Response:
    """One file: of the whole référentiel, of the activity's part only (``?part=1``), or of the class
    (``?column=`` is the ID number of the activity's column in Moodle)."""
    try:
        exporter = registry.get(identifier)
    except registry.UnknownFormat as error:
        raise NotFound("exporter") from error
    framing = _framing()
    options = _options(framing)
    if "results" in exporter.needs:
        results = class_results.of_class(wiring(), g.launch, request.args.get("column", ""))
        options = replace(options, results=results, scope=framing.settings.scope)
    return send_file(
        io.BytesIO(exporter.render(framing.referential, framing.scale, options)),
        mimetype=exporter.content_type.partition(";")[0],  # Flask adds the charset
        as_attachment=True,
        download_name=exporter.filename(framing.referential),
    )


def _notes(identifier: str, framing: Framing, options: ExportOptions) -> list[Finding]:
    if "results" in registry.get(identifier).needs:
        return []
    found = lint(identifier, framing.referential, framing.scale, options)
    return [note for note in found if note.severity is not Severity.info]


def _options(framing: Framing) -> ExportOptions:
    """What the activity and the address ask for (``part``, ``delimiter``)."""
    delimiter = request.args.get("delimiter", "comma")
    with wiring().store.read() as session:
        course = session.get_one(
            Course,
            g.launch.course_id,
            options=[joinedload(Course.deployment).joinedload(Deployment.platform)],
        )
        deployment = course.deployment
    return ExportOptions(
        scope=framing.settings.scope if request.args.get("part") == "1" else (),
        language=language(),
        delimiter=delimiter if delimiter in DELIMITERS else "comma",
        tool_url=wiring().settings.public_url + url_for("lti.launch"),
        site=deployment.platform.issuer,
        tool=deployment.deployment_id,
        referential_name=framing.settings.referential,
        scale_name=framing.settings.scale,
        maximum=max(1, round(framing.settings.maximum)),
        moment=wiring().clock(),
    )


def _framing() -> Framing:
    with wiring().store.read() as session:
        return classroom.framing_of(session, g.launch)
