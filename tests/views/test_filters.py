"""Typography, numbers and moments, in the language of the launch."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale

from lti_app.views import filters

N = "\u202f"


@pytest.mark.parametrize(
    ("plain", "set_"),
    [
        pytest.param("l'offre d'emploi", "l’offre d’emploi", id="apostrophes"),
        pytest.param("' seule '", "' seule '", id="quotes-stay"),
        pytest.param("Pourquoi ? Parce que : oui ; non !", None, id="double-signs"),
        pytest.param("« mot »", f"«{N}mot{N}»", id="guillemets"),
        pytest.param("8 :30 et https://a.fr", "8 :30 et https://a.fr", id="not-inside-words"),
        pytest.param("déjà «\u00a0bien\u00a0»", f"déjà «{N}bien{N}»", id="wide-spaces"),
    ],
)
def test_typography(plain, set_):
    expected = set_ or f"Pourquoi{N}? Parce que{N}: oui{N}; non{N}!"
    assert filters.typo(plain) == expected


def test_typography_is_settled_once():
    once = filters.typo("l'« essai » : vrai ?")
    assert filters.typo(once) == once


@pytest.mark.parametrize(
    ("locale", "points", "amounts"),
    [
        ("fr", "8,50", ["20", "12,5", f"1{N}000"]),
        ("en", "8.50", ["20", "12.5", "1,000"]),
    ],
)
def test_numbers(app: Flask, locale, points, amounts):
    with app.test_request_context(), force_locale(locale):
        assert filters.points(Decimal("8.5")) == points
        assert [filters.amount(Decimal(n)) for n in ("20.00", "12.5", "1000")] == amounts


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        pytest.param("fr", ["24 nov.", "24 nov. 2024", "24 nov. à 09:05"], id="fr"),
        pytest.param("en", ["Nov 24", "Nov 24 2024", "Nov 24, 09:05"], id="en"),
    ],
)
def test_moments(app: Flask, locale, said):
    """In French time; the year only when it is another one (the clock stands in 2026)."""
    with app.test_request_context(), force_locale(locale):
        now, before = (datetime(year, 11, 24, 8, 5, tzinfo=UTC) for year in (2026, 2024))
        assert [filters.day(now), filters.day(before), filters.moment(now)] == said
