"""A teacher places activities: the choice, the plan, and what the LMS makes of the answer."""

from __future__ import annotations

import json
from typing import Any

import jwt
import lxml.html
import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from lti_app.demo import listen, serve
from lti_app.demo.model import Launch
from lti_app.services.activities import deep_linking
from lti_app.services.activities.deep_linking import Choice
from lti_app.services.activities.framing import LinkSettings, settings_from_custom
from lti_app.services.referentials.catalogue import FILES
from lti_app.services.wiring import Wiring
from tests.demo.forms import hidden_form
from tests.lti.conftest import PUPIL, TEACHER, Browser, code_of, path_of

PICKER = "/mod/lti/contentitem.php?id=1&course=2"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"


def pick(browser: Browser, lms: FlaskClient | None = None) -> str:
    """The picker's address, opened by the teacher from the course."""
    response = browser.open(PICKER, lms_client=lms)
    assert response.status_code == 303, response.text
    return str(response.location)


def send(browser: Browser, base: str, **form: Any) -> TestResponse:
    page = browser.client.get(base).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = {"referential": "bts-sio", "scale": "bts-sio-4", "maximum": "20", "csrf_token": token}
    return browser.client.post(base, data=data | form)


def items_of(response: TestResponse) -> list[dict[str, Any]]:
    _action, fields = hidden_form(response.text)
    claims = jwt.decode(fields["JWT"], options={"verify_signature": False})
    return list(claims[DL + "content_items"])


def test_three_parts_become_three_activities_in_the_course(parts: Wiring, browser: Browser) -> None:
    lms = browser.enter_lms()
    base = pick(browser, lms)
    answer = send(browser, base, scope=["P1", "D2.1", "C1.1.03.1", "D1.2"], each="1", graded="1")
    items = items_of(answer)
    assert [item["title"] for item in items] == [
        "P1 Production de services",
        "D2.1 Exploitation des services",
    ]
    assert [item["custom"]["scope"] for item in items] == ["P1", "D2.1"]
    assert [item["lineItem"]["scoreMaximum"] for item in items] == [20.0, 20.0]
    assert [item["lineItem"]["resourceId"] for item in items] == ["bts-sio/P1", "bts-sio/D2.1"]

    action, fields = hidden_form(answer.text)
    with listen("localhost") as door, serve(browser.client.application, door):
        browser.lms.set_tool(jwks_url=door.url + "/lti/jwks")
        shown = lms.post(path_of(action), data=fields)
    assert shown.status_code == 200
    assert "Les 2 activités suivantes seront ajoutées" in shown.text
    assert "P1 Production de services" in shown.text


def test_a_choice_sent_after_the_session_ended_is_offered_again(browser: Browser, clock) -> None:
    base = pick(browser)
    token = browser.client.get(base).text.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"scope": ["P1", "P3"], "each": "1", "title": "Ateliers", "csrf_token": token}
    clock.forward(hours=13)
    data = {"referential": "bts-sio", "scale": "bts-sio-4", "maximum": "20", **form}
    assert browser.client.post(base, data=data).status_code == 401

    again = pick(browser)
    opened = browser.client.get(again)
    assert opened.location.endswith("/resume")
    page = browser.client.get(opened.location)
    kept = next(one for one in lxml.html.fromstring(page.text).forms if "/choose" in one.action)
    answer = browser.client.post(kept.action, data=MultiDict(kept.form_values()))
    assert [item["custom"]["scope"] for item in items_of(answer)] == ["P1", "P3"]
    assert browser.client.get(again).status_code == 200


