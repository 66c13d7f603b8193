"""Findings: every kind has its wordings and is provoked by some test."""

import re
import string

import pytest

from referential.catalogue import CATALOGUE
from referential.findings import ReferentialError, ScaleError, Severity, finding, french
from tests.exporters.test_lint import LINTED
from tests.referential import test_case_json, test_moodle_csv, test_tabular
from tests.referential.test_text import DOUBTFUL, FATAL, HARMLESS, REPAIRED, STALE

ELSEWHERE = {
    "known_gap",  # test_text: test_a_known_gap_is_no_warning
    "uncoded_line",  # test_text: test_without_a_tier_by_position_every_line_needs_a_code
    "unreadable",  # test_text: test_files_that_cannot_be_read_are_findings
    "config_toml",  # test_overlay
    "config_missing",
    "config_unknown",
    "config_invalid",
}


READ = {
    *test_tabular.WRONG,
    *test_tabular.DOUBTFUL_TABLES,
    *test_tabular.HEADS,
    "too_many_nodes",  # test_tabular: test_a_table_without_end_is_no_referentiel
    *test_moodle_csv.BROKEN,
    *test_moodle_csv.NOTICED,
    *test_case_json.BROKEN,
    *test_case_json.NOTICED,
    "framework_taken",  # tests/services/referentials/test_importing.py
    # tests/services/referentials/test_spreadsheet.py
    "cell_formula",
    "cell_number",
    "cell_date",
    "cell_error",
    "sheet_ignored",
    "workbook_broken",
    "workbook_large",
}


def test_every_kind_is_provoked_by_a_test():
    tested = {*HARMLESS, *DOUBTFUL, *FATAL, *REPAIRED, *STALE, *LINTED, *READ, *ELSEWHERE}
    assert tested == set(CATALOGUE)


def blanks(text: str) -> set[str]:
    return {name.removesuffix("_en") for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("kind", CATALOGUE)
def test_both_languages_say_the_same_things(kind):
    severity, fr, en = CATALOGUE[kind]
    assert severity in Severity.__members__
    assert blanks(fr) == blanks(en)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_french_is_typeset(kind):
    text = french(CATALOGUE[kind][1])
    assert re.findall(r"(?<!\u202f)[:;!?»](?!\w)|«(?!\u202f)|'", text) == []


def test_a_message_is_given_in_the_language_asked_for():
    found = finding("duplicate_code", 3, code="A1.1", first=2)
    assert found.message("fr") == "Le code A1.1 figure déjà ligne 2."
    assert found.message("fr_CA") == "Le code A1.1 figure déjà ligne 2."
    assert found.message("en") == "The code A1.1 is already on line 2."


def test_what_the_file_says_is_quoted_as_it_is():
    found = finding("malformed_code", token="A{1}'x : y", expected="A1.1")
    assert "A{1}'x : y" in found.fr


def test_a_long_line_is_quoted_in_part():
    assert finding("page_header", 1, "x" * 500).excerpt == "x" * 79 + "…"


def test_an_exception_says_its_errors():
    error = ScaleError([finding("empty"), finding("page_header", 7)], "a.toml")
    assert isinstance(error, ReferentialError)
    assert str(error) == "a.toml: The file is empty."
