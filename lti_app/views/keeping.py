"""What is typed into a page whose session has ended is not lost: kept for the next launch (``views.resuming``).

A view says with ``Typed`` that people type into it; ``guard`` asks here before it refuses an ended session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app, request
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lti_app.errors import InputError, NotFound
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import assessing
from lti_app.services.current import CurrentLaunch
from lti_app.services.launches import kept_work
from lti_app.services.wiring import wiring
from lti_app.views import entries
from lti_app.views.errors import wants_json

if TYPE_CHECKING:
    from lti_app.services.classes.clashes import Based

SENT_ON = "kept"  # in the address of a form that is sent on: which one it was
MAX_BYTES = 500_000  # of entries sent at once; Werkzeug takes no more of a form's fields

Says = Callable[[MultiDict[str, str], "Framing | None"], Sequence[str]]


def words_of(*names: str) -> Says:
    """Tells what stands in these fields."""
    return lambda form, _framing: [text for name in names if (text := form.get(name, "").strip())]


NOTHING = words_of()


@dataclass(frozen=True, slots=True)
class Typed:
    """What people send to a view, named to them by ``title``.

    ``entries`` reads what would be recorded in the class; without it the form is kept as it was sent and
    ``says`` tells what is in it, line by line, and what the pressed button would do. ``via`` is the view that
    a kept form goes to in place of its own. Files are not kept; ``without_file`` are the fields that make no sense
    when one is missing.
    """

    title: LazyString
    says: Says = NOTHING
    entries: Callable[[Session, CurrentLaunch], Sequence[Based]] | None = None
    without_file: tuple[str, ...] = ()
    via: str = ""


def keep(view: Callable, ended: CurrentLaunch) -> bool:
    """Keeps what the request would have changed, or the page it asked for. Whether it kept something typed."""
    typed: Typed | None = getattr(view, "typed", None)
    args = {name: value for name, value in (request.view_args or {}).items() if name != "sid"}
    if request.method == "GET":
        if getattr(view, "is_page", False) and not wants_json():
            target = kept_work.Target(request.endpoint or "", args, _query(args))
            with wiring().store.write() as session:
                kept_work.keep_page(session, ended, target, wiring().clock())
        return False
    if typed is None or request.method != "POST":
        return False
    try:
        current_app.extensions["csrf"].protect()
        target = kept_work.Target(typed.via or request.endpoint or "", args, _query(args))
        return _entries(ended, target, typed.entries) if typed.entries else _form(ended, target)
    except (CSRFError, InputError, NotFound):
        return False


def _query(args: Mapping[str, object]) -> dict[str, list[str]]:
    """The address's query, but for names that mean something else to ``url_for``."""
    return {
        name: values
        for name, values in request.args.to_dict(flat=False).items()
        if name not in {"sid", "endpoint", SENT_ON, *args} and not name.startswith("_")
    }


def _entries(
    ended: CurrentLaunch,
    target: kept_work.Target,
    read: Callable[[Session, CurrentLaunch], Sequence[Based]],
) -> bool:
    if (request.content_length or 0) > MAX_BYTES:
        return False
    parts = wiring()
    with parts.store.write() as session:
        posted = read(session, ended)
        if any(len(one.entry.comment or "") > assessing.MAX_COMMENT for one in posted):
            return False
        kept = [entries.to_json(one) for one in posted]
        return not kept or kept_work.keep_entries(session, ended, target, kept, parts.clock())


def _form(ended: CurrentLaunch, target: kept_work.Target) -> bool:
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    files = [file.filename for file in request.files.values() if file.filename]
    parts = wiring()
    with parts.store.write() as session:
        return kept_work.keep_form(session, ended, target, fields, files, parts.clock())
