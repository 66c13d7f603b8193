"""The security bar, row by row: each forged launch is refused, with its own reason, and leaves nothing.

The platform is a real one over HTTP; only its tokens are forged.
"""

from __future__ import annotations

import base64
import json
import threading
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from sqlalchemy import delete, func, select

from lti_app.demo import Lms
from lti_app.models import Course, Deployment, LaunchSession, LineItem, User
from lti_app.services.platforms import platform_keys
from lti_app.services.wiring import Wiring
from lti_app.views import compression
from tests.conftest import Clock
from tests.lti.conftest import ACTIVITY, PUPIL, TEACHER, Browser, code_of, register

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"


def stored(parts: Wiring) -> tuple[int, int]:
    """Rows of sessions and people."""
    with parts.store.read() as session:
        return tuple(  # type: ignore[return-value]
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (LaunchSession, User)
        )


def test_a_genuine_launch_enters_once(parts: Wiring, browser: Browser) -> None:
    response = browser.launch()
    assert response.status_code == 303
    assert stored(parts) == (1, 1)
    cookie = next(c for c in response.headers.getlist("Set-Cookie") if c.startswith("launch="))
    sid = response.location.split("/s/")[1].split("/")[0]
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "Secure",
        "HttpOnly",
        f"Path=/s/{sid}/",
        "SameSite=None",
        "Partitioned",
    }


class TestReplay:
    def test_the_same_token_twice(self, parts: Wiring, browser: Browser) -> None:
        """By « reload », or « back »: it says so, and blames no cookies."""
        login = browser.begin()
        token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
        assert browser.finish(login, token).status_code == 303
        assert code_of(browser.finish(login, token)) == "token_replayed"
        assert stored(parts) == (1, 1)

    def test_an_old_nonce_under_a_new_state(self, parts: Wiring, browser: Browser) -> None:
        first = browser.begin()
        token = browser.lms.id_token(TEACHER, ACTIVITY, first.nonce)
        assert browser.finish(first, token).status_code == 303
        assert code_of(browser.finish(browser.begin(), token)) == "token_nonce"

    def test_of_two_at_once_one_wins(self, parts: Wiring, browser: Browser) -> None:
        login = browser.begin()
        token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
        app = browser.client.application
        barrier, statuses = threading.Barrier(4), []

        def post() -> None:
            client = app.test_client()
            client.set_cookie(login.cookie, login.cookie_value, path="/lti/")
            barrier.wait()
            form = {"state": login.state, "id_token": token}
            statuses.append(client.post("/lti/launch", data=form).status_code)

        threads = [threading.Thread(target=post) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [303, 400, 400, 400]
        assert stored(parts) == (1, 1)

    def test_a_flood_of_bad_tokens_leaves_no_trace(self, parts: Wiring, browser: Browser) -> None:
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        kid = jwt.get_unverified_header(browser.lms.sign({}))["kid"]
        for _ in range(20):
            login = browser.begin()
            claims = browser.lms.launch_claims(TEACHER, ACTIVITY, login.nonce)
            forged = jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": kid})
            assert code_of(browser.finish(login, forged)) == "token_signature"
        assert stored(parts) == (0, 0)


class TestLoginCsrf:
    def test_no_state(self, browser: Browser) -> None:
        login = browser.begin()
        login.state = ""
        assert code_of(browser.finish(login, "a.b.c")) == "state_missing"

    def test_a_state_we_did_not_sign(self, browser: Browser) -> None:
        login = browser.begin()
        login.state = login.state[:-2] + ("AA" if login.state[-2:] != "AA" else "BB")
        assert code_of(browser.finish(login, "a.b.c")) == "state_invalid"

    def test_another_browser(self, app: Flask, browser: Browser) -> None:
        login = browser.begin()
        token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
        foreign = Browser(app, browser.lms)
        foreign.begin()
        assert code_of(foreign.finish(login, token)) == "state_foreign_browser"

    @pytest.mark.parametrize(("minutes", "entered"), [(9.9, True), (10.1, False)])
    def test_a_state_lives_ten_minutes(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch, minutes: float, entered: bool
    ) -> None:
        import time

        login = browser.begin()
        token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
        later = time.time() + 60 * minutes
        monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
        response = browser.finish(login, token)
        assert (response.status_code == 303) is entered
        if not entered:
            assert code_of(response) == "state_expired"

    def test_a_used_state(self, browser: Browser) -> None:
        login = browser.begin()
        token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
        assert browser.finish(login, token).status_code == 303
        again = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
        assert code_of(browser.finish(login, again)) == "token_replayed"


def _none(claims: dict[str, Any], lms: Lms, alg: str) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    kid = jwt.get_unverified_header(lms.sign({}))["kid"]
    return f"{part({'alg': alg, 'typ': 'JWT', 'kid': kid})}.{part(claims)}."


def _hs256_with_public_key(claims: dict[str, Any], lms: Lms) -> str:
    import hashlib
    import hmac

    kid = jwt.get_unverified_header(lms.sign({}))["kid"]
    client = lms.test_client()
    jwk = client.get("/mod/lti/certs.php").json["keys"][0]
    public = jwt.PyJWK(jwk).key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    token = _none(claims, lms, "HS256").rsplit(".", 1)[0]
    assert kid
    mac = hmac.new(public, token.encode(), hashlib.sha256).digest()
    return f"{token}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _tampered(claims: dict[str, Any], lms: Lms) -> str:
    head, _, signature = lms.sign(claims).split(".")
    claims = {**claims, "sub": "2"}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda c, lms: _none(c, lms, "none"), id="alg none"),
        pytest.param(lambda c, lms: _none(c, lms, "None"), id="alg None"),
        pytest.param(_hs256_with_public_key, id="HS256 with the public key"),
        pytest.param(_tampered, id="tampered payload"),
        pytest.param(lambda c, lms: lms.sign(c, kid="unknown"), id="unknown kid"),
        pytest.param(lambda c, lms: lms.sign(c, kid=None), id="no kid"),
    ],
)
def test_a_token_not_signed_by_the_platform(parts: Wiring, browser: Browser, forge: Any) -> None:
    login = browser.begin()
    claims = browser.lms.launch_claims(TEACHER, ACTIVITY, login.nonce)
    assert code_of(browser.finish(login, forge(claims, browser.lms))) == "token_signature"
    assert stored(parts) == (0, 0)


