"""Why a grade or a class list did not come through, in sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from lti_app.services.classes import roster
from lti_app.services.grades import columns, sync_texts
from lti_app.services.sync.job import Reason


@pytest.mark.parametrize(
    ("name", "locale", "begins"),
    [
        pytest.param("Chloé Abadie", "fr", "La note de Chloé Abadie n’a pas", id="consonant"),
        pytest.param("Anaïs Roy", "fr", "La note d’Anaïs Roy n’a pas", id="vowel"),
        pytest.param("Éloïse Roy", "fr", "La note d’Éloïse Roy n’a pas", id="accent"),
        pytest.param("50 % Max", "fr", "La note de 50 % Max n’a pas", id="percent-sign"),
        pytest.param("Anaïs Roy", "en", "The grade of Anaïs Roy could not be sent", id="english"),
    ],
)
def test_a_sentence_names_the_learner(app: Flask, name, locale, begins):
    with app.test_request_context(), force_locale(locale):
        assert sync_texts.grade_sentence("learner_gone", name).startswith(begins)


def test_every_reason_of_the_worker_has_its_sentence():
    """A new reason cannot forget its words."""
    said = r'(?:None, |error = )"((?:column|platform)_[a-z_]+)"'
    looking = set(re.findall(said, Path(columns.__file__).read_text()))
    assert {str(reason) for reason in Reason} | looking <= set(sync_texts.GRADES)


def test_every_reason_of_the_roster_has_its_sentence():
    reasons = set(re.findall(r'"(roster_\w+)"', Path(roster.__file__).read_text()))
    assert reasons == set(sync_texts.ROSTER)
