"""Dynamic registration: the recorded exchange with a Moodle 4.5, made again."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from lti_app.demo import Lms, create_lms
from lti_app.demo.registration import registration_token
from tests.demo.conftest import Clock, LogIn
from tests.demo.recorded import ADMIN, PROF1, TOOL_CONFIGURATION, recorded_config, recording

REQUEST = recording("01-registration-request")
ERRORS = recording("01-registration-errors")
ENDPOINT = "/mod/lti/openid-registration.php"


@pytest.fixture
def lms(clock: Clock) -> Iterator[Lms]:
    """An LMS that knows no tool yet."""
    lms = create_lms(recorded_config(with_tool=False), clock)
    yield lms
    lms.store.close()


def register(lms: Lms, body: Any, token: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token or registration_token(lms)}"}
    return lms.test_client().post(ENDPOINT, json=body, headers=headers)


def test_openid_configuration_is_the_recorded_one(lms: Lms) -> None:
    answer = lms.test_client().get("/mod/lti/openid-configuration.php")
    assert answer.json == recording("01-openid-configuration")


def test_a_registration_is_answered_as_recorded(lms: Lms) -> None:
    recorded = recording("01-registration-response")
    client_id = recorded["body"]["client_id"]
    answer = register(lms, REQUEST, registration_token(lms, client_id))

    assert answer.status_code == recorded["status"]
    assert answer.content_type == recorded["headers"]["Content-Type"]
    assert answer.json == recorded["body"]


def test_a_registered_tool_is_what_it_asked_to_be_and_waits(lms: Lms) -> None:
    register(lms, REQUEST)
    tool = lms.store.tools()[0]

    assert (tool.id, tool.active, tool.gradesync, tool.memberships, tool.toolsettings) == (
        1,
        False,
        2,
        True,
        True,
    )
    assert (tool.send_name, tool.send_email) == (True, True)
    assert tool.custom["withsemi"] == "a;b=c"  # stored whole, although answered cut
    assert tool.redirect_uris == ("http://127.0.0.1:9001/launch", "http://127.0.0.1:9001/dl")
    assert tool.deep_linking_url == "http://127.0.0.1:9001/launch?dl=1"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in REQUEST.items() if key != name}


def configured(**changes: Any) -> dict[str, Any]:
    merged = {**REQUEST[TOOL_CONFIGURATION], **changes}
    return {**REQUEST, TOOL_CONFIGURATION: {k: v for k, v in merged.items() if v is not None}}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        *(
            (f"missing {field}", without(field))
            for field in (
                "response_types",
                "initiate_login_uri",
                "redirect_uris",
                "client_name",
                "jwks_uri",
                "token_endpoint_auth_method",
                TOOL_CONFIGURATION,
            )
        ),
        ("missing domain", configured(domain=None)),
        ("domain mismatch", configured(domain="example.org")),
        ("auth method", {**REQUEST, "token_endpoint_auth_method": "client_secret_post"}),
        ("apptype", {**REQUEST, "application_type": "native"}),
        ("redirect_uris as string", {**REQUEST, "redirect_uris": "http://127.0.0.1:9001/launch"}),
        ("response_types code", {**REQUEST, "response_types": ["code"]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_errors_are_the_recorded_ones(lms: Lms, name: str, body: dict[str, Any]) -> None:
    answer = register(lms, body)
    found = [
        answer.status_code,
        answer.status.split(" ", 1)[1],
        answer.content_type,
        answer.text,
    ]
    assert found == ERRORS[name]
    assert lms.store.tools() == []


def test_tokens_are_needed_good_and_good_once(lms: Lms, clock: Clock) -> None:
    client = lms.test_client()
    token = registration_token(lms)
    old = registration_token(lms)
    answers = {
        "none": client.post(ENDPOINT, json=REQUEST),
        "garbage": register(lms, REQUEST, "garbage"),
        "first": register(lms, REQUEST, token),
        "second": register(lms, REQUEST, token),
    }
    clock.now += 3600
    answers["expired"] = register(lms, REQUEST, old)

    found = {name: answer.status_code for name, answer in answers.items()}
    assert found == {"none": 401, "garbage": 404, "first": 200, "second": 401, "expired": 404}
    assert answers["none"].text == ERRORS["no_auth"][3]
    assert answers["second"].text == "token_already_used"
    assert len(lms.store.tools()) == 1


def test_the_administrator_registers_activates_and_updates(lms: Lms, browser: LogIn) -> None:
    chrome = browser(ADMIN)
    with chrome.session_transaction() as session:
        key = session["sesskey"]

    def opened(**query: Any) -> dict[str, list[str]]:
        answer = chrome.get(
            "/mod/lti/startltiadvregistration.php", query_string={"sesskey": key, **query}
        )
        assert answer.status_code == 302
        address = urlsplit(answer.headers["Location"])
        assert f"{address.scheme}://{address.netloc}{address.path}" == "http://127.0.0.1:9001/reg"
        return parse_qs(address.query)

    first = opened(url="http://127.0.0.1:9001/reg?mine=a%26b")
    recorded = recording("01-openid-configuration")
    register(lms, REQUEST, first["registration_token"][0])
    chrome.post("/mod/lti/typessettings.php", data={"sesskey": key, "id": 1, "action": "accept"})
    activated = lms.store.tools()
    second = opened(url="http://127.0.0.1:9001/reg", type=1)
    updated = register(
        lms, {**REQUEST, "client_name": "Autre nom"}, second["registration_token"][0]
    )

    claims = jwt.decode(first["registration_token"][0], options={"verify_signature": False})
    assert first["mine"] == ["a&b"]
    assert first["openid_configuration"] == [
        f"{recorded['issuer']}/mod/lti/openid-configuration.php"
    ]
    assert (len(claims["sub"]), claims["scope"], claims["exp"] - claims["iat"]) == (15, "reg", 3600)
    assert [tool.active for tool in activated] == [True]
    assert updated.json["client_id"] == claims["sub"]
    assert [(tool.id, tool.name) for tool in lms.store.tools()] == [(1, "Autre nom")]


def test_a_known_site_is_asked_about_first(lms: Lms, browser: LogIn) -> None:
    register(lms, REQUEST)
    chrome = browser(ADMIN)
    with chrome.session_transaction() as session:
        form = {"sesskey": session["sesskey"], "url": "http://127.0.0.1:9001/reg"}

    asked = chrome.post("/mod/lti/toolconfigure.php", data=form).text
    decided = chrome.post("/mod/lti/toolconfigure.php", data={**form, "type": "1"}).text

    assert ("Mettre à jour" in asked, "<iframe" in asked) == (True, False)
    assert ("Mettre à jour" in decided, "<iframe" in decided) == (False, True)


@pytest.mark.parametrize("path", ["toolconfigure.php", "startltiadvregistration.php"])
def test_registration_is_the_administrators(browser: LogIn, path: str) -> None:
    chrome = browser(PROF1)
    with chrome.session_transaction() as session:
        query = {"sesskey": session["sesskey"], "url": "http://127.0.0.1:9001/reg"}
    assert chrome.get(f"/mod/lti/{path}", query_string=query).status_code == 403


def test_an_activity_without_its_tool_says_so(browser: LogIn) -> None:
    answer = browser(PROF1).get("/mod/lti/launch.php?id=2")
    assert (answer.status_code, "pas enregistré" in answer.text) == (404, True)
