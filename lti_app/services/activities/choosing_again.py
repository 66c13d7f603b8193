"""Activities whose custom parameters name what does not exist here: let in, so that a teacher can mend them.

Such parameters come with a course from another service, or with a référentiel that lost a part. They are
kept as they were said; what a teacher then chooses is kept as a change made in the tool
(``services.activities.link_settings``), and holds until the parameters themselves change.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_app.errors import InputError
from lti_app.models import ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import LinkSettings, parse_custom
from lti_app.services.grades import rule_settings, rules_in_force

KEYS = ("referential", "scope", "scale", "maximum", *rule_settings.KEYS)
MAX_WORDS = 20_000  # characters of one parameter that are kept


def said(custom: Mapping[str, Any]) -> dict[str, Any]:
    """What custom parameters say, as it is stored. What cannot even be read is kept as words, under
    a référentiel without a name, which resolves to nothing."""
    given = [(key, str(custom[key])[:MAX_WORDS]) for key in KEYS if custom.get(key)]
    return dict(_said(tuple(given)))


@functools.lru_cache(maxsize=512)
def _said(given: tuple[tuple[str, str], ...]) -> Mapping[str, Any]:
    words = dict(given)
    try:
        return parse_custom(words).to_json()
    except InputError:
        return {"referential": "", "words": words}


def problem(session: Session, link: ResourceLink) -> str:
    """Why the activity cannot be shown, as a sentence; empty when it can."""
    words = link.settings.get("words")
    try:
        if words is not None:
            parse_custom(words)
        link_settings.framing(session, link)
    except InputError as error:
        return str(error)
    return ""


def choose(session: Session, link: ResourceLink, chosen: LinkSettings, now: datetime) -> bool:
    """Keeps a teacher's choice of parts, scale and maximum, with the rules that the activity had.

    Whether those rules fit; if not, the usual ones hold. Raises ``InputError`` for a choice that does
    not exist here.
    """
    link_settings.framing(session, link, chosen)
    fits = True
    try:
        with_rules = replace(chosen, rules=link_settings.current(link).rules)
        link_settings.framing(session, link, with_rules)
        chosen = with_rules
    except InputError:
        fits = False
    link_settings.change(link, chosen)
    session.flush()
    rules_in_force.take_effect(session, link, now)
    return fits
