"""The administrator's guide names exactly what the code calls and needs."""

from __future__ import annotations

import re

import pytest

from lti_app.clients.moodle_ws import BATCH
from lti_app.services.moodle.functions import CAPABILITIES, FUNCTIONS
from tests.paths import ROOT

GUIDE = (ROOT / "docs" / "pousser-vers-moodle.md").read_text()
SOURCES = (ROOT / "lti_app" / "services" / "moodle").rglob("*.py")


def table(heading: str) -> dict[str, tuple[str, ...]]:
    """The rows of the table under a heading: the first cell, and the words in code of the second."""
    section = GUIDE.split(heading, 1)[1].split("\n#", 1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return {row[0].strip(): tuple(re.findall(r"`([^`]+)`", row[1])) for row in rows[2:]}


def test_the_guide_lists_the_functions() -> None:
    assert table("### Fonctions du service") == FUNCTIONS


def test_the_guide_lists_the_capabilities() -> None:
    needed = {purpose: names for purpose, names in CAPABILITIES.items() if names}
    assert table("### Capacités du compte") == needed


def test_every_function_that_is_called_is_listed() -> None:
    known = {name for names in FUNCTIONS.values() for name in names}
    called = {
        name
        for path in SOURCES
        for name in re.findall(
            r'"((?:core_competency|core_webservice|tool_lp|tool_mobile|report_competency)_\w+)"',
            path.read_text(),
        )
    }
    templated = {
        "core_competency_move_up_competency",
        "core_competency_move_down_competency",
        "core_competency_add_related_competency",
        "core_competency_remove_related_competency",
    }
    assert called | templated | {BATCH} == known


@pytest.mark.parametrize(
    "command", ["connect", "disconnect", "plan", "push", "doctor", "link-course", "template"]
)
def test_every_command_is_explained(command: str) -> None:
    assert f"competences moodle {command} " in GUIDE
