"""The template reads back without a finding, the same from both kinds of file."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from lti_app.services.referentials import reading
from lti_app.services.referentials.reading import Upload
from lti_app.services.referentials.template import KINDS, template
from referential.rows import Known

NEW = Known("EXEMPLE", "Exemple")


def read(kind, language):
    return reading.read(Upload(f"modele.{kind}", template(kind, language)), NEW)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_reads_back_without_a_finding(kind, language):
    parsed = read(kind, language)
    assert parsed.findings == ()
    assert parsed.referential.counts() == {"B": 2, "A": 3, "C": 5}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_both_kinds_hold_the_same(language):
    assert read("csv", language).referential == read("xlsx", language).referential


def test_a_description_shows_what_it_is_for():
    node = read("csv", "fr").referential.node("C1.1.1")
    assert node.description == "Questions ouvertes, reformulation, compte rendu écrit."


def test_codes_typed_into_the_workbook_stay_text():
    sheet = load_workbook(io.BytesIO(template("xlsx", "fr"))).worksheets[0]
    assert {sheet.cell(row, column).number_format for row in (2, 900) for column in (1, 2)} == {"@"}
