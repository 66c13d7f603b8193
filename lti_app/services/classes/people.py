"""How people are named and sorted on pages.

Names come raw in a launch and HTML-escaped in the roster (``services.classes.roster`` unescapes them), and
not at all where the platform's privacy settings withhold them: then a stable label stands in.
"""

from __future__ import annotations

import hashlib
import unicodedata

from flask_babel import gettext as _

from lti_app.models import User

MAX_NUMBER = 10  # characters of an identifier that people can still tell apart


def display_name(user: User) -> str:
    """« NOM Prénom » as French class lists have it; « Étudiant 1234 » when the name is withheld."""
    if user.family_name or user.given_name:
        return f"{user.family_name.upper()} {user.given_name}".strip()
    return user.name or _label(user)


def spoken_name(user: User) -> str:
    """« Prénom Nom », for sentences."""
    full = f"{user.given_name} {user.family_name}".strip()
    return full or user.name or _label(user)


def author_name(user: User | None, source: str) -> str:
    """Who said something, for histories; what was said in Moodle's own pages says so."""
    name = spoken_name(user) if user else ""
    if source != "moodle":
        return name
    return _("%(name)s, dans Moodle", name=name) if name else "Moodle"


def _label(user: User) -> str:
    """The same at each reading: Moodle's number of the person, or six characters made from a longer one."""
    number = user.sub
    if len(number) > MAX_NUMBER:
        number = hashlib.sha256(number.encode()).hexdigest()[:6].upper()
    return _("Étudiant %(number)s", number=number)


def sort_key(user: User) -> tuple[str, str, int]:
    """Alphabetical as a French reader expects: accents and case do not count."""
    return (_plain(user.family_name or user.name), _plain(user.given_name), user.id)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
