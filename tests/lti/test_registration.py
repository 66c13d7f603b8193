"""One pasted address connects an LMS; without a fresh invitation nothing is registered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti_app.demo import Lms, LmsConfig, create_lms, listen, serve
from lti_app.demo.registration import registration_address, registration_token
from lti_app.errors import LtiError
from lti_app.models import Invitation, Platform
from lti_app.services.lti.hosts import own_hosts
from lti_app.services.registration import configuration, invitations
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.demo.forms import hidden_form
from tests.demo.recorded import MOODLE, recording
from tests.factories import platform_row
from tests.lti.conftest import Browser, code_of, path_of

CONFIGURATION = "/mod/lti/openid-configuration.php"  # Moodle's


@pytest.fixture
def stranger(parts: Wiring) -> Iterator[Lms]:
    """An LMS that does not know the tool yet."""
    with listen() as door:
        config = LmsConfig(
            issuer=door.url,
            tool_url=parts.settings.public_url,
            enabled=True,
            purpose="tests",
            with_tool=False,
        )
        lms = create_lms(config, clock=lambda: parts.clock().timestamp())
        with serve(lms, door):
            yield lms


def invite(parts: Wiring, *, approve: bool = False) -> str:
    with parts.store.write() as session:
        secret = invitations.invite(session, parts.clock(), approve=approve)
    return invitations.address(parts.settings.public_url, secret)


def opened(lms: Lms, address: str) -> str:
    """The address as the LMS opens it, with its configuration and a token."""
    return path_of(registration_address(lms, address, registration_token(lms)))


def platforms(parts: Wiring) -> list[Platform]:
    with parts.store.read() as session:
        return list(session.scalars(select(Platform)))


@pytest.mark.parametrize(("approve", "status"), [(False, "pending"), (True, "active")])
def test_the_lms_and_the_tool_know_each_other(
    parts: Wiring, client: FlaskClient, stranger: Lms, approve: bool, status: str
) -> None:
    page = client.get(opened(stranger, invite(parts, approve=approve)))
    assert page.status_code == 200
    assert stranger.issuer in page.text
    assert platforms(parts) == []

    address = page.request.path
    _action, fields = hidden_form(page.text)
    done = client.post(address, data=fields)
    assert done.status_code == 200, done.text

    (platform,) = platforms(parts)
    tool = stranger.store.tools()[0]
    assert (platform.issuer, platform.status) == (stranger.issuer, status)
    assert platform.client_id == tool.client_id
    assert platform.jwks_url == stranger.issuer + "/mod/lti/certs.php"
    assert tool.initiate_login_uri == "http://localhost:8080/lti/login"
    assert (tool.gradesync, tool.send_email) == (2, False)


def test_a_pending_platform_launches_only_once_approved(
    parts: Wiring, app, client: FlaskClient, stranger: Lms
) -> None:
    page = client.get(opened(stranger, invite(parts)))
    client.post(page.request.path, data=hidden_form(page.text)[1])
    browser = Browser(app, stranger)
    tool = stranger.store.tools()[0]
    activity = stranger.add_activity(2, "Compétences", type_id=tool.id)
    form = stranger.launch_form(3, activity.id)
    assert code_of(browser.client.post("/lti/login", data=form)) == "platform_pending"
    with parts.store.write() as session:
        session.scalars(select(Platform)).one().status = "active"
    assert browser.launch(3, activity.id).status_code == 303


def test_it_can_be_framed_by_who_asks_and_nobody_else(
    parts: Wiring, client: FlaskClient, stranger: Lms
) -> None:
    page = client.get(opened(stranger, invite(parts)))
    policy = page.headers["Content-Security-Policy"]
    ancestors = next(p for p in policy.split("; ") if p.startswith("frame-ancestors"))
    assert ancestors == f"frame-ancestors 'self' {stranger.issuer}"


class TestInvitations:
    def test_one_registers_once(self, parts: Wiring, client: FlaskClient, stranger: Lms) -> None:
        address = invite(parts)
        page = client.get(opened(stranger, address))
        fields = hidden_form(page.text)[1]
        assert client.post(path_of(address), data=fields).status_code == 200
        again = client.post(
            path_of(address), data=fields | {"registration_token": registration_token(stranger)}
        )
        assert (again.status_code, code_of(again)) == (410, "invitation_used")
        assert len(platforms(parts)) == 1

    def test_an_unknown_one(self, client: FlaskClient, stranger: Lms) -> None:
        refused = client.get(opened(stranger, "http://localhost:8080/lti/register/guess"))
        assert (refused.status_code, code_of(refused)) == (404, "invitation_unknown")

    def test_an_old_one(
        self, parts: Wiring, client: FlaskClient, stranger: Lms, clock: Clock
    ) -> None:
        address = invite(parts)
        clock.forward(days=7)
        assert code_of(client.get(opened(stranger, address))) == "invitation_expired"

    def test_a_refusal_leaves_it_whole(
        self, parts: Wiring, client: FlaskClient, stranger: Lms
    ) -> None:
        address = invite(parts)
        page = client.get(opened(stranger, address))
        fields = hidden_form(page.text)[1]
        refused = client.post(path_of(address), data=fields | {"registration_token": "garbage"})
        assert code_of(refused) == "registration_refused"
        assert client.post(path_of(address), data=fields).status_code == 200

    def test_only_a_hash_is_kept(self, parts: Wiring) -> None:
        address = invite(parts)
        with parts.store.read() as session:
            row = session.scalars(select(Invitation)).one()
        assert address.rsplit("/", 1)[1] not in row.secret_hash
        assert row.expires_at - row.created_at == timedelta(days=7)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("", "configuration_invalid", id="none"),
        pytest.param("http://127.0.0.1:1/x", "configuration_unreachable", id="nobody there"),
        pytest.param("file:///etc/passwd", "configuration_unreachable", id="a file"),
        pytest.param("http://u:p@127.0.0.1/x", "configuration_unreachable", id="with a user"),
        pytest.param("{lms}/mod/lti/certs.php", "configuration_invalid", id="another document"),
        pytest.param("https://[", "configuration_unreachable", id="no address at all"),
        pytest.param("{lms}/nothing", "configuration_unreachable", id="not found"),
    ],
)
def test_a_configuration_that_will_not_do(
    parts: Wiring, client: FlaskClient, stranger: Lms, url: str, code: str
) -> None:
    address = path_of(invite(parts))
    query = {"openid_configuration": url.format(lms=stranger.issuer)}
    assert code_of(client.get(address, query_string=query)) == code
    assert platforms(parts) == []


@pytest.mark.parametrize("url", ["https://[", "https://x;script-src *", "https://a@b", ""])
def test_no_address_of_a_stranger_breaks_the_page_or_its_policy(
    client: FlaskClient, url: str
) -> None:
    refused = client.post("/lti/register/guess", data={"openid_configuration": url})
    assert (refused.status_code, code_of(refused)) == (404, "invitation_unknown")
    policy = refused.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self';" in policy + ";"
    assert "script-src *" not in policy


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://["},
        {"issuer": "file:///x"},
        {"jwks_uri": "https://["},
        {configuration.PLATFORM: {"messages_supported": 5}, "token_endpoint": 5},
        {"authorization_server": "http://victim.example.org/mod/lti/token.php"},
        {"authorization_server": "victim.example.org"},
        {"authorization_server": "127.0.0.1:9@victim.example.org"},
        {"authorization_server": "urn:nobody"},
    ],
)
def test_a_document_that_says_nonsense(change: dict[str, object]) -> None:
    home = "http://127.0.0.1:9"
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
    document = {"issuer": home, **{name: f"{home}/{name}" for name in names}}
    assert configuration.read(document, home + "/c", lab=True).issuer == home
    with pytest.raises(LtiError, match="configuration_invalid"):
        configuration.read(document | change, home + "/c", lab=True)


def test_a_platform_in_several_places() -> None:
    """As Canvas: one issuer for all, the document and the endpoints elsewhere. The invitation must name them."""
    document = {
        "issuer": "http://canvas.example.org",
        "authorization_endpoint": "http://sso.example.org/authorize",
        "token_endpoint": "http://sso.example.org/token",
        "jwks_uri": "http://sso.example.org/jwks",
        "registration_endpoint": "http://school.example.org/registrations",
    }
    url = "http://sso.example.org/openid-configuration"
    named = ("http://canvas.example.org", "http://school.example.org")
    found = configuration.read(document, url, lab=True, origins=named)
    assert found.issuer == "http://canvas.example.org"
    for some in ((), named[:1], named[1:]):
        with pytest.raises(LtiError, match="configuration_invalid"):
            configuration.read(document, url, lab=True, origins=some)
    # Canvas tells a host's name alone
    for audience in ("sso.example.org", "http://school.example.org/token", *named):
        told = document | {"authorization_server": audience}
        found = configuration.read(told, url, lab=True, origins=named)
        assert found.auth_audience == audience


@pytest.mark.parametrize("audience", [None, "", 5, ["http://victim.example.org"]])
def test_without_another_audience_tokens_are_asked_of_the_token_endpoint(audience: object) -> None:
    told = recording("01-openid-configuration") | {"authorization_server": audience}
    found = configuration.read(told, MOODLE + CONFIGURATION, lab=True)
    assert found.auth_audience is None


class TestTwoMoodlesOnOneHost:
    """``https://host/moodle-a`` and ``https://host/moodle-b`` belong to two schools."""

    ONE, OTHER = MOODLE + "/moodle-a", MOODLE + "/moodle-b"

    def told(self, **change: str) -> dict[str, Any]:
        """What a Moodle 4.5 in a subdirectory says."""
        text = json.dumps(recording("01-openid-configuration"))
        return json.loads(text.replace(MOODLE, self.ONE)) | change

    def read(self, document: dict[str, Any], *named: str) -> configuration.PlatformConfiguration:
        return configuration.read(document, self.ONE + CONFIGURATION, lab=True, origins=named)

    @pytest.mark.parametrize("slash", ["", "/"])
    def test_its_own_addresses_are_below_its_issuer(self, slash: str) -> None:
        found = self.read(self.told(issuer=self.ONE + slash, authorization_server=self.ONE))
        assert found.jwks_uri == self.ONE + "/mod/lti/certs.php"
        assert found.auth_audience == self.ONE

    @pytest.mark.parametrize(
        "name",
        [
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "registration_endpoint",
            "authorization_server",
        ],
    )
    @pytest.mark.parametrize(
        "address",
        [
            OTHER + "/mod/lti/x.php",
            ONE + "bc/x.php",
            ONE + "/../moodle-b/x.php",
            ONE + "/%2e%2E/moodle-b/x.php",
            ONE + "/..%2fmoodle-b/x.php",
            MOODLE,
        ],
    )
    def test_the_others_are_not(self, name: str, address: str) -> None:
        with pytest.raises(LtiError, match=name):
            self.read(self.told(**{name: address}))

    def test_a_host_that_the_invitation_names_is_one_platform_s(self) -> None:
        found = self.read(self.told(jwks_uri=MOODLE + "/keys"), MOODLE)
        assert found.jwks_uri == MOODLE + "/keys"


