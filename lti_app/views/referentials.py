"""The administrator's pages on référentiels: what there is, an import with its plan, versions, the template.

What is imported here is for the platform of the launch alone; other platforms of the service keep theirs.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exporters.registry import XLSX
from lti_app.errors import InputError, NotFound
from lti_app.services.referentials import drafts, importing
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.referentials.reading import Upload
from lti_app.services.referentials.template import KINDS, template
from lti_app.services.wiring import wiring
from lti_app.views import referential_plan
from lti_app.views.filters import language
from lti_app.views.guard import ADMINISTRATOR, allow
from referential.findings import Finding, Severity

bp = Blueprint("referentials", __name__, url_prefix="/s/<sid>/referentials")

MAX_FINDINGS = 200  # shown on a page


@dataclass(frozen=True, slots=True)
class VersionView:
    """One line of the list of versions; 0 is the one nobody imported here."""

    number: int
    current: bool
    title: str
    nodes: int
    source: str
    author: str
    at: object


@bp.get("")
@allow(ADMINISTRATOR)
def index(sid: str) -> ResponseReturnValue:
    """What can be chosen, and the form to import another."""
    return _index()


@bp.post("/plan")
@allow(ADMINISTRATOR)
def plan(sid: str) -> ResponseReturnValue:
    """Reads the file and shows what importing it would do. Nothing is changed."""
    upload = _upload()
    if upload is None:
        flash(_("Choisissez d’abord un fichier."), "error")
        return redirect(url_for(".index", sid=sid), code=303)
    parts = wiring()
    code, title = (request.form.get(name, "").strip() for name in ("code", "title"))
    with parts.store.write() as session:
        catalogue = _catalogue(session)
        outcome = importing.propose(catalogue, upload, code, title)
        proposal = outcome.proposal
        draft = ""
        if proposal is not None and not proposal.plan.empty:
            draft = drafts.keep(catalogue, g.launch.user_id, proposal, upload.name, parts.clock())
    if proposal is None:
        return _index(findings=outcome.findings, code=code, title=title, file=upload.name), 422
    return render_template(
        "referentials/plan.html",
        plan=referential_plan.view(proposal),
        findings=_worst(outcome.findings),
        action=url_for(".apply", sid=sid),
        hidden={"draft": draft},
        file=upload.name,
    )


@bp.post("/apply")
@allow(ADMINISTRATOR)
def apply(sid: str) -> ResponseReturnValue:
    """Makes what was shown the version that counts."""
    parts = wiring()
    try:
        with parts.store.write() as session:
            proposal, number = drafts.apply(
                _catalogue(session),
                g.launch.user_id,
                request.form.get("draft", ""),
                parts.clock(),
            )
    except InputError as error:
        flash(str(error), "error")
        return redirect(url_for(".index", sid=sid), code=303)
    parts.wake()
    flash(
        _(
            "« %(title)s » : la version %(number)s compte désormais.",
            title=proposal.tree.title,
            number=number,
        ),
        "success",
    )
    return redirect(url_for(".versions", sid=sid, code=proposal.tree.code), code=303)


@bp.get("/versions/<code>")
@allow(ADMINISTRATOR)
def versions(sid: str, code: str) -> ResponseReturnValue:
    """The versions of one référentiel, newest first."""
    with wiring().store.read() as session:
        catalogue = _catalogue(session)
        found = catalogue.by_code(code)
        rows = _versions(catalogue, code)
    if found is None or not rows:
        raise NotFound("referential")
    return render_template("referentials/versions.html", tree=found[1], versions=rows)


@bp.post("/versions/<code>/plan")
@allow(ADMINISTRATOR)
def plan_restore(sid: str, code: str) -> ResponseReturnValue:
    """What it would do if that version counted again."""
    number = request.form.get("number", -1, type=int)
    with wiring().store.read() as session:
        proposal = importing.plan_restore(_catalogue(session), code, number)
    return render_template(
        "referentials/plan.html",
        plan=referential_plan.view(proposal),
        findings=(),
        action=url_for(".restore", sid=sid, code=code),
        hidden={"number": number, "base": proposal.base},
        file=_("version %(number)s", number=number),
    )


@bp.post("/versions/<code>/restore")
@allow(ADMINISTRATOR)
def restore(sid: str, code: str) -> ResponseReturnValue:
    """Makes that version count again, if nothing came in between."""
    parts = wiring()
    number = request.form.get("number", -1, type=int)
    with parts.store.write() as session:
        catalogue = _catalogue(session)
        proposal = importing.plan_restore(catalogue, code, number)
        if proposal.base == request.form.get("base"):
            importing.restore(catalogue, code, number, proposal, parts.clock())
            flash(_("La version %(number)s compte à nouveau.", number=number), "success")
        else:
            flash(importing.changed_meanwhile(proposal.name), "error")
    parts.wake()
    return redirect(url_for(".versions", sid=sid, code=code), code=303)


@bp.get("/template.<kind>")
@allow(ADMINISTRATOR, page=False)
def download(sid: str, kind: str) -> Response:
    """The table to fill in, with an example."""
    if kind not in KINDS:
        raise NotFound("template")
    return send_file(
        io.BytesIO(template(kind, language())),
        mimetype=XLSX if kind == "xlsx" else "text/csv",
        as_attachment=True,
        download_name=f"referentiel.{kind}" if language() == "fr" else f"framework.{kind}",
    )


def _catalogue(session: Session) -> Catalogue:
    return Catalogue(session, g.launch.platform_id)


def _upload() -> Upload | None:
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    overlay = request.files.get("overlay")
    has_overlay = overlay is not None and bool(overlay.filename)
    return Upload(
        name=file.filename[:200],
        data=file.read(),
        overlay=overlay.read() if overlay is not None and has_overlay else None,
        overlay_name=(overlay.filename or "")[:200] if overlay is not None else "",
    )


def _worst(findings: Sequence[Finding]) -> list[Finding]:
    """Errors and warnings before what is only said; as many as a page holds."""
    return sorted(findings, key=lambda found: -found.severity)[:MAX_FINDINGS]


def _index(
    findings: Sequence[Finding] = (), code: str = "", title: str = "", file: str = ""
) -> str:
    with wiring().store.read() as session:
        entries = _catalogue(session).entries()
    return render_template(
        "referentials/index.html",
        entries=entries,
        findings=_worst(findings),
        errors=sum(found.severity is Severity.error for found in findings),
        code=code,
        title=title,
        file=file,
    )


def _versions(catalogue: Catalogue, code: str) -> list[VersionView]:
    current = importing.current_number(catalogue, code)
    rows = [
        VersionView(
            number=row.number,
            current=row.number == current,
            title=row.title,
            nodes=row.nodes,
            source=row.source,
            author=row.author or (row.author_user.name if row.author_user else ""),
            at=row.created_at,
        )
        for row in importing.versions(catalogue, code)
    ]
    zero = importing.version_zero(catalogue, code)
    if zero is not None:
        rows.append(VersionView(0, current == 0, zero.title, len(zero), "", "", None))
    return rows