@pytest.mark.parametrize("member", ["jku", "x5u", "jwk"])
def test_a_header_that_points_elsewhere_is_never_followed(
    parts: Wiring, browser: Browser, member: str
) -> None:
    attacker = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(attacker.public_key()))
    login = browser.begin()
    claims = browser.lms.launch_claims(TEACHER, ACTIVITY, login.nonce)
    value = jwk if member == "jwk" else browser.lms.issuer + "/stolen-keys.json"
    forged = jwt.encode(claims, attacker, algorithm="RS256", headers={"kid": "x", member: value})
    assert code_of(browser.finish(login, forged)) == "token_signature"
    assert [call for call in browser.lms.calls if "stolen" in call.path] == []


def test_a_critical_extension_is_one_we_do_not_know(parts: Wiring, browser: Browser) -> None:
    login = browser.begin()
    header = {"crit": ["b64"], "b64": True}
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce, header=header)
    assert code_of(browser.finish(login, token)) == "token_signature"
    assert stored(parts) == (0, 0)


@pytest.mark.parametrize("spoiled", [".{}", "{}.", "={}", "{}=", " {}", "{}\n", "{}é"])
def test_a_token_of_other_characters_is_none(browser: Browser, spoiled: str) -> None:
    login = browser.begin()
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
    assert code_of(browser.finish(login, spoiled.format(token))) == "token_malformed"


def test_a_token_in_the_other_base64_is_none(browser: Browser) -> None:
    login = browser.begin()
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
    other = token.replace("-", "+").replace("_", "/")
    assert code_of(browser.finish(login, other)) == "token_malformed"


def test_the_page_that_says_back_what_was_posted_leaves_uncompressed(browser: Browser) -> None:
    """A foreign page's words and a secret in one compressed answer would tell of the secret (BREACH)."""
    form = browser.lms.launch_form(TEACHER, ACTIVITY)
    headers = {"Sec-Fetch-Dest": "iframe", "Accept-Encoding": "zstd, br, gzip"}
    page = browser.client.post("/lti/login", data=form, headers=headers)
    assert len(page.data) > compression.SMALLEST
    assert "Content-Encoding" not in page.headers


def test_keys_too_short_to_trust_do_not_count() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(short.public_key())) | {"kid": "short"}
    assert platform_keys._parse({"keys": [jwk]}) == {}


class TestMixUp:
    def test_a_token_of_one_client_on_the_state_of_another(
        self, parts: Wiring, browser: Browser
    ) -> None:
        register(parts, browser.lms, "second-client")
        login = browser.begin(client_id="second-client")
        token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
        assert code_of(browser.finish(login, token)) == "token_audience"

    def test_two_clients_of_one_issuer_both_enter(self, parts: Wiring, browser: Browser) -> None:
        register(parts, browser.lms, "second-client")
        assert browser.launch().status_code == 303
        login = browser.begin(client_id="second-client")
        token = browser.lms.id_token(
            TEACHER, ACTIVITY, login.nonce, overrides={"aud": "second-client"}
        )
        assert browser.finish(login, token).status_code == 303

    @pytest.mark.parametrize(
        ("claims", "entered"),
        [
            pytest.param({"aud": ["US"]}, True, id="a list of us"),
            pytest.param({"aud": ["US"], "azp": "US"}, True, id="with azp"),
            pytest.param({"aud": "US", "azp": "other"}, False, id="foreign azp"),
            pytest.param({"aud": ["US", "other"]}, False, id="several without azp"),
            pytest.param({"aud": ["US", "other"], "azp": "US"}, True, id="several with azp"),
            pytest.param(
                {"aud": ["other", "US"], "azp": "other"}, False, id="several, foreign azp"
            ),
            pytest.param({"aud": "other"}, False, id="foreign"),
            pytest.param({"aud": None}, False, id="none"),
            pytest.param({"iss": "http://127.0.0.1:1"}, False, id="foreign issuer"),
        ],
    )
    def test_audience_and_issuer(
        self, browser: Browser, claims: dict[str, Any], entered: bool
    ) -> None:
        ours = browser.lms.lms_config.client_id
        text = json.dumps(claims).replace("US", ours)
        response = browser.launch(overrides=json.loads(text))
        assert (response.status_code == 303) is entered
        if not entered:
            assert code_of(response) in ("token_audience", "unknown_platform")


