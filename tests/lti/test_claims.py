"""Whatever a signed token holds, the answer is a page of ours: entered or refused, never a broken one."""

from __future__ import annotations

import json
import sys
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_app.errors import LtiError
from lti_app.models import LaunchSession
from lti_app.services.lti import message, roles
from lti_app.services.lti.message import AGS_CLAIM, CLAIM, NRPS_CLAIM
from lti_app.services.wiring import Wiring
from tests.lti.conftest import ACTIVITY, TEACHER, Browser, code_of

NAMES = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "iss",
    "aud",
    "azp",
    "exp",
    "iat",
    "nonce",
    AGS_CLAIM,
    NRPS_CLAIM,
    *(
        CLAIM + name
        for name in (
            "roles",
            "context",
            "resource_link",
            "custom",
            "launch_presentation",
            "deployment_id",
            "message_type",
            "version",
            "target_link_uri",
            "for_user",
            "lis",
        )
    ),
]
ODD = ["\ud800", "Ch\udc00loé", "\x00", "a\x00b", "x" * 3000, 10**400, -(10**400)]
ODD += [float("inf"), float("nan"), 1e308, "https://[", "http://a]b", "9" * 5000, "$", "é"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(ODD),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "title", "lineitem", "lineitems", "scope", "locale", "maximum"])
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
CLAIMS = st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1, max_size=4)


def launched(browser: Browser, claims: dict[str, Any]) -> TestResponse:
    """A genuine launch but for these claims."""
    login = browser.begin()
    said = browser.lms.launch_claims(TEACHER, ACTIVITY, login.nonce, overrides=claims)
    kid = jwt.get_unverified_header(browser.lms.sign({}))["kid"]
    key = browser.lms.signer.private_key
    token = jwt.PyJWS().encode(
        written(said).encode(), key, algorithm="RS256", headers={"kid": kid}
    )  # PyJWT itself refuses to write some of these claims
    return browser.finish(login, token)


def written(value: Any) -> str:
    """As JSON, with numbers that Python by itself refuses to write."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(value)
    finally:
        sys.set_int_max_str_digits(before)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(claims=CLAIMS)
def test_any_claims_end_in_a_page(browser: Browser, claims: dict[str, Any]) -> None:
    response = launched(browser, claims)
    if response.status_code != 303:
        assert code_of(response) != "broken"
        assert 400 <= response.status_code < 500


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        pytest.param({"iat": 10**400}, "token_malformed", id="iat of 400 digits"),
        pytest.param({"iat": -(10**400)}, "token_malformed", id="iat of 400 digits below zero"),
        pytest.param({"exp": 10**5000}, "token_malformed", id="exp of 5000 digits"),
        pytest.param({"exp": float("inf")}, "token_malformed", id="exp that is no number"),
        pytest.param({"family_name": "Ab\ud83d"}, "token_malformed", id="half a character"),
        pytest.param({"given_name": "A\x00b"}, "token_malformed", id="NUL"),
        pytest.param({CLAIM + "custom": {"a": "\x00"}}, "token_malformed", id="NUL within"),
        pytest.param({CLAIM + "custom": {"\udc00": "1"}}, "token_malformed", id="half a name"),
        pytest.param({CLAIM + "custom": {"a": float("nan")}}, "token_malformed", id="NaN"),
        pytest.param({AGS_CLAIM: {"scope": ["\x00"]}}, "token_malformed", id="NUL in a scope"),
        pytest.param({CLAIM + "deployment_id": ["1"]}, "message_invalid", id="deployment list"),
        pytest.param({CLAIM + "deployment_id": {}}, "message_invalid", id="deployment object"),
        pytest.param({CLAIM + "deployment_id": ""}, "message_invalid", id="no deployment"),
        pytest.param({CLAIM + "context": {"id": "x" * 3000}}, "message_invalid", id="long course"),
        pytest.param(
            {CLAIM + "resource_link": {"id": "x" * 3000}}, "message_invalid", id="long activity"
        ),
    ],
)
def test_what_cannot_be_kept_is_refused(
    browser: Browser, claims: dict[str, Any], code: str
) -> None:
    response = launched(browser, claims)
    assert (response.status_code, code_of(response)) == (400, code)


@pytest.mark.parametrize("told", ["javascript:alert(1)", "data:text/html,x", "//x.example", 7])
def test_a_link_leads_back_to_an_address_only(browser: Browser, parts: Wiring, told: Any) -> None:
    presentation = CLAIM + "launch_presentation"
    assert launched(browser, {presentation: {"return_url": told}}).status_code == 303
    with parts.store.read() as session:
        assert session.scalars(select(LaunchSession.return_url)).all() == [None]


def test_a_character_that_is_escaped_in_two_halves_is_kept(browser: Browser) -> None:
    assert "\\ud83d\\ude00" in written("\N{GRINNING FACE}")
    assert launched(browser, {"family_name": "Ab\N{GRINNING FACE}"}).status_code == 303


@settings(max_examples=100, deadline=None)
@given(claims=CLAIMS)
def test_reading_claims_gives_a_message_or_a_reason(claims: dict[str, Any]) -> None:
    base: dict[str, Any] = {"sub": "5", CLAIM + "context": {"id": "2"}}
    try:
        said = message.read(base | claims)
    except LtiError as error:
        assert error.code in {"context_missing", "message_invalid"}
        return
    assert said.sub
    assert said.context_id
    assert all(isinstance(scope, str) for scope in said.ags_scopes)


@given(uris=st.lists(JSON, max_size=6))
def test_only_the_standard_uris_are_roles(uris: list[Any]) -> None:
    assert roles.of_launch(uris) == roles.of_launch(
        [u for u in uris if isinstance(u, str) and u.startswith("http://purl.imsglobal.org/")]
    )


@given(prefix=st.text(max_size=12), suffix=st.text(max_size=12))
def test_a_role_with_anything_around_it_is_none(prefix: str, suffix: str) -> None:
    uri = roles.MEMBERSHIP + "Instructor"
    found = roles.of_launch([prefix + uri + suffix])
    assert bool(found) is (prefix + suffix == "")
