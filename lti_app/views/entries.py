"""What a teacher sent, as entries to record: from the grid's scripts (JSON) or from a plain form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from lti_app.errors import InputError
from lti_app.services.activities.framing import Framing
from lti_app.services.classes.assessing import Entry
from lti_app.services.classes.clashes import Based
from referential.occasions import MARKS

MAX_NUMBER = 2**31  # of the ids that databases hold
SURROGATES = re.compile("[\ud800-\udfff]")  # halves of characters, which JSON may carry


def from_json(body: Any) -> list[Based]:
    """``{"entries": [{"learner": 12, "code": "C1.1.03.1", "level": 3, "mark": "absent", "comment": "…",
    "again": true, "base": 4711, "left": true}]}``.

    ``level`` null takes the judgement back, or goes with a ``mark``; without ``comment`` the latest one
    stays; ``base`` is the newest assessment that the page knew, ``left`` says that it was an earlier page's.
    Raises ``InputError`` for anything else.
    """
    entries = body.get("entries") if isinstance(body, dict) else None
    if not isinstance(entries, list):
        raise InputError(_("L’envoi n’a pas la forme attendue. Rechargez la page."))
    return [_entry(entry) for entry in entries]


def to_json(based: Based) -> dict[str, Any]:
    """An entry as ``from_json`` reads it."""
    entry = based.entry
    return {
        "learner": entry.learner_id,
        "code": entry.code,
        "level": entry.level,
        "mark": entry.mark,
        "comment": entry.comment,
        "again": entry.again,
        "base": based.base,
        "left": based.left,
    }


def from_form(form: Mapping[str, str], learner_id: int, framing: Framing) -> list[Based]:
    """The competences whose fields differ from what the page showed.

    A field left alone is not an entry, so that a page opened an hour ago does not undo what a
    colleague entered since. Raises ``InputError`` for a level that is no number.
    """
    base = _base(form)
    entries = []
    for node in framing.competences:
        level, before = form.get(f"level:{node.code}", ""), form.get(f"level-was:{node.code}", "")
        comment = _lines(form.get(f"comment:{node.code}", ""))
        comment_before = _lines(form.get(f"comment-was:{node.code}", ""))
        again = bool(level) and form.get(f"again:{node.code}") == "1"
        if (level, comment) == (before, comment_before) and not again:
            continue
        value, mark = _judged(level)
        words = comment if comment != comment_before else None
        entries.append(Based(Entry(learner_id, node.code, value, words, mark, again), base))
    return entries


def from_sitting(form: Mapping[str, str], code: str, learner_ids: Iterable[int]) -> list[Based]:
    """The students whose level on one competence differs from what the page showed."""
    base = _base(form)
    entries = []
    for learner_id in learner_ids:
        level, before = form.get(f"level:{learner_id}"), form.get(f"was:{learner_id}", "")
        if level is None or level == before:
            continue
        value, mark = _judged(level)
        entries.append(Based(Entry(learner_id, code, value, mark=mark), base))
    return entries


def _base(form: Mapping[str, str]) -> int | None:
    text = form.get("base", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _judged(text: str) -> tuple[int | None, str | None]:
    """A field's level or mark; empty takes the judgement back."""
    if text in MARKS:
        return None, text
    return _level(text), None


def _entry(entry: Any) -> Based:
    match entry:
        case {"learner": int(learner), "code": str(code), "level": int() | None as level}:
            comment, mark = entry.get("comment"), entry.get("mark")
            again, base = entry.get("again", False), entry.get("base")
            left = entry.get("left", False)
            plain = not any(isinstance(number, bool) for number in (learner, level, base))
            small = all(abs(number or 0) < MAX_NUMBER for number in (learner, level))
            marked = not mark or (mark in MARKS and level is None)
            based = base is None or (isinstance(base, int) and 0 <= base < MAX_NUMBER)
            if (
                plain
                and small
                and marked
                and based
                and _words(comment)
                and _words(code)
                and isinstance(again, bool)
                and isinstance(left, bool)
            ):
                return Based(Entry(learner, code, level, comment, mark or None, again), base, left)
    raise InputError(_("Une des saisies n’a pas la forme attendue. Rechargez la page."))


def _words(text: Any) -> bool:
    """Whether it is nothing, or a text that every database keeps."""
    if text is None:
        return True
    return isinstance(text, str) and "\0" not in text and not SURROGATES.search(text)


def _level(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 3):
        raise InputError(_("Le niveau « %(level)s » n’existe pas dans l’échelle.", level=text[:20]))
    return int(text)


def _lines(text: str) -> str:
    """Browsers send line ends as CR LF; the store keeps LF, and PostgreSQL no NUL."""
    return text.replace("\r\n", "\n").replace("\0", "").strip()
