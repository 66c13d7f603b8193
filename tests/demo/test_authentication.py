"""auth.php refuses what Moodle refuses, in the same way."""

from typing import Any

import jwt
import pytest

from lti_app.demo import Lms, create_lms
from tests.demo.conftest import LogIn
from tests.demo.forms import hidden_form
from tests.demo.recorded import ELEVE1, PROF1, PROF2, TOOL, recorded_config
from tests.demo.test_launch_messages import authorised, initiation

LAUNCH = "/mod/lti/launch.php?id=2&triggerview=0"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"scope": "openid email"}, {"error": "invalid_scope"}, id="scope"),
        pytest.param(
            {"response_type": "code"}, {"error": "unsupported_response_type"}, id="response type"
        ),
        pytest.param(
            {"response_mode": "query"},
            {"error": "invalid_request", "error_description": "Invalid response_mode"},
            id="response mode",
        ),
        pytest.param(
            {"prompt": "login"},
            {"error": "invalid_request", "error_description": "Invalid prompt"},
            id="prompt",
        ),
        pytest.param({"client_id": "other"}, {"error": "unauthorized_client"}, id="client"),
        pytest.param({"login_hint": "4"}, {"error": "access_denied"}, id="another person"),
    ],
)
def test_errors_are_posted_to_the_tool(
    browser: LogIn, change: dict[str, str], error: dict[str, str]
) -> None:
    chrome = browser(PROF1)
    _, form = initiation(chrome, LAUNCH)
    if "scope" in change or "response_type" in change:
        # Moodle finds these before it knows the tool, and then has no address to post to
        answer = chrome.get("/mod/lti/auth.php", query_string={**request_of(form), **change})
        assert (answer.status_code, "Requête invalide" in answer.text) == (404, True)
        return

    target, posted = authorised(chrome, form, **change)

    assert (target, posted) == (f"{TOOL}/launch", {**error, "state": "state-1"})


def request_of(form: dict[str, str]) -> dict[str, str]:
    """A good authentication request for a login initiation."""
    return {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "client_id": form["client_id"],
        "redirect_uri": f"{TOOL}/launch",
        "nonce": "nonce-1",
        "login_hint": form["login_hint"],
        "lti_message_hint": form["lti_message_hint"],
    }


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"redirect_uri": f"{TOOL}/launch/"}, id="redirect not on the list"),
        pytest.param({"nonce": ""}, id="no nonce"),
        pytest.param({"lti_message_hint": "{}"}, id="no launch id"),
        pytest.param({"lti_message_hint": '{"launchid":"ltilaunch1_1"}'}, id="unknown launch"),
    ],
)
def test_what_has_no_address_to_go_to_is_an_error_page(
    browser: LogIn, change: dict[str, str]
) -> None:
    chrome = browser(PROF1)
    _, form = initiation(chrome, LAUNCH)
    answer = chrome.get("/mod/lti/auth.php", query_string={**request_of(form), **change})

    assert (answer.status_code, "Requête invalide" in answer.text) == (404, True)


def test_a_launch_is_fetched_once(browser: LogIn) -> None:
    chrome = browser(PROF1)
    _, form = initiation(chrome, LAUNCH)
    query = request_of(form)

    first = chrome.get("/mod/lti/auth.php", query_string=query)
    second = chrome.get("/mod/lti/auth.php", query_string=query)

    assert (first.status_code, second.status_code) == (200, 404)
    assert list(hidden_form(first.text)[1]) == ["id_token"]  # no state was asked for


def test_a_launch_of_one_person_is_unknown_to_another(browser: LogIn) -> None:
    _, form = initiation(browser(PROF1), LAUNCH)
    answer = browser(ELEVE1).get("/mod/lti/auth.php", query_string=request_of(form))

    assert answer.status_code == 404


def test_a_browser_without_its_cookie_is_sent_round_once_more(lms: Lms, browser: LogIn) -> None:
    chrome = browser(PROF1)
    _, form = initiation(chrome, LAUNCH)
    stripped = lms.test_client().get("/mod/lti/auth.php", query_string=request_of(form))
    action, fields = hidden_form(stripped.text)

    again = chrome.post("/mod/lti/auth.php", data=fields)

    assert (stripped.status_code, action) == (200, f"{lms.issuer}/mod/lti/auth.php")
    assert fields == {**request_of(form), "repost": "true"}
    claims = jwt.decode(hidden_form(again.text)[1]["id_token"], options={"verify_signature": False})
    assert claims["sub"] == str(PROF1)


def test_only_an_editing_teacher_may_choose_content(browser: LogIn) -> None:
    found = {}
    for user in (PROF1, PROF2, ELEVE1):
        chrome = browser(user)
        _, form = initiation(chrome, "/mod/lti/contentitem.php?id=1&course=2")
        answer = chrome.get("/mod/lti/auth.php", query_string=request_of(form))
        found[user] = answer.status_code

    assert found == {PROF1: 200, PROF2: 404, ELEVE1: 404}


def test_the_published_key_verifies_what_is_signed(lms: Lms, browser: LogIn) -> None:
    chrome = browser(ELEVE1)
    _, posted = authorised(chrome, initiation(chrome, LAUNCH)[1])
    key_set: Any = lms.test_client().get("/mod/lti/certs.php").json
    kid = jwt.get_unverified_header(posted["id_token"])["kid"]
    key = next(key for key in key_set["keys"] if key["kid"] == kid)

    claims = jwt.decode(
        posted["id_token"], jwt.PyJWK.from_dict(key).key, ["RS256"], audience="Ca03NOOOo7fSzNm"
    )

    assert claims["sub"] == str(ELEVE1)


def test_a_restart_keeps_the_key(tmp_path: Any) -> None:
    config = recorded_config(database=tmp_path / "lms.sqlite3")
    first = create_lms(config)
    first.store.close()
    second = create_lms(config)

    assert second.signer.kid == first.signer.kid
    second.store.close()