def test_the_platform_keeps_what_its_invitation_names(
    parts: Wiring, client: FlaskClient, stranger: Lms
) -> None:
    with parts.store.write() as session:
        secret = invitations.invite(
            session, parts.clock(), approve=True, origins="http://school.example.org"
        )
    page = client.get(opened(stranger, invitations.address(parts.settings.public_url, secret)))
    policy = page.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {stranger.issuer} http://school.example.org" in policy
    client.post(page.request.path, data=hidden_form(page.text)[1])
    (platform,) = platforms(parts)
    assert platform.origins == "http://school.example.org"
    assert own_hosts(platform).own("http://school.example.org/api/lti/members")
    assert "http://school.example.org" in parts.directory.frame_ancestors()


class Plain(Flask):
    """A platform that registers whoever asks, without the token that LTI Dynamic Registration 1.0 lets it leave out.
    ``told`` is what it was sent; ``client_id`` and ``more`` of its configuration are what it says."""

    def __init__(self, home: str) -> None:
        super().__init__("plain")
        self.home = home
        self.client_id = "plain-1"
        self.more: dict[str, Any] = {}
        self.told: list[tuple[str | None, dict[str, Any]]] = []
        self.add_url_rule("/openid-configuration", view_func=self.configuration)
        self.add_url_rule("/register", view_func=self.register_tool, methods=["POST"])

    def configuration(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
        addresses = {name: f"{self.home}/{path}" for name, path in names.items()}
        own = {"issuer": self.home, "registration_endpoint": self.home + "/register", **addresses}
        return own | self.more

    def register_tool(self) -> dict[str, Any]:
        self.told.append((request.headers.get("Authorization"), request.get_json()))
        return {"client_id": self.client_id}


@pytest.fixture
def plain() -> Iterator[Plain]:
    with listen() as door:
        platform = Plain(door.url)
        with serve(platform, door):
            yield platform


def registered(client: FlaskClient, plain: Plain, address: str) -> TestResponse:
    """The platform registers with that address."""
    form = {"openid_configuration": plain.home + "/openid-configuration"}
    return client.post(path_of(address), data=form)


class TestAnotherOnesPlace:
    """Nobody who registers takes the place of a platform that is here already."""

    @pytest.mark.parametrize("approve", [False, True])
    @pytest.mark.parametrize(
        "client_id", ["Victim00Client1", "victim00client1", "Victim00Client1 "]
    )
    def test_not_by_its_client_id(
        self, parts: Wiring, client: FlaskClient, plain: Plain, client_id: str, approve: bool
    ) -> None:
        with parts.store.write() as session:
            victim = platform_row(parts.clock(), "https://victim.example", "Victim00Client1")
            session.add(victim)
        plain.client_id = client_id
        address = invite(parts, approve=approve)
        refused = registered(client, plain, address)
        assert (refused.status_code, code_of(refused)) == (400, "client_id_taken")
        assert "victim.example" not in refused.text
        assert victim.name not in refused.text
        assert [one.issuer for one in platforms(parts)] == ["https://victim.example"]

        plain.client_id = "plain-1"
        assert registered(client, plain, address).status_code == 200, "the invitation is whole"

    @pytest.mark.parametrize("client_id", ["Victim00Client1\u200b", "Victim00Cli\u00e9nt1", "x\n"])
    def test_not_by_one_that_only_looks_different(
        self, parts: Wiring, client: FlaskClient, plain: Plain, client_id: str
    ) -> None:
        """A database may take them for the same (MySQL's ``utf8mb4_unicode_ci``)."""
        plain.client_id = client_id
        assert code_of(registered(client, plain, invite(parts))) == "registration_invalid"
        assert platforms(parts) == []

    @pytest.mark.parametrize("status", ["active", "inactive"])
    def test_not_by_registering_it_again(
        self, parts: Wiring, client: FlaskClient, plain: Plain, status: str
    ) -> None:
        registered(client, plain, invite(parts, approve=True))
        with parts.store.write() as session:
            session.scalars(select(Platform)).one().status = status
        plain.more = {"jwks_uri": plain.home + "/other/jwks"}
        refused = registered(client, plain, invite(parts))
        assert (refused.status_code, code_of(refused)) == (400, "platform_registered")
        (kept,) = platforms(parts)
        assert (kept.jwks_url, kept.status) == (plain.home + "/jwks", status)

        done = registered(client, plain, invite(parts, approve=True))
        assert done.status_code == 200, done.text
        (changed,) = platforms(parts)
        assert (changed.jwks_url, changed.status) == (plain.home + "/other/jwks", "active")

    def test_one_that_waits_may_correct_itself(
        self, parts: Wiring, client: FlaskClient, plain: Plain
    ) -> None:
        registered(client, plain, invite(parts))
        plain.more = {"jwks_uri": plain.home + "/other/jwks"}
        assert registered(client, plain, invite(parts)).status_code == 200
        (changed,) = platforms(parts)
        assert (changed.jwks_url, changed.status) == (plain.home + "/other/jwks", "pending")
        assert registered(client, plain, invite(parts, approve=True)).status_code == 200
        assert [one.status for one in platforms(parts)] == ["active"]

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("fr", "Votre plateforme est déjà enregistrée ici"),
            ("en", "Your platform is registered here already"),
        ],
    )
    def test_the_page_says_what_to_do(
        self, parts: Wiring, client: FlaskClient, plain: Plain, language: str, said: str
    ) -> None:
        registered(client, plain, invite(parts, approve=True))
        form = {"openid_configuration": plain.home + "/openid-configuration"}
        headers = {"Accept-Language": language}
        page = client.post(path_of(invite(parts)), data=form, headers=headers).text
        assert said in page
        assert "competences platform invite --approve" in page


