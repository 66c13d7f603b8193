"""What is typed into a page whose session has ended is not lost: kept for the next launch (``views.resuming``).

A view says with ``Typed`` that people type into it; ``guard`` asks here before it refuses an ended session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError

from lti_app.errors import InputError
from lti_app.services.current import CurrentLaunch
from lti_app.services.launches import kept_work
from lti_app.services.wiring import wiring
from lti_app.views import entries
from lti_app.views.errors import wants_json

MAX_BYTES = 512 * 1024  # of entries sent at once; Werkzeug takes no more of a form's fields either


@dataclass(frozen=True, slots=True)
class Typed:
    """What people send to a view: ``title`` names it to them, ``shows`` the fields whose words they would know
    it by (or the beginnings of their names, before a « : »). Files are not kept; ``without_file`` are the
    fields that make no sense when one is missing."""

    title: LazyString
    shows: tuple[str, ...] = ()
    without_file: tuple[str, ...] = ()


ENTRIES = Typed(_l("Évaluations"))


def keep(view: Callable, ended: CurrentLaunch) -> bool:
    """Keeps what the request would have changed, or the page it asked for. Whether it kept something typed."""
    typed: Typed | None = getattr(view, "typed", None)
    target = kept_work.Target(
        request.endpoint or "",
        {name: value for name, value in (request.view_args or {}).items() if name != "sid"},
        request.args.to_dict(flat=False),
    )
    if request.method == "GET":
        if getattr(view, "is_page", False) and not wants_json():
            with wiring().store.write() as session:
                kept_work.keep_page(session, ended, target, wiring().clock())
        return False
    if typed is None or request.method != "POST":
        return False
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return False
    return _entries(ended, target) if typed is ENTRIES else _form(ended, target)


def _entries(ended: CurrentLaunch, target: kept_work.Target) -> bool:
    if (request.content_length or 0) > MAX_BYTES:
        return False
    body: Any = request.get_json(silent=True)
    try:
        entries.from_json(body)
    except InputError:
        return False
    parts = wiring()
    with parts.store.write() as session:
        return kept_work.keep_entries(session, ended, target, body["entries"], parts.clock())


def _form(ended: CurrentLaunch, target: kept_work.Target) -> bool:
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    files = [file.filename for file in request.files.values() if file.filename]
    parts = wiring()
    with parts.store.write() as session:
        return kept_work.keep_form(session, ended, target, fields, files, parts.clock())
