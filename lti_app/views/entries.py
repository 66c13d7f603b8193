"""What a teacher sent, as entries to record: from the grid's scripts (JSON) or from a plain form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from lti_app.errors import InputError
from lti_app.services.assessing import Entry
from lti_app.services.framing import Framing


def from_json(body: Any) -> list[Entry]:
    """``{"entries": [{"learner": 12, "code": "C1.1.03.1", "level": 3, "comment": "…"}]}``.

    ``level`` null takes the judgement back, or goes with a ``mark`` (absent, exempt, not_evaluated);
    without ``comment`` the latest one stays; ``again`` judges anew with the level that is shown. Raises
    ``InputError`` for anything else.
    """
    entries = body.get("entries") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        raise InputError(_("L’envoi n’a pas la forme attendue. Rechargez la page."))
    return [_entry(entry) for entry in entries]


def from_form(form: Mapping[str, str], learner_id: int, framing: Framing) -> list[Entry]:
    """The competences whose fields differ from what the page showed.

    A field left alone is not an entry, so that a page opened an hour ago does not undo what a
    colleague entered since. Raises ``InputError`` for a level that is no number.
    """
    entries = []
    for node in framing.competences:
        level, before = form.get(f"level:{node.code}", ""), form.get(f"level-was:{node.code}", "")
        comment = _lines(form.get(f"comment:{node.code}", ""))
        comment_before = _lines(form.get(f"comment-was:{node.code}", ""))
        again = bool(level) and form.get(f"again:{node.code}") == "1"
        if (level, comment) == (before, comment_before) and not again:
            continue
        entries.append(
            Entry(
                learner_id,
                node.code,
                _level(level),
                comment if comment != comment_before else None,
                again=again,
            )
        )
    return entries


def _entry(entry: Any) -> Entry:
    match entry:
        case {"learner": int(learner), "code": str(code), "level": int() | None as level}:
            comment, mark = entry.get("comment"), entry.get("mark")
            again = entry.get("again", False)
            plain = not isinstance(learner, bool) and not isinstance(level, bool)
            words = all(text is None or isinstance(text, str) for text in (comment, mark))
            if plain and words and isinstance(again, bool):
                return Entry(learner, code, level, comment, mark, again)
    raise InputError(_("Une des saisies n’a pas la forme attendue. Rechargez la page."))


def _level(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 3):
        raise InputError(_("Le niveau « %(level)s » n’existe pas dans l’échelle.", level=text[:20]))
    return int(text)


def _lines(text: str) -> str:
    """Browsers send line ends as CR LF; the store keeps LF."""
    return text.replace("\r\n", "\n").strip()
