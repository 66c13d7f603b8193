"""« Vous » or « tu » to students, and the small formats of their pages: dates, names, sizes, hosts.

A text that addresses the student is written twice, ``you(_("Vos …"), _("Tes …"))``, because a verb cannot be
put together from pieces in any language. The course's teachers choose, else the service's setting.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from flask import Flask, g
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from lti_app.models import Situation
from lti_app.services.activities import course_choices
from lti_app.services.classes import people
from lti_app.services.portfolio import uploads
from lti_app.services.wiring import wiring


def informal() -> bool:
    """Whether the launch's course says « tu » to its students; read once a request."""
    if "informal" not in g:
        parts = wiring()
        with parts.store.read() as session:
            g.informal = course_choices.informal(
                session, g.launch.course_id, parts.settings.informal
            )
    return bool(g.informal)


def you(formal: str, familiar: str) -> str:
    """The one of two wordings that suits the course."""
    return familiar if informal() else formal


def calendar_day(value: date) -> str:
    """« 24 novembre 2026 »: a date without a moment, the same in every time zone."""
    return str(format_date(value, "long"))


def period(situation: Situation) -> str:
    """« du 4 janvier 2027 au 12 février 2027 », one date alone, or nothing."""
    begins, ends = situation.begins_on, situation.ends_on
    if begins and ends and begins != ends:
        return _("du %(first)s au %(last)s", first=calendar_day(begins), last=calendar_day(ends))
    one = begins or ends
    return calendar_day(one) if one else ""


def size(value: int) -> str:
    """« 340 ko », « 1,2 Mo »."""
    if value < 1_000_000:
        return _("%(size)s ko", size=format_decimal(max(value // 1000, 1)))
    return _("%(size)s Mo", size=format_decimal(value / 1_000_000, format="0.#"))


def host(url: str) -> str:
    """Where a link really leads, whatever its title says."""
    return urlsplit(url).hostname or ""


def init_app(app: Flask) -> None:
    """Makes them known to every template."""
    app.jinja_env.globals.update(
        you=you, upload_kinds=uploads.ACCEPT, upload_largest=uploads.MAX_SIZE
    )
    app.jinja_env.filters.update(
        calendar_day=calendar_day,
        period=period,
        file_size=size,
        url_host=host,
        spoken_name=people.spoken_name,
    )