def test_the_answer_is_signed_by_a_key_we_publish(parts: Wiring, browser: Browser) -> None:
    _action, fields = hidden_form(send(browser, pick(browser), graded="1").text)
    jwks = jwt.PyJWKSet.from_dict(browser.client.get("/lti/jwks").json)
    kid = jwt.get_unverified_header(fields["JWT"])["kid"]
    key = next(key for key in jwks.keys if key.key_id == kid)
    claims = jwt.decode(
        fields["JWT"],
        key,
        algorithms=["RS256"],
        audience=browser.lms.issuer,
        issuer=browser.lms.lms_config.client_id,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["https://purl.imsglobal.org/spec/lti/claim/message_type"] == (
        "LtiDeepLinkingResponse"
    )
    assert DL + "data" not in claims, "data is echoed only if the platform sent some"


def test_data_is_echoed_when_it_was_sent(clock) -> None:
    claims = deep_linking.response_claims("1", "iss", "us", {"data": "x<&>"}, [], clock())
    assert claims[DL + "data"] == "x<&>"


def test_an_item_says_all_that_a_platform_shows_of_it(parts: Wiring, browser: Browser) -> None:
    """Title, description, icon, and a column from which a student's page is reached (Deep Linking 2.0 §3.2,
    Submission Review 1.0 §3.2)."""
    (item,) = items_of(send(browser, pick(browser), scope=["P1", "C2.1.01.1"], graded="1"))
    url = parts.settings.public_url
    assert {name: value for name, value in item.items() if name != "custom"} == {
        "type": "ltiResourceLink",
        "url": f"{url}/lti/launch",
        "title": "Compétences · P1, C2.1.01.1",
        "text": item["text"],
        "icon": {"url": f"{url}/static/icon.svg", "width": 64, "height": 64},
        "lineItem": {
            "label": "Compétences · P1, C2.1.01.1",
            "scoreMaximum": 20.0,
            "tag": "competences",
            "resourceId": "bts-sio/P1/C2.1.01.1",
            "submissionReview": {
                "reviewableStatus": ["InProgress", "Completed"],
                "url": f"{url}/lti/review",
            },
        },
    }
    assert item["text"].startswith("P1 Production de services, C2.1.01.1 ")
    icon = browser.client.get("/static/icon.svg", buffered=True)
    assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml")


def test_without_a_choice_the_whole_referentiel_and_no_column(browser: Browser) -> None:
    (item,) = items_of(send(browser, pick(browser), title='TP <b>"1"</b>'))
    assert item["title"] == 'TP <b>"1"</b>'
    assert "lineItem" not in item
    assert item["custom"]["scope"] == ""


def test_the_rules_travel_with_the_activity(browser: Browser) -> None:
    base = pick(browser)
    chosen = {
        "mastery_rule": "decaying_average",
        "grade_rule": "mean_of_levels",
        "not_assessed": "left_out",
        "columns": "D",
    }
    page = lxml.html.fromstring(browser.client.get(base).text)
    offered = {
        name: [option.get("value") for option in page.get_element_by_id(name)] for name in chosen
    }
    assert all(value in offered[name] for name, value in chosen.items())
    (item,) = items_of(send(browser, base, scope=["P1"], graded="1", **chosen))
    assert item["custom"] == {
        "referential": "bts-sio",
        "scope": "P1",
        "scale": "bts-sio-4",
        "maximum": "20",
        **chosen,
    }


def test_a_student_cannot_place_an_activity(browser: Browser) -> None:
    user = browser.lms.store.user(PUPIL)
    tool = browser.lms.store.tool(1)
    assert user is not None
    form = browser.lms.start_launch(
        user, course_id=2, tool=tool, message_type="LtiDeepLinkingRequest"
    )
    login = browser.client.post("/lti/login", data=form, headers={"Sec-Fetch-Dest": "document"})
    nonce = login.location.split("nonce=")[1].split("&")[0]
    state = login.location.split("state=")[1].split("&")[0]
    launch = Launch("x", user.id, 2, 1, None, "LtiDeepLinkingRequest", None)
    token = browser.lms.signed(browser.lms.message(launch, user), nonce)
    refused = browser.client.post("/lti/launch", data={"state": state, "id_token": token})
    assert (refused.status_code, code_of(refused)) == (403, "not_a_teacher")


@pytest.mark.parametrize("path", ["class", "exports", "progress", "students/1"])
def test_a_choosing_session_opens_nothing_else(browser: Browser, path: str) -> None:
    base = pick(browser).removesuffix("/choose")
    assert browser.client.get(f"{base}/{path}").status_code == 403


def test_an_ordinary_launch_does_not_open_the_picker(browser: Browser) -> None:
    home = browser.launch().location
    assert browser.client.get(home.rstrip("/") + "/choose").status_code == 403


def test_the_answer_needs_the_csrf_token(app, browser: Browser) -> None:
    base = pick(browser)
    refused = browser.client.post(base, data={"referential": "bts-sio"})
    assert (refused.status_code, code_of(refused)) == (400, "csrf")


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"maximum": "-1"}, "-1"),
        ({"maximum": "abc"}, "abc"),
        ({"scope": ["X9"]}, "X9"),
        ({"scale": "../secret"}, "../secret"),
        ({"referential": "other"}, "other"),
    ],
)
def test_a_wrong_choice_is_named(browser: Browser, form: dict[str, Any], said: str) -> None:
    refused = send(browser, pick(browser), **form)
    assert refused.status_code == 400
    assert said in refused.text.replace("&#39;", "'")


def test_the_plan_is_what_is_sent(browser: Browser) -> None:
    base = pick(browser)
    page = browser.client.get(base).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"scope": ["P1", "P2"], "each": "1", "graded": "1", "csrf_token": token}
    planned = browser.client.post(base + "/plan.json", data=form).json["activities"]
    sent = items_of(send(browser, base, scope=["P1", "P2"], each="1", graded="1"))
    assert [p["title"] for p in planned] == [s["title"] for s in sent]
    assert [p["competences"] for p in planned] == [34, 28]


def test_custom_parameters_read_back_to_the_same_settings() -> None:
    settings = LinkSettings(scope=("P1", "D2.1"))
    (activity,) = deep_linking.plan(Choice(settings), FILES)
    (item,) = deep_linking.content_items([activity], "http://localhost:8080")
    assert settings_from_custom(json.loads(json.dumps(item["custom"])), FILES) == settings


def test_a_submission_review_opens_that_student(browser: Browser, parts: Wiring) -> None:
    browser.launch(PUPIL)
    login = browser.begin()
    claims = browser.lms.launch_claims(TEACHER, 1, login.nonce, for_user_id=PUPIL)
    response = browser.finish(login, browser.lms.sign(claims))
    assert response.status_code == 303
    assert "/students/" in response.location
    page = browser.client.get(response.location)
    assert "ABADIE Chloé" in page.text


def test_of_several_activities_each_may_do_without_a_column(browser: Browser) -> None:
    base = pick(browser)
    page = browser.client.get(base).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"scope": ["P1", "D2.1", "P3"], "each": "1", "graded": "1", "ungraded": "D2.1"}
    planned = browser.client.post(base + "/plan.json", data=form | {"csrf_token": token}).json
    assert [(p["key"], p["graded"]) for p in planned["activities"]] == [
        ("P1", True),
        ("D2.1", False),
        ("P3", True),
    ]
    items = items_of(send(browser, base, **form))
    assert [item["custom"]["scope"] for item in items if "lineItem" in item] == ["P1", "P3"]


def test_without_the_columns_box_no_activity_has_one(browser: Browser) -> None:
    items = items_of(send(browser, pick(browser), scope=["P1", "P2"], each="1"))
    assert [item["title"] for item in items if "lineItem" in item] == []
    assert len(items) == 2