def test_all_that_a_platform_is_told(parts: Wiring, client: FlaskClient, plain: Plain) -> None:
    """What it shows of us, where it offers us, and whom it lets us ask (LTI Dynamic Registration 1.0 §3.5)."""
    known = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    plain.more = {"scopes_supported": ["openid", known]}
    assert registered(client, plain, invite(parts)).status_code == 200
    ((_authorization, told),) = plain.told
    url = parts.settings.public_url
    assert told["scope"] == known
    assert told["logo_uri"] == f"{url}/static/icon.svg"
    assert (told["client_name#fr"], told["client_name#en"]) == ("Compétences", "Competences")
    tool = told["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    assert tool["custom_parameters"] == {
        "context_history": "$Context.id.history",
        "group_ids": "$Moodle.Person.userGroupIds",
    }
    assert [
        (message["type"], message["target_link_uri"], message.get("placements"))
        for message in tool["messages"]
    ] == [
        ("LtiResourceLinkRequest", f"{url}/lti/launch", None),
        ("LtiDeepLinkingRequest", f"{url}/lti/launch", ["ContentArea"]),
        ("LtiSubmissionReviewRequest", f"{url}/lti/review", None),
    ]
    assert all({"label#fr", "label#en"} <= set(message) for message in tool["messages"])


