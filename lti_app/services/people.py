"""How people are named and sorted on pages.

Names come raw in a launch and HTML-escaped in the roster (``services.roster`` unescapes them), and
not at all where the platform's privacy settings withhold them: then a stable label stands in.
"""

from __future__ import annotations

import unicodedata

from lti_app.models import User


def display_name(user: User) -> str:
    """« NOM Prénom » as French class lists have it; « Étudiant 1234 » when the name is withheld."""
    if user.family_name or user.given_name:
        return f"{user.family_name.upper()} {user.given_name}".strip()
    return user.name or f"Étudiant {user.sub}"


def spoken_name(user: User) -> str:
    """« Prénom Nom », for sentences."""
    full = f"{user.given_name} {user.family_name}".strip()
    return full or user.name or f"Étudiant {user.sub}"


def sort_key(user: User) -> tuple[str, str, int]:
    """Alphabetical as a French reader expects: accents and case do not count."""
    return (_plain(user.family_name or user.name), _plain(user.given_name), user.id)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