@pytest.mark.parametrize(
    ("claim", "offset", "code"),
    [
        pytest.param("exp", -59, None, id="exp within the leeway"),
        pytest.param("exp", -60, "token_expired", id="exp at the leeway"),
        pytest.param("exp", -3600, "token_expired", id="exp an hour ago"),
        pytest.param("iat", 60, None, id="iat at the leeway"),
        pytest.param("iat", 61, "token_not_yet", id="iat after the leeway"),
        pytest.param("iat", -659, None, id="iat within the age"),
        pytest.param("iat", -660, "token_expired", id="iat too old"),
    ],
)
def test_times_at_their_boundaries(
    clock: Clock, browser: Browser, claim: str, offset: int, code: str | None
) -> None:
    value = int(clock().timestamp()) + offset
    response = browser.launch(overrides={claim: value})
    assert response.status_code == (303 if code is None else 400)
    if code:
        assert code_of(response) == code


@pytest.mark.parametrize("claim", ["exp", "iat", "nonce", "sub", CLAIM + "deployment_id"])
def test_a_required_claim_is_missing(browser: Browser, claim: str) -> None:
    response = browser.launch(overrides={claim: None})
    assert code_of(response) == {
        "exp": "token_malformed",
        "iat": "token_malformed",
        "nonce": "token_nonce",
    }.get(claim, "message_invalid")


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost:8080/lti/launch@evil.example/",
        "http://localhost:8080@evil.example/lti/launch",
        "http://localhost:8080.evil.example/lti/launch",
        "//evil.example/lti/launch",
        "http://localhost:8080\\@evil.example/lti/launch",
        "http://localhost:8080/%2e%2e/lti/launch",
        "http://localhost:8080//evil.example",
        "https://localhost:8080/lti/launch",
        "http://localhost:8081/lti/launch",
        "http://localhost:8080/s/other/",
        "javascript:alert(1)",
        "http://[::1/lti/launch",
    ],
)
def test_a_target_that_is_not_ours(browser: Browser, target: str) -> None:
    form = browser.lms.launch_form(TEACHER, ACTIVITY) | {"target_link_uri": target}
    refused = browser.client.post("/lti/login", data=form)
    assert code_of(refused) == "target_refused"
    assert (
        code_of(browser.launch(overrides={CLAIM + "target_link_uri": target})) == "target_refused"
    )


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        (["http://evil.example/x#Instructor"], "roles_missing"),
        (["Instructor"], "roles_missing"),
        ([], "roles_missing"),
        ([None, 3, {"a": 1}], "roles_missing"),
    ],
)
def test_roles_count_by_their_exact_uri(browser: Browser, roles: list[Any], code: str) -> None:
    assert code_of(browser.launch(overrides={CLAIM + "roles": roles})) == code


def test_a_system_administrator_administers(parts: Wiring, browser: Browser) -> None:
    uri = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
    assert browser.launch(overrides={CLAIM + "roles": [uri]}).status_code == 303
    with parts.store.read() as session:
        assert session.scalars(select(LaunchSession.roles)).one() == "administrator"


def test_a_warm_launch_calls_nobody(browser: Browser) -> None:
    assert browser.launch().status_code == 303
    browser.lms.faults.forget_calls()
    assert browser.launch(PUPIL).status_code == 303
    assert browser.lms.calls == []


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest", "http://127.0.0.1.evil.example/x", "//evil.example", "x://["],
)
def test_service_addresses_on_a_foreign_host_count_as_not_sent(
    parts: Wiring, browser: Browser, url: str
) -> None:
    ags = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
    nrps = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
    claims = {
        ags: {"lineitems": url, "lineitem": url, "scope": []},
        nrps: {"context_memberships_url": url},
    }
    assert browser.launch(overrides=claims).status_code == 303
    with parts.store.read() as session:
        course = session.scalars(select(Course)).one()
        assert (course.lineitems_url, course.memberships_url) == (None, None)
        assert session.scalars(select(LineItem)).all() == []


def test_a_platform_registered_without_a_deployment_keeps_the_first(
    parts: Wiring, browser: Browser
) -> None:
    with parts.store.write() as session:
        session.execute(delete(Deployment))
    assert browser.launch().status_code == 303
    other = browser.launch(overrides={CLAIM + "deployment_id": "2"})
    assert code_of(other) == "unknown_deployment"
