"""« Saisie déportée »: download the class, fill it in anywhere, upload it, see what changes, accept."""

from __future__ import annotations

import io

from flask import (
    Blueprint,
    Response,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from exporters import class_sheet
from lti_app.errors import InputError, NotFound
from lti_app.services.classes import class_sheets, classroom, masteries, undoing
from lti_app.services.classes.assessing import Entry
from lti_app.services.classes.clashes import Based
from lti_app.services.current import CurrentLaunch
from lti_app.services.wiring import wiring
from lti_app.views import grid_data, undo
from lti_app.views.clash_words import say_clashes
from lti_app.views.filters import language
from lti_app.views.guard import TEACHER, allow
from lti_app.views.keeping import Typed
from referential.occasions import MARKS

bp = Blueprint("sheets", __name__, url_prefix="/s/<sid>/sheet")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_UPLOAD = 5_000_000  # bytes; a class of 60 on 153 competences makes 60 kB


@bp.get("")
@allow(TEACHER)
def show(sid: str) -> ResponseReturnValue:
    """The file to download, and where to put it back."""
    return render_template("sheet.html")


@bp.get("/class.<kind>")
@allow(TEACHER, page=False)
def download(sid: str, kind: str) -> Response:
    """The class as ``xlsx`` or ``csv``."""
    if kind not in ("xlsx", "csv"):
        raise NotFound("kind of file")
    lang = language()
    with wiring().store.read() as session:
        sheet = class_sheets.sheet_of(session, g.launch, lang)
    data = (
        class_sheet.write_xlsx(sheet)
        if kind == "xlsx"
        else class_sheet.write_csv(sheet, french=lang == "fr")
    )
    return send_file(
        io.BytesIO(data),
        mimetype=XLSX if kind == "xlsx" else "text/csv",
        as_attachment=True,
        download_name=_file_name(kind),
    )


@bp.post("")
@allow(TEACHER)
def compare(sid: str) -> ResponseReturnValue:
    """Shows what the uploaded file would change. Nothing is recorded."""
    upload = request.files.get("file")
    data = upload.stream.read(MAX_UPLOAD + 1) if upload else b""
    if not data:
        raise InputError(_("Choisissez d’abord le fichier rempli."))
    if len(data) > MAX_UPLOAD:
        raise InputError(_("Ce fichier est trop grand pour une classe."))
    with wiring().store.read() as session:
        found = class_sheets.compare(session, g.launch, data)
    return render_template(
        "sheet_differences.html",
        found=found,
        filled=[one for one in found.differences if not one.emptied],
        emptied=[one for one in found.differences if one.emptied],
        marks={mark["code"]: mark for mark in grid_data.scale_data(found.framing)["marks"]},
    )


def _entered(_session: Session, _launch: CurrentLaunch) -> list[Based]:
    return [_entry(text, request.form.get("base", "")) for text in request.form.getlist("entry")]


@bp.post("/accept")
@allow(TEACHER, typed=Typed(_l("Évaluations"), entries=_entered))
def accept(sid: str) -> ResponseReturnValue:
    """Records the differences that were ticked."""
    parts, launch = wiring(), g.launch
    with parts.store.write() as session:
        posted = _entered(session, launch)
        masteries.hold(session, launch.course_id)
        framing = classroom.framing_of(session, launch)
        batch, held = undoing.record(session, launch, framing, posted, parts.clock())
    parts.wake()
    say_clashes(held, framing)
    undo.offer(batch)
    return redirect(url_for("classroom.grid", sid=sid), code=303)


def _entry(text: str, base: str) -> Based:
    """``learner:code:value`` as the page of differences writes it; ``value`` a level, a mark or 0."""
    learner, code, value = [*text.split(":", 2), "", ""][:3]
    if not (learner.isdecimal() and base.isdecimal() and (value in MARKS or value.isdecimal())):
        raise InputError(_("Une des saisies n’a pas la forme attendue. Rechargez la page."))
    level = int(value) if value.isdecimal() else 0
    mark = value if value in MARKS else None
    return Based(Entry(int(learner), code, level or None, mark=mark), int(base))


def _file_name(kind: str) -> str:
    kept = "".join(c if c.isalnum() else "-" for c in g.launch.course_title).strip("-")[:60]
    return f"{_('classe')}-{kept or g.launch.course_id}.{kind}"
