"""The doctor: one thing at a time is off, and exactly that is found, with where to switch it on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lti_app.clients.http import Http
from lti_app.clients.moodle_ws import BATCH, MoodleWs
from lti_app.services.moodle.checks import State
from lti_app.services.moodle.doctor import examine
from lti_app.services.moodle.doctor_texts import ADVICE, TITLES
from tests.services.moodle.refusals import COURSES, MANAGE, TEMPLATES, VIEW
from tests.services.moodle.server import FakeMoodle

ALL_KINDS = [
    "reachable",
    "address",
    "webservices",
    "rest",
    "token",
    "version",
    "functions_push",
    "functions_course",
    "functions_template",
    "functions_ratings",
    "fast",
    "competencies",
    "may_read",
    "may_manage",
    "may_make_templates",
    "may_link",
    "outcomes",
]
USUAL = {"address": "not_https", "outcomes": "outcomes_unknown"}
"""What is found in any Moodle of these tests: they run on http, and outcomes cannot be seen."""


def problems(ws: MoodleWs, course_id: int | None = 2) -> dict[str, str]:
    """What is not simply all right, by what was looked at; the usual left out."""
    found = {
        check.kind: check.problem
        for check in examine(ws, course_id=course_id)
        if check.state is not State.OK
    }
    return {kind: problem for kind, problem in found.items() if USUAL.get(kind) != problem}


def test_a_moodle_that_is_ready_passes_every_check_and_is_not_changed(
    ws: MoodleWs, moodle: FakeMoodle
) -> None:
    assert [check.kind for check in examine(ws, course_id=2)] == ALL_KINDS
    assert problems(ws) == {}
    assert (moodle.world.frameworks, moodle.world.templates) == ({}, {})


def test_without_a_course_nothing_is_said_about_one(ws: MoodleWs) -> None:
    assert "may_link" not in [check.kind for check in examine(ws)]


def off(name: str) -> Callable[[FakeMoodle], None]:
    def switch(moodle: FakeMoodle) -> None:
        setattr(moodle, name, False)

    return switch


def without(*capabilities: str) -> Callable[[FakeMoodle], None]:
    def take(moodle: FakeMoodle) -> None:
        moodle.world.capabilities -= set(capabilities)

    return take


def lacking(*functions: str) -> Callable[[FakeMoodle], None]:
    def take(moodle: FakeMoodle) -> None:
        moodle.functions -= set(functions)

    return take


def release(text: str) -> Callable[[FakeMoodle], None]:
    def change(moodle: FakeMoodle) -> None:
        moodle.release = text

    return change


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param(off("webservices"), {"webservices": "webservices_off"}, id="web services off"),
        pytest.param(off("rest"), {"rest": "rest_off"}, id="REST off"),
        pytest.param(
            off("competencies"), {"competencies": "competencies_off"}, id="competencies off"
        ),
        pytest.param(
            lacking("core_webservice_get_site_info"), {"token": "token_refused"}, id="poor service"
        ),
        pytest.param(
            lacking("core_competency_move_up_competency"),
            {"functions_push": "functions_missing"},
            id="a push function",
        ),
        pytest.param(
            lacking("core_competency_add_competency_to_course"),
            {"functions_course": "functions_missing"},
            id="a course function",
        ),
        pytest.param(
            lacking("core_competency_create_template"),
            {"functions_template": "functions_missing"},
            id="a template function",
        ),
        pytest.param(lacking(BATCH), {"fast": "fast_missing"}, id="grouped calls"),
        pytest.param(
            without(VIEW, MANAGE),
            {"may_read": "capability_missing", "may_manage": "capability_missing"},
            id="may not read",
        ),
        pytest.param(without(MANAGE), {"may_manage": "capability_missing"}, id="may not manage"),
        pytest.param(
            without(TEMPLATES), {"may_make_templates": "capability_missing"}, id="no templates"
        ),
        pytest.param(without(COURSES), {"may_link": "capability_missing"}, id="may not link"),
        pytest.param(release("3.9.2 (Build: 1)"), {"version": "version_old"}, id="old Moodle"),
        pytest.param(release("6.0 (Build: 1)"), {"version": "version_new"}, id="new Moodle"),
        pytest.param(release("dev"), {"version": "version_unknown"}, id="Moodle without number"),
    ],
)
def test_what_is_off_is_found(
    ws: MoodleWs, moodle: FakeMoodle, change: Callable[[FakeMoodle], None], found: dict[str, str]
) -> None:
    change(moodle)
    assert problems(ws) == found


def test_missing_functions_are_named_with_where_to_add_them(
    ws: MoodleWs, moodle: FakeMoodle
) -> None:
    lacking("core_competency_move_up_competency", "core_competency_move_down_competency")(moodle)
    (check,) = [one for one in examine(ws) if one.problem == "functions_missing"]
    assert check.advice("en") == (
        "Add these functions to the service: "
        "core_competency_move_up_competency, core_competency_move_down_competency."
    )
    assert check.url == f"{moodle.url}/admin/settings.php?section=externalservices"


def test_a_missing_capability_is_named_with_where_to_give_it(
    ws: MoodleWs, moodle: FakeMoodle
) -> None:
    without(MANAGE)(moodle)
    (check,) = [one for one in examine(ws) if one.problem == "capability_missing"]
    assert check.advice("fr").startswith(
        "Donnez la capacité moodle/competency:competencymanage à un rôle de l’utilisateur du jeton"
    )
    assert check.url == f"{moodle.url}/admin/roles/manage.php"


def test_a_moodle_under_another_address_is_told_which(ws: MoodleWs, moodle: FakeMoodle) -> None:
    moodle.wwwroot = "https://moodle.example"
    assert problems(ws) == {"address": "address_differs"}


def test_an_unknown_token_is_told(moodle: FakeMoodle) -> None:
    http = Http(lab=True)
    assert problems(MoodleWs(http, moodle.url, "x")) == {"token": "token_invalid"}
    http.close()


def test_no_answer_ends_the_visit() -> None:
    http = Http(lab=True)
    (check,) = examine(MoodleWs(http, "http://127.0.0.1:9", "x"))
    http.close()
    assert (check.kind, check.state, check.problem) == ("reachable", State.MISSING, "unreachable")


@pytest.mark.parametrize(
    "texts", [pytest.param(TITLES, id="titles"), pytest.param(ADVICE, id="advice")]
)
def test_both_languages_have_the_same_blanks(texts: dict[str, tuple[str, str]]) -> None:
    import string

    def blanks(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert {
        kind: blanks(french) ^ blanks(english) for kind, (french, english) in texts.items()
    } == {kind: set() for kind in texts}
