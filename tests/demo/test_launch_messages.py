"""The messages agree with those of a Moodle 4.5, field by field and value by value."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from lti_app.demo import Lms
from tests.demo.conftest import LogIn
from tests.demo.forms import hidden_form
from tests.demo.recorded import ADMIN, ELEVE1, PROF1, PROF2, TOOL, recording

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"


def initiation(browser: Any, path: str) -> tuple[str, dict[str, str]]:
    """What the frame posts to the tool first."""
    return hidden_form(browser.get(path).text)


def authorised(browser: Any, form: dict[str, str], **changes: str) -> tuple[str, dict[str, str]]:
    """What the frame posts to the tool after the tool's authentication request."""
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": form["client_id"],
        "redirect_uri": f"{TOOL}/launch",
        "state": "state-1",
        "nonce": "nonce-1",
        "login_hint": form["login_hint"],
        "lti_message_hint": form["lti_message_hint"],
        **changes,
    }
    return hidden_form(browser.get(f"/mod/lti/auth.php?{urlencode(query)}").text)


def comparable(claims: dict[str, Any]) -> dict[str, Any]:
    """Claims without what differs at every launch: times, nonce, random numbers."""
    found = json.loads(json.dumps(claims))
    for name in ("exp", "iat", "nonce"):
        assert found.pop(name)
    sourced = [(found.get(OUTCOME), "lis_result_sourcedid")]
    sourced.append((found[LTI + "custom"], "v_result_sourcedid"))
    for holder, key in sourced:
        if holder and holder.get(key):
            data = json.loads(holder[key])
            assert set(data) == {"data", "hash"}
            data["data"]["launchid"], data["hash"] = 0, "0" * len(data["hash"])
            holder[key] = data
    addresses = [(found[LTI + "launch_presentation"], "return_url")]
    addresses.append((found.get(DEEP_LINKING), "deep_link_return_url"))
    for holder, key in addresses:
        if holder and key in holder:
            query = parse_qs(urlsplit(holder[key]).query)
            query.pop("sesskey")
            holder[key] = [holder[key].split("?")[0], query]
    return found


@pytest.mark.parametrize(
    ("user", "name"),
    [
        pytest.param(PROF1, "02-launch-prof1", id="editing teacher"),
        pytest.param(PROF2, "02-launch-prof2", id="non-editing teacher"),
        pytest.param(ELEVE1, "02-launch-eleve1", id="student"),
        pytest.param(ADMIN, "02-launch-admin", id="administrator"),
    ],
)
def test_resource_link_launch_is_the_recorded_one(
    lms: Lms, browser: LogIn, user: int, name: str
) -> None:
    recorded = recording(name)
    chrome = browser(user)

    action, form = initiation(chrome, "/mod/lti/launch.php?id=2&triggerview=0")
    target, posted = authorised(chrome, form)
    claims = jwt.decode(posted["id_token"], options={"verify_signature": False})

    assert action == f"{TOOL}/login"
    assert without_launch_id(form) == without_launch_id(recorded["oidc_initiation_params"])
    assert target == f"{TOOL}/launch"
    assert sorted(posted) == recorded["form_fields_to_tool"]
    assert {**jwt.get_unverified_header(posted["id_token"]), "kid": ""} == {
        **recorded["id_token_header"],
        "kid": "",
    }
    assert comparable(claims) == comparable(recorded["id_token"])
    assert claims["exp"] - claims["iat"] == 60


def without_launch_id(form: dict[str, str]) -> dict[str, Any]:
    hint = json.loads(form["lti_message_hint"])
    stem = hint["launchid"].rstrip("0123456789")
    return {**form, "lti_message_hint": {**hint, "launchid": stem}}


def test_submission_review_is_the_recorded_one(browser: LogIn) -> None:
    recorded = recording("02-launch-submissionreview")
    chrome = browser(PROF1)

    _, form = initiation(chrome, "/mod/lti/launch.php?id=2&action=gradeReport&user=5")
    _, posted = authorised(chrome, form)
    claims = jwt.decode(posted["id_token"], options={"verify_signature": False})

    assert without_launch_id(form) == without_launch_id(recorded["init"])
    assert comparable(claims) == comparable(recorded["id_token"])


def test_deep_linking_request_is_the_recorded_one(lms: Lms, browser: LogIn) -> None:
    """Recorded before the tool had an activity in the course, hence without a roster."""
    recorded = recording("03-deeplinking-request-teacher")
    lms.store.execute("DELETE FROM activities")
    chrome = browser(PROF1)

    _, form = initiation(chrome, "/mod/lti/contentitem.php?id=1&course=2")
    _, posted = authorised(chrome, form)
    claims = jwt.decode(posted["id_token"], options={"verify_signature": False})

    assert without_launch_id(form) == without_launch_id(recorded["oidc_initiation"]["params"])
    assert comparable(claims) == comparable(recorded["id_token"])


def test_lineitem_claim_goes_away_with_a_second_column_on_the_link(lms: Lms) -> None:
    ags = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
    before = lms.launch_claims(PROF1, 1, "n")[ags]
    lms.gradebook.add_standalone_item(2, 1, "C1.2", 4, link_id=1)
    after = lms.launch_claims(PROF1, 1, "n")[ags]

    assert before.pop("lineitem") == lms.addresses.lineitem(2, 2, 1)
    assert after == before


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        pytest.param((False, True), "sendname=0 sendemailaddr=1", id="email only"),
        pytest.param((True, False), "sendname=1 sendemailaddr=0", id="name only"),
        pytest.param((False, False), "sendname=0 sendemailaddr=0", id="neither"),
    ],
)
def test_privacy_settings_hide_what_they_hid_in_moodle(
    lms: Lms, settings: tuple[bool, bool], name: str
) -> None:
    recorded = recording("02-05-privacy-and-names")[name]
    lms.store.enrol(2, 40)
    lms.set_tool(send_name=settings[0], send_email=settings[1])

    claims = lms.launch_claims(40, 1, "n")

    assert {key: claims.get(key) for key in recorded["launch"]} == recorded["launch"]
    assert claims[LTI + "ext"] == recorded["ext"]
    assert claims[LTI + "lis"] == recorded["lis"]
    assert {key: claims[LTI + "custom"][key] for key in recorded["custom"]} == recorded["custom"]


def test_tokens_can_be_forged_at_will(lms: Lms) -> None:
    """What the tool's security tests stand on."""
    forged = lms.id_token(
        ELEVE1,
        1,
        "nonce-1",
        overrides={"aud": ["a", "b"], "azp": "a", "exp": None},
        header={"kid": None, "jku": "http://localhost/evil"},
    )
    claims = jwt.decode(forged, lms.signer.private_key.public_key(), ["RS256"], audience="a")

    assert (claims["aud"], claims["azp"], claims["sub"]) == (["a", "b"], "a", "5")
    assert "exp" not in claims
    assert jwt.get_unverified_header(forged) == {
        "alg": "RS256",
        "typ": "JWT",
        "jku": "http://localhost/evil",
    }
