"""What people type into forms, made fit to be kept: line ends, control characters, lengths, dates."""

from __future__ import annotations

import unicodedata
from datetime import date

from flask_babel import gettext as _

from lti_app.errors import InputError


def line(text: str, most: int) -> str:
    """One line, its white space made single, cut at ``most`` characters."""
    return " ".join(paragraphs(text, most * 2).split())[:most].strip()


def paragraphs(text: str, most: int) -> str:
    """Several lines with plain line ends and no control characters (PostgreSQL keeps no NUL). Raises
    ``InputError`` beyond ``most`` characters, since cutting what somebody wrote would lose it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc").strip()
    if len(text) > most:
        raise InputError(
            _("Ce texte a %(count)s caractères, au plus %(most)s.", count=len(text), most=most)
        )
    return text


def day(text: str) -> date | None:
    """A date as browsers send it (``2026-11-24``); None for nothing. Raises ``InputError``."""
    text = text.strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InputError(_("« %(text)s » n’est pas une date.", text=text[:20])) from error
    if not 1990 <= found.year <= 2100:
        raise InputError(_("L’année %(year)s ne convient pas.", year=found.year))
    return found


def period(begins: str, ends: str) -> tuple[date | None, date | None]:
    """Two dates in order, each optional. Raises ``InputError``."""
    first, last = day(begins), day(ends)
    if first and last and last < first:
        raise InputError(_("La date de fin précède la date de début."))
    return first, last
