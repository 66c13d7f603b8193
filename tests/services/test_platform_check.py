"""The self-test at a platform that publishes nothing where Moodle does, or says there what it need not be held to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, redirect, request

from lti_app.demo import listen, serve
from lti_app.models import Platform
from lti_app.services.platforms import platform_check
from lti_app.services.platforms import registered as platforms
from lti_app.services.platforms.platform_check import Check
from lti_app.services.platforms.published import OPENID_CONFIGURATION
from tests.services.campus import Campus

ADDRESSES = ("auth-login-url", "jwks-url", "auth-token-url")


class Elsewhere(Flask):
    """A platform of another make. ``told`` is what stands where a Moodle publishes its addresses; ``login`` how its
    login page answers, ``status`` how all of it does. ``assertions`` are those it was sent."""

    def __init__(self, home: str, campus: Campus) -> None:
        super().__init__("elsewhere")
        self.home = home
        self.told: dict[str, Any] = {}
        self.login: tuple[str, int] = ("<p>Who are you?</p>", 200)
        self.status = 0
        self.assertions: list[str] = []
        self.before_request(self.busy)
        for path, view in {
            "/": lambda: "<p>Welcome</p>",
            "/login": lambda: self.login,
            "/wall": lambda: redirect("https://sso.example.org/?to=here"),
            "/keys": campus.lms.signer.jwks,
            "/ours": campus.parts.keys.jwks,
            "/other": lambda: {"keys": [{"kty": "RSA", "kid": "1", "n": "AQ", "e": "AQAB"}]},
            OPENID_CONFIGURATION: lambda: self.told or ("<p>Not found</p>", 404),
        }.items():
            self.add_url_rule(path, path, view)
        self.add_url_rule("/token", view_func=self.token, methods=["GET", "POST"])
        self.add_url_rule("/strict", view_func=self.token, methods=["POST"], endpoint="strict")

    def busy(self) -> Response | None:
        return Response("<p>Later</p>", self.status) if self.status else None

    def token(self) -> Any:
        if request.method == "GET" or not request.form.get("client_assertion"):
            return {"error": "invalid_request"}, 400
        self.assertions.append(request.form["client_assertion"])
        return {"access_token": "t", "expires_in": 3600, "scope": request.form["scope"]}

    def tells(self, home: str = "", **more: str) -> None:
        home = home or self.home
        self.told = {
            "issuer": self.home,
            "authorization_endpoint": home + "/login",
            "jwks_uri": home + "/keys",
            "token_endpoint": home + "/token",
            **more,
        }


@pytest.fixture
def elsewhere(campus: Campus) -> Iterator[Elsewhere]:
    with listen() as door:
        app = Elsewhere(door.url, campus)
        with serve(app, door):
            yield app


def checked(
    campus: Campus, elsewhere: Elsewhere, *, origins: str = "", **typed: str
) -> dict[str, Check]:
    """The self-test of a registration, by name; ``typed`` are paths there, or whole addresses."""
    return tried(campus, added(campus, elsewhere, origins=origins, **typed))


def tried(campus: Campus, row: Platform) -> dict[str, Check]:
    return {one.name: one for one in platform_check.check(campus.parts, row)}


def added(campus: Campus, elsewhere: Elsewhere, *, origins: str = "", **typed: str) -> Platform:
    paths = {"issuer": "", "login": "/login", "keys": "/keys", "token": "/token"} | typed
    urls = {
        name: path if path.startswith("http") else elsewhere.home + path
        for name, path in paths.items()
    }
    new = platforms.NewPlatform(
        name="Elsewhere",
        issuer=urls["issuer"],
        client_id=repr(sorted(typed.items())),
        deployment_ids=("1",),
        auth_login_url=urls["login"],
        auth_token_url=urls["token"],
        jwks_url=urls["keys"],
    )
    with campus.parts.store.write() as session:
        row: Platform = platforms.add(session, new, campus.parts.clock(), lab=True)
        row.origins = origins
        list(row.deployments)
    return row


def verdicts(checks: dict[str, Check], verdict: bool | None = False) -> dict[str, str]:
    """What is said of the addresses with that verdict."""
    return {
        name: one.said("en")
        for name, one in checks.items()
        if one.right is verdict and name != "deployment-id"
    }


@pytest.mark.parametrize("told", [False, True], ids=["nothing told", "told"])
def test_a_right_registration(campus: Campus, elsewhere: Elsewhere, told: bool) -> None:
    if told:
        elsewhere.tells()
    checks = checked(campus, elsewhere)
    assert sorted(verdicts(checks, True)) == sorted([*ADDRESSES, "client-id", "issuer"])
    assert checks["deployment-id"].right is None


def test_each_wrong_value_shows_in_what_answers_there(campus: Campus, elsewhere: Elsewhere) -> None:
    own = campus.parts.settings.public_url
    for typed, name, said in (
        ({"keys": own + "/lti/jwks"}, "jwks-url", "an address of this tool"),
        ({"keys": "/ours"}, "jwks-url", "gives the keys of this tool"),
        ({"keys": "/login"}, "jwks-url", "unreadable"),
        ({"keys": "/token"}, "jwks-url", "unreadable"),
        ({"login": own + "/lti/login"}, "auth-login-url", "an address of this tool"),
        ({"login": ""}, "auth-login-url", "the platform’s home page"),
        ({"login": "/"}, "auth-login-url", "the platform’s home page"),
        ({"login": "/token"}, "auth-login-url", "the access token address"),
        ({"login": "/keys"}, "auth-login-url", "the address of a key set"),
        ({"login": "/strict"}, "auth-login-url", "not for browsers"),
        ({"token": own + "/lti/jwks"}, "auth-token-url", "an address of this tool"),
        ({"token": "/keys"}, "auth-token-url", "gives no token"),
        ({"token": "/login"}, "auth-token-url", "this is the login address"),
        ({"issuer": own}, "issuer", "an address of this tool"),
    ):
        found = verdicts(checked(campus, elsewhere, **typed))
        assert [*found] == [name], typed
        assert said in found[name], typed


def test_login_and_token_address_in_each_others_place(campus: Campus, elsewhere: Elsewhere) -> None:
    found = verdicts(checked(campus, elsewhere, login="/token", token="/login"))
    assert [*found] == ["auth-login-url", "auth-token-url"]
    assert "answers as an access token address does" in found["auth-login-url"]
    assert elsewhere.assertions == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(("<p>Unknown hint</p>", 400), id="an error page"),
        pytest.param(("<p>Sign in</p>", 401), id="a login wall"),
        pytest.param(("<p>No</p>", 403), id="forbidden"),
        pytest.param(('{"errors": [{"message": "Invalid lti_message_hint"}]}', 400), id="data"),
        pytest.param(('["what", "else"]', 200), id="other data"),
    ],
)
def test_a_login_may_answer_nobody_as_it_likes(
    campus: Campus, elsewhere: Elsewhere, answer: tuple[str, int]
) -> None:
    elsewhere.login = answer
    assert verdicts(checked(campus, elsewhere)) == {}
    assert verdicts(checked(campus, elsewhere, login="/wall")) == {}


def test_a_login_that_says_errors_as_a_token_address_does(
    campus: Campus, elsewhere: Elsewhere
) -> None:
    """The token address is known to be another one."""
    elsewhere.login = ('{"error": "invalid_request"}', 400)
    checks = checked(campus, elsewhere)
    assert verdicts(checks) == {}
    assert "opening an activity will tell" in verdicts(checks, None)["auth-login-url"]


def test_a_platform_that_is_busy_has_nothing_wrong(campus: Campus, elsewhere: Elsewhere) -> None:
    elsewhere.status = 503
    checks = checked(campus, elsewhere)
    assert verdicts(checks) == {}
    assert sorted(verdicts(checks, None)) == sorted(ADDRESSES)
    assert all(said.startswith("not tried") for said in verdicts(checks, None).values())


class TestWhatIsToldIsNotAlwaysTheOnlyWay:
    def test_services_by_an_inner_name(self, campus: Campus, elsewhere: Elsewhere) -> None:
        """The token is given, and the keys are the same."""
        elsewhere.tells()
        inner = elsewhere.home.replace("127.0.0.1", "localhost")
        found = checked(campus, elsewhere, keys=inner + "/keys", token=inner + "/token")
        assert verdicts(found) == {}

    def test_keys_by_another_name_that_are_others(
        self, campus: Campus, elsewhere: Elsewhere
    ) -> None:
        elsewhere.tells()
        inner = elsewhere.home.replace("127.0.0.1", "localhost")
        found = verdicts(checked(campus, elsewhere, keys=inner + "/other"))
        assert found == {
            "jwks-url": f"{inner}/other, but this Moodle’s key set is {elsewhere.home}/keys"
        }

    def test_addresses_at_other_hosts_are_told(self, campus: Campus, elsewhere: Elsewhere) -> None:
        elsewhere.tells("https://sso.example.org")
        assert verdicts(checked(campus, elsewhere)) == {}

    def test_a_login_at_a_host_that_was_named(self, campus: Campus, elsewhere: Elsewhere) -> None:
        elsewhere.tells()
        inner = elsewhere.home.replace("127.0.0.1", "localhost")
        typed = {"login": inner + "/login"}
        assert [*verdicts(checked(campus, elsewhere, **typed))] == ["auth-login-url"]
        named = checked(campus, elsewhere, origins=inner, token=elsewhere.home + "/token", **typed)
        assert verdicts(named) == {}

    def test_a_value_of_another_moodle_is_the_one_that_is_wrong(
        self, campus: Campus, elsewhere: Elsewhere
    ) -> None:
        elsewhere.tells()
        other = campus.lms.issuer + "/mod/lti/auth.php"
        found = verdicts(checked(campus, elsewhere, login=other))
        assert found == {
            "auth-login-url": f"{other}, but this Moodle’s login page is {elsewhere.home}/login"
        }

    @pytest.mark.parametrize("odd", [{"issuer": 7}, {"jwks_uri": ["?"]}, {"token_endpoint": "x"}])
    def test_an_odd_document_says_nothing(
        self, campus: Campus, elsewhere: Elsewhere, odd: dict[str, Any]
    ) -> None:
        elsewhere.tells(**odd)
        assert verdicts(checked(campus, elsewhere)) == {}


def test_a_moodle_that_sends_others_names_to_its_own(campus: Campus, elsewhere: Elsewhere) -> None:
    """As a Moodle does with every page of it that is asked for by another name (``initialise_fullme``)."""
    own = elsewhere.home
    other = own.replace("127.0.0.1", "localhost")
    elsewhere.tells()

    @elsewhere.before_request
    def by_another_name() -> Any:
        named = request.host_url.rstrip("/") == own
        return None if named else redirect(own + request.path)

    found = verdicts(checked(campus, elsewhere, issuer=other))
    assert found == {"issuer": f"{other}, but this Moodle calls itself {own}"}


def test_a_circuit_that_is_open_leaves_the_token_untried(
    campus: Campus, elsewhere: Elsewhere
) -> None:
    """Unless nobody is there at all: then that is what is wrong."""
    for token, verdict in (("/token", None), ("http://127.0.0.1:9/token", False)):
        row = added(campus, elsewhere, token=token)
        campus.parts.circuits.unanswered(row.id, None, 600.0)
        assert [*verdicts(tried(campus, row), verdict)] == ["auth-token-url"]
    assert elsewhere.assertions == []