def test_a_platform_that_sends_no_token(parts: Wiring, client: FlaskClient, plain: Plain) -> None:
    address = path_of(invite(parts, approve=True))
    query = {"openid_configuration": plain.home + "/openid-configuration"}
    page = client.get(address, query_string=query)
    done = client.post(address, data=hidden_form(page.text)[1])
    assert done.status_code == 200, done.text
    assert [authorization for authorization, _said in plain.told] == [None]
    (platform,) = platforms(parts)
    assert (platform.client_id, platform.status) == ("plain-1", "active")


@pytest.mark.parametrize(
    ("language", "own", "label"),
    [("fr", "fr", "Ouvrir"), ("en", "en", "Open"), ("de", "fr", "Ouvrir")],
)
def test_titles_are_told_in_both_languages(
    parts: Wiring, client: FlaskClient, plain: Plain, language: str, own: str, label: str
) -> None:
    address = path_of(invite(parts))
    form = {"openid_configuration": plain.home + "/openid-configuration"}
    client.post(address, data=form, headers={"Accept-Language": language})
    ((_authorization, said),) = plain.told
    tool = said[configuration.TOOL]
    assert (said["client_name#fr"], said["client_name#en"]) == ("Compétences", "Competences")
    assert tool["description"] == tool[f"description#{own}"]
    assert tool["description#fr"] != tool["description#en"]
    assert tool["messages"][0]["label"] == label
    for message in tool["messages"]:
        assert message["label"] == message[f"label#{own}"]
        assert message["label#fr"] != message["label#en"]
