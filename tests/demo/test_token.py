"""The token endpoint: the assertions once shown to a Moodle 4.5, shown again over HTTP."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
import requests

from lti_app.demo import Lms, create_lms, listen, serve
from lti_app.demo import vocabulary as v
from tests.demo.conftest import Clock, ToolKeys
from tests.demo.recorded import recorded_config, recording

RECORDED = recording("06-token-endpoint")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALL = f"{v.SCOPE_SCORE} {v.SCOPE_LINEITEM} {v.SCOPE_LINEITEM_READ} {v.SCOPE_RESULT} {v.SCOPE_NRPS}"

Claims = dict[str, Any]


@pytest.fixture
def served(clock: Clock, tool_keys: ToolKeys) -> Iterator[Lms]:
    """The recorded Moodle's twin on a real port, knowing the tool's real key set."""
    with listen() as door:
        lms = create_lms(recorded_config(issuer=door.url, tool_jwks_url=tool_keys.url), clock)
        with serve(lms, door):
            yield lms
        lms.store.close()


def good(lms: Lms) -> Claims:
    now = int(lms.clock())
    url = f"{lms.issuer}/mod/lti/token.php"
    return {
        "iss": "Ca03NOOOo7fSzNm",
        "sub": "Ca03NOOOo7fSzNm",
        "aud": url,
        "jti": "jti-1",
        "iat": now - 5,
        "exp": now + 60,
    }


def ask(lms: Lms, assertion: str, **changes: str) -> requests.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": v.SCOPE_SCORE,
        **changes,
    }
    return requests.post(f"{lms.issuer}/mod/lti/token.php", data=form, timeout=5)


def answered(answer: requests.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        body = answer.text
    if isinstance(body, dict) and "access_token" in body:
        assert len(body["access_token"]) == 32
        body["access_token"] = "…"
    return {
        "status": answer.status_code,
        "reason": answer.reason,
        "content_type": answer.headers["Content-Type"],
        "link": None,
        "body": body,
    }


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


def with_(**changes: Any) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **changes}


def moved(**changes: int) -> Callable[[Claims], Claims]:
    """Claims moved in time, relative to what they are."""
    return lambda claims: {**claims, **{k: claims[k] + by for k, by in changes.items()}}


@pytest.mark.parametrize(
    ("name", "change", "form"),
    [
        ("ok", with_(), {"scope": ALL}),
        ("partial scope (1 good, 1 unknown)", with_(), {"scope": f"{v.SCOPE_SCORE} https://x/y"}),
        ("unknown scope only", with_(), {"scope": "https://x/y"}),
        ("scope openid", with_(), {"scope": "openid"}),
        ("empty scope", with_(), {"scope": ""}),
        ("bo scope", with_(), {"scope": v.SCOPE_OUTCOME}),
        ("aud=garbage", with_(aud="garbage"), {}),
        ("no aud", without("aud"), {}),
        ("no jti", without("jti"), {}),
        ("no exp", without("exp"), {}),
        ("expired", moved(exp=-61, iat=-120), {}),
        ("expired 100s", moved(exp=-160, iat=-200), {}),
        ("no iat", without("iat"), {}),
        ("iss other", with_(iss="other"), {}),
        ("no iss", without("iss"), {}),
        ("sub unknown", with_(sub="unknown"), {}),
        ("no sub", without("sub"), {}),
        ("exp 1 year", moved(exp=365 * 86400), {}),
        ("grant wrong", with_(), {"grant_type": "password"}),
        ("assertion type wrong", with_(), {"client_assertion_type": "x"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_assertions_are_answered_as_recorded(
    served: Lms,
    tool_keys: ToolKeys,
    name: str,
    change: Callable[[Claims], Claims],
    form: dict[str, str],
) -> None:
    assertion = tool_keys.sign(change(good(served)))
    assert answered(ask(served, assertion, **form)) == RECORDED[name]


@pytest.mark.parametrize("name", ["wrong kid", "no kid", "bad signature", "HS256"])
def test_bad_signatures_are_answered_as_recorded(
    served: Lms, tool_keys: ToolKeys, name: str
) -> None:
    claims = good(served)
    assertion = {
        "wrong kid": lambda: tool_keys.sign(claims, header={"kid": "other"}),
        "no kid": lambda: tool_keys.sign(claims, header={}),
        "bad signature": lambda: served.sign(claims, kid=tool_keys.kid),
        "HS256": lambda: jwt.encode(
            claims, "0" * 32, algorithm="HS256", headers={"kid": tool_keys.kid}
        ),
    }[name]()
    answer = answered(ask(served, assertion))

    assert answer == RECORDED[name]


def test_a_clock_ahead_of_the_platforms_is_refused(served: Lms, tool_keys: ToolKeys) -> None:
    """No leeway: what was issued 30 seconds from now cannot be used yet."""
    answer = answered(ask(served, tool_keys.sign(moved(iat=35)(good(served)))))
    wording = RECORDED["iat future 30s"]["body"]["error"].rsplit(" ", 1)[0]

    assert answer["status"] == 400
    assert answer["body"]["error"].rsplit(" ", 1)[0] == wording


@pytest.mark.parametrize("name", ["GET", "JSON content-type"])
def test_only_a_posted_form_is_read(served: Lms, tool_keys: ToolKeys, name: str) -> None:
    url = f"{served.issuer}/mod/lti/token.php"
    answer = (
        requests.get(url, timeout=5)
        if name == "GET"
        else requests.post(url, json={"grant_type": "client_credentials"}, timeout=5)
    )
    assert answered(answer) == RECORDED[name]


def test_a_rotated_key_works_at_once_and_a_known_one_is_not_fetched_again(
    served: Lms, tool_keys: ToolKeys
) -> None:
    before = tool_keys.fetched
    first = [ask(served, tool_keys.sign(good(served))).status_code for _ in range(2)]
    fetched = tool_keys.fetched - before
    old, tool_keys.kid = tool_keys.kid, "tool-key-2"
    try:
        rotated = ask(served, tool_keys.sign(good(served))).status_code
    finally:
        tool_keys.kid = old

    assert (first, fetched, rotated) == ([200, 200], 1, 200)


def test_a_token_opens_the_services_until_it_expires(
    served: Lms, tool_keys: ToolKeys, clock: Clock
) -> None:
    granted = ask(served, tool_keys.sign(good(served)), scope=v.SCOPE_NRPS)
    bearer = json.loads(granted.text)["access_token"]
    url = served.addresses.memberships(2, 1)

    def roster() -> int:
        headers = {"Authorization": f"Bearer {bearer}"}
        return requests.get(url, headers=headers, timeout=5).status_code

    fresh = roster()
    clock.now += 3600
    assert (fresh, roster()) == (200, 401)
