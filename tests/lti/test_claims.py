"""Whatever a signed token holds, the answer is a page of ours: entered or refused, never a broken one."""

from __future__ import annotations

import json
from typing import Any

import jwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_app.errors import LtiError
from lti_app.services.lti import message, roles
from lti_app.services.lti.message import AGS_CLAIM, CLAIM, NRPS_CLAIM
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
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
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


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(claims=CLAIMS)
def test_any_claims_end_in_a_page(browser: Browser, claims: dict[str, Any]) -> None:
    login = browser.begin()
    said = browser.lms.launch_claims(TEACHER, ACTIVITY, login.nonce, overrides=claims)
    kid = jwt.get_unverified_header(browser.lms.sign({}))["kid"]
    key = browser.lms.signer.private_key
    token = jwt.PyJWS().encode(
        json.dumps(said).encode(), key, algorithm="RS256", headers={"kid": kid}
    )  # PyJWT itself refuses to write some of these claims
    response = browser.finish(login, token)
    if response.status_code != 303:
        assert code_of(response) != "broken"
        assert 400 <= response.status_code < 500


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
