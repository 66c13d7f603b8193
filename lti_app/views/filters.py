"""How pages write texts, numbers and moments: French typography, decimal comma, the launch's language.

Texts of ``config/`` and of Moodle are typed with plain apostrophes and spaces; pages set them as French
typography has them (Lexique des règles typographiques en usage à l'Imprimerie nationale).
"""

from __future__ import annotations

import functools
import re
from datetime import datetime
from decimal import Decimal

from babel import numbers
from flask import Flask
from flask_babel import format_datetime, format_decimal, get_locale, get_translations

from lti_app.services.wiring import wiring

NARROW = "\u202f"  # narrow no-break space
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_BEFORE = re.compile(r"[ \u00a0]+(?=[:;!?»](?:\W|$))")
_AFTER = re.compile(r"«[ \u00a0]+")


@functools.lru_cache(maxsize=4096)  # labels come again on every page
def typo(text: str) -> str:
    """The text with typographic apostrophes and narrow no-break spaces. Letters never change."""
    text = _APOSTROPHE.sub("’", text)
    text = _BEFORE.sub(NARROW, text)
    return _AFTER.sub("«" + NARROW, text)


def language() -> str:
    """The page's language, ``fr`` or ``en``."""
    locale = get_locale()
    return locale.language if locale else "fr"


def points(value: Decimal, places: int = 2) -> str:
    """A grade with a fixed number of decimals: « 10,40 »."""
    return _points(value, places, str(get_locale() or "fr"))


@functools.lru_cache(maxsize=8192)
def _points(value: Decimal, places: int, locale: str) -> str:
    """A class has few different grades, and Babel writes each anew."""
    return str(numbers.format_decimal(value, format="0." + "0" * places, locale=locale))


def amount(value: Decimal | int) -> str:
    """A number as short as it can be: « 20 », « 12,5 », « 1 000 »."""
    return str(format_decimal(value, format="#,##0.##"))


def day(moment: datetime) -> str:
    """« 12 nov. », « 12 nov. 2024 » in another year."""
    return _written(moment, "d MMM", "d MMM", "MMM d", "MMM d")


def moment(value: datetime) -> str:
    """« 12 nov. à 14:05 »."""
    return _written(value, "d MMM 'à' HH:mm", "d MMM", "MMM d, HH:mm", "MMM d")


def _written(value: datetime, fr: str, fr_day: str, en: str, en_day: str) -> str:
    this_year = wiring().clock().year == value.year
    full, short = (fr, fr_day) if language() == "fr" else (en, en_day)
    if this_year:
        return str(format_datetime(value, full))
    return str(format_datetime(value, full.replace(short, short + " y")))


def init_app(app: Flask) -> None:
    """Makes the filters known to every template."""
    app.jinja_env.filters.update(typo=typo, points=points, amount=amount, day=day, moment=moment)
    app.jinja_env.globals.update(language=language)
    app.jinja_env.install_gettext_callables(_said, _counted, newstyle=True)  # type: ignore[attr-defined]


def _counted(singular: str, plural: str, number: int) -> str:
    """Jinja itself fills in the numbers, with what it was given."""
    return str(get_translations().ungettext(singular, plural, number))


def _said(message: str) -> str:
    return _translated(message, language())


@functools.lru_cache(maxsize=8192)
def _translated(message: str, _language: str) -> str:
    """A page says a hundred texts, and Flask-Babel finds its way to the catalogue for each."""
    return str(get_translations().ugettext(message))
