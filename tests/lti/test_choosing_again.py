"""An activity that says what does not exist here: students are told, teachers choose again."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from lti_app.services.lti.message import CLAIM
from lti_app.services.wiring import Wiring
from tests.lti.conftest import ADMINISTRATOR, ASSISTANT, PUPIL, TEACHER, Browser, code_of

LOST = {"scope": "X9.9", "grade_rule": "share_weighted", "coefficients": "P1:2"}
WEIGHED = {"scope": "P1", "grade_rule": "share_weighted", "coefficients": "Z1:2"}


def launch(browser: Browser, custom: dict[str, str], user: int = TEACHER) -> TestResponse:
    """A launch of the activity with these custom parameters instead of its own."""
    return browser.launch(user, overrides={CLAIM + "custom": custom})


def choose(browser: Browser, page: str, **form: Any) -> TestResponse:
    text = browser.client.get(page).text
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"referential": "bts-sio", "scale": "bts-sio-4", "maximum": "20", "csrf_token": token}
    return browser.client.post(page, data=data | form)


def scope_shown(browser: Browser, location: str) -> str:
    """The heading of the page that a launch leads to: what the activity covers."""
    page = browser.client.get(location, follow_redirects=True)
    assert page.status_code == 200
    return page.text.split("<main", 1)[0]


@pytest.mark.parametrize(
    ("custom", "sentence"),
    [
        pytest.param({"scope": "P1 X9.9"}, "« X9.9 »", id="part"),
        pytest.param({"referential": "bts-mco"}, "« bts-mco »", id="referential"),
        pytest.param({"scale": "five-stars"}, "« five-stars »", id="scale"),
        pytest.param({"maximum": "many"}, "« many »", id="maximum"),
        pytest.param({"grade_rule": "by-eye"}, "« by-eye »", id="rule"),
        pytest.param(WEIGHED, "« Z1 »", id="coefficient"),
        pytest.param({"scope": "<script>alert(1)</script>"}, "&lt;script&gt;", id="markup"),
    ],
)
@pytest.mark.parametrize("user", [TEACHER, ASSISTANT, ADMINISTRATOR])
def test_teachers_get_the_picker_and_are_told_why(
    browser: Browser, user: int, custom: dict[str, str], sentence: str
) -> None:
    location = launch(browser, custom, user).location
    assert location.endswith("/choose-again")
    page = browser.client.get(location)
    assert page.status_code == 200
    assert sentence in page.text.replace("«\u202f", "« ").replace("\u202f»", " »")
    assert 'name="each"' not in page.text


def test_students_are_told_to_ask_their_teacher(browser: Browser) -> None:
    refused = launch(browser, LOST, PUPIL)
    assert (refused.status_code, code_of(refused)) == (400, "link_settings")
    assert "X9.9" in refused.text


def test_the_choice_holds_for_everybody_and_for_later_launches(browser: Browser) -> None:
    page = launch(browser, LOST).location
    kept = choose(browser, page, scope=["D2.1", "D2.2"], maximum="10")
    assert kept.status_code == 303
    assert "D2.1" in scope_shown(browser, kept.location)
    for user in (TEACHER, PUPIL):
        again = launch(browser, LOST, user)
        assert again.status_code == 303
        assert not again.location.endswith("/choose-again")


def test_the_choice_ends_when_the_parameters_change_in_moodle(browser: Browser) -> None:
    page = launch(browser, LOST).location
    choose(browser, page, scope=["D2.1"])
    mended = launch(browser, {"scope": "P3"})
    assert not mended.location.endswith("/choose-again")
    assert "P3" in scope_shown(browser, mended.location)
    assert launch(browser, {"scope": "X8"}).location.endswith("/choose-again")


def test_rules_that_fit_the_choice_are_kept(browser: Browser) -> None:
    page = launch(browser, LOST).location
    kept = choose(browser, page, scope=["P1"])
    rules = browser.client.get(kept.location.rstrip("/") + "/rules").text
    assert "P1" in rules
    text = browser.client.get(kept.location, follow_redirects=True).text
    assert "L’ancienne règle de note" not in text


def test_rules_that_do_not_fit_give_way_and_the_teacher_is_told(browser: Browser) -> None:
    page = launch(browser, WEIGHED).location
    kept = choose(browser, page, scope=["P1"])
    text = browser.client.get(kept.location, follow_redirects=True).text
    assert "L’ancienne règle de note ne va pas avec ce choix" in text


def test_every_other_page_of_such_an_activity_leads_to_no_grade(browser: Browser) -> None:
    home = launch(browser, LOST).location.removesuffix("/choose-again")
    assert browser.client.get(home + "/").location.endswith("/choose-again")
    assert browser.client.get(home + "/class").status_code == 400


def test_an_activity_that_works_can_be_changed_too(browser: Browser) -> None:
    home = launch(browser, {"scope": "P1"}).location.rstrip("/")
    page = browser.client.get(home + "/choose-again").text
    assert 'value="P1" data-depth="0" checked' in page
    kept = choose(browser, home + "/choose-again", scope=["P2"])
    assert "P2" in scope_shown(browser, kept.location)


def test_a_choice_that_does_not_exist_changes_nothing(browser: Browser, parts: Wiring) -> None:
    page = launch(browser, LOST).location
    refused = choose(browser, page, scope=["Q1"])
    assert refused.status_code == 400
    home = launch(browser, LOST).location
    assert browser.client.get(home).location.endswith("/choose-again")


def test_a_student_is_told_also_after_a_teacher_looked_in(browser: Browser) -> None:
    launch(browser, LOST, PUPIL)
    launch(browser, LOST)
    first = launch(browser, LOST, PUPIL)
    refused = first if first.status_code == 400 else browser.client.get(first.location)
    assert (refused.status_code, code_of(refused)) == (400, "link_settings")


def test_the_plan_follows_the_form(browser: Browser) -> None:
    page = launch(browser, LOST).location
    token = browser.client.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"referential": "bts-sio", "scope": ["P1", "C2.1.01.1"], "csrf_token": token}
    answer = browser.client.post(page + "/plan.json", data=form).json
    assert [(one["title"], one["competences"]) for one in answer["activities"]] == [
        ("Compétences · P1, C2.1.01.1", 35)
    ]
