"""A platform registered by hand: the self-test names the value that is wrong, and no two are alike."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from lti_app.clients import url_policy
from lti_app.errors import InputError, ServiceUnavailable
from lti_app.models import Deployment, PlatformStatus
from lti_app.services.platforms import platform_check
from lti_app.services.platforms import registered as platforms
from lti_app.services.platforms.platform_access import connector_for, sign_for
from lti_app.services.platforms.platform_check import Check
from lti_app.services.registration.configuration import SCOPES
from tests.services.campus import Campus


def test_the_self_test_names_each_wrong_value(campus: Campus) -> None:
    """Each with the right one beside it, where the Moodle tells it."""
    url, own = campus.lms.lms_config.issuer, campus.parts.settings.public_url
    right = platforms.NewPlatform.moodle(url, "", ["1"])
    login, token, keys = right.auth_login_url, right.auth_token_url, right.jwks_url
    oops, ours, client = url + "/mod/lti/oops.php", "here goes its own: ", "unknown to the platform"
    cases: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {"client-id": client}),
        ({"issuer": url.replace("127.0.0.1", "localhost")}, {"issuer": url, "client-id": client}),
        ({"issuer": own}, {"issuer": url, "client-id": client}),
        ({"auth_login_url": oops}, {"auth-login-url": login, "client-id": client}),
        ({"auth_login_url": token}, {"auth-login-url": login, "client-id": client}),
        ({"auth_login_url": url}, {"auth-login-url": login, "client-id": client}),
        ({"auth_login_url": url + "/"}, {"auth-login-url": login, "client-id": client}),
        (
            {"auth_login_url": own + "/lti/login"},
            {"auth-login-url": ours + login, "client-id": client},
        ),
        ({"jwks_url": oops}, {"jwks-url": keys, "client-id": client}),
        ({"jwks_url": login}, {"jwks-url": keys, "client-id": client}),
        ({"jwks_url": own + "/lti/jwks"}, {"jwks-url": ours + keys, "client-id": client}),
        (
            {"jwks_url": own.replace("localhost", "127.0.0.1") + "/lti/jwks"},
            {"jwks-url": keys, "client-id": client},
        ),
        ({"auth_token_url": login}, {"auth-token-url": token}),
        ({"auth_token_url": oops}, {"auth-token-url": token}),
        ({"auth_token_url": own + "/lti/launch"}, {"auth-token-url": ours + token}),
        (
            {"auth_login_url": token, "auth_token_url": login},
            {"auth-login-url": login, "auth-token-url": token},
        ),
    ]
    for number, (typed, expected) in enumerate(cases):
        new = replace(right, client_id=f"client-{number}", **typed)
        found = wrong(campus, new)
        assert sorted(found) == sorted(expected), typed
        for name, said in expected.items():
            assert found[name].said("en").endswith(said), typed
            assert found[name].said("fr") != found[name].said("en"), typed


def wrong(campus: Campus, new: platforms.NewPlatform) -> dict[str, Check]:
    """What the self-test of that registration says is wrong, by name."""
    with campus.parts.store.write() as session:
        row = platforms.add(session, new, campus.parts.clock(), lab=True)
        list(row.deployments)
    checks = platform_check.check(campus.parts, row)
    return {one.name: one for one in checks if one.right is False}


def test_a_right_registration_is_all_right(campus: Campus) -> None:
    campus.launch()
    with campus.parts.store.read() as session:
        (platform,) = platforms.listed(session)
    assert [(one.name, one.right) for one in platform_check.check(campus.parts, platform)] == [
        (name, True)
        for name in (
            "issuer",
            "auth-login-url",
            "jwks-url",
            "auth-token-url",
            "client-id",
            "deployment-id",
        )
    ]


def test_a_deployment_that_never_launched_is_not_tried(campus: Campus) -> None:
    campus.launch()
    with campus.parts.store.write() as session:
        (platform,) = platforms.listed(session)
        platform.deployments.append(Deployment(deployment_id="99"))
    checks = platform_check.check(campus.parts, platform)
    found = [(one.right, one.said("en")) for one in checks if one.name == "deployment-id"]
    assert found == [(True, "1"), (None, "99: not tried yet, no launch came from it")]


def test_a_token_address_that_is_wrong_is_named_before_it_is_asked(campus: Campus) -> None:
    """Of a platform that is not approved: nothing is signed for it."""
    with campus.parts.store.write() as session:
        row = platforms.set_status(session, 1, PlatformStatus.PENDING)
        right, row.auth_token_url = row.auth_token_url, row.auth_login_url
        list(row.deployments)
    checks = {one.name: one for one in platform_check.check(campus.parts, row)}
    assert checks["auth-token-url"].right is False
    assert checks["auth-token-url"].said("fr").endswith(f"ce Moodle donne ses jetons à {right}")
    assert asked(campus) == []


AGS, NRPS = "IMS LTI Assignment and Grade Services", "IMS LTI Names and Role Provisioning"


@pytest.mark.parametrize(
    ("granted", "named"),
    [
        pytest.param({}, None, id="all"),
        pytest.param({"memberships": False}, [NRPS], id="no roster"),
        pytest.param({"gradesync": 0}, [AGS], id="no grades"),
        pytest.param({"gradesync": 1}, [AGS], id="no columns"),
        pytest.param({"gradesync": 1, "memberships": False}, [AGS, NRPS], id="some of both"),
    ],
)
def test_the_self_test_names_the_services_that_are_switched_off(
    campus: Campus, granted: dict[str, Any], named: list[str] | None
) -> None:
    campus.lms.set_tool(**granted)
    with campus.parts.store.read() as session:
        (platform,) = platforms.listed(session)
    checks = {one.name: one for one in platform_check.check(campus.parts, platform)}
    assert checks["auth-token-url"].right, "the address is not what is wrong"
    assert checks["client-id"].right
    if named is None:
        assert "scope" not in checks
        return
    assert not checks["scope"].right
    said = checks["scope"].said("en")
    assert [service for service in (AGS, NRPS) if service in said] == named
    assert "rubrique « Services »" in checks["scope"].said("fr")


def test_the_self_test_says_when_no_service_is_allowed(campus: Campus) -> None:
    campus.lms.set_tool(gradesync=0, memberships=False)
    with campus.parts.store.read() as session:
        (platform,) = platforms.listed(session)
    checks = platform_check.check(campus.parts, platform)
    assert {one.name for one in checks if one.right is False} == {"scope"}


def test_no_platform_takes_the_identifiers_of_another(campus: Campus) -> None:
    new = platforms.NewPlatform.moodle(campus.lms.lms_config.issuer, "another", ["2"])
    with campus.parts.store.write() as session:
        row = platforms.add(session, new, campus.parts.clock(), lab=True)
        with pytest.raises(InputError):
            platforms.rekey(session, row.id, campus.lms.lms_config.client_id, ["2"])


@pytest.mark.parametrize("client_id", ["DemoClient00001", "DEMOCLIENT00001", " DemoClient00001"])
def test_nor_does_one_at_another_address(campus: Campus, client_id: str) -> None:
    """What is signed for the one would be good for the other."""
    new = platforms.NewPlatform.moodle("http://moodle.example.org", client_id, ["1"])
    with campus.parts.store.write() as session:
        with pytest.raises(InputError, match=r"déjà celui de la plateforme n° 1 \(http://127"):
            platforms.add(session, new, campus.parts.clock(), lab=True)
        other = replace(new, client_id="another")
        row = platforms.add(session, other, campus.parts.clock(), lab=True)
        with pytest.raises(InputError, match="la plateforme n° 1"):
            platforms.rekey(session, row.id, client_id, ["1"])
        assert platforms.rekey(session, row.id, "Another", ["1"]).client_id == "Another"


class TestOnlyAnActivePlatformIsAskedForTokens:
    """Else one that nobody approved would get an assertion of ours, which it could hand on."""

    @pytest.mark.parametrize(
        ("status", "french", "english"),
        [
            (PlatformStatus.PENDING, "competences platform approve 1", "not approved yet"),
            (PlatformStatus.INACTIVE, "competences platform activate 1", "switched off"),
        ],
    )
    def test_not_by_the_self_test(
        self, campus: Campus, status: PlatformStatus, french: str, english: str
    ) -> None:
        with campus.parts.store.write() as session:
            row = platforms.set_status(session, 1, status)
            list(row.deployments)
        checks = {one.name: one for one in platform_check.check(campus.parts, row)}
        told = checks["auth-token-url"]
        assert told.right is None
        assert french in told.said("fr")
        assert english in told.said("en")
        assert [one.name for one in checks.values() if one.right is False] == []
        assert "client-id" not in checks
        assert asked(campus) == []

    @pytest.mark.parametrize("status", [PlatformStatus.PENDING, PlatformStatus.INACTIVE])
    def test_not_by_a_connector_that_was_made_before(
        self, campus: Campus, status: PlatformStatus
    ) -> None:
        with campus.parts.store.write() as session:
            (row,) = platforms.listed(session)
        connector = connector_for(campus.parts, row)
        with campus.parts.store.write() as session:
            platforms.set_status(session, 1, status)
        with pytest.raises(ServiceUnavailable, match="platform 1 is not active here"):
            connector.get_access_token(SCOPES)
        assert asked(campus) == []

        with campus.parts.store.write() as session:
            platforms.set_status(session, 1, PlatformStatus.ACTIVE)
        assert connector.get_access_token(SCOPES)
        assert len(asked(campus)) == 1

    def test_nor_one_that_was_removed(self, campus: Campus) -> None:
        with campus.parts.store.write() as session:
            (row,) = platforms.listed(session)
            platforms.remove(session, 1)
        with pytest.raises(ServiceUnavailable):
            sign_for(campus.parts, row.id, {})


def asked(campus: Campus) -> list[str]:
    """The token requests that the LMS saw."""
    return [call.path for call in campus.lms.calls if "token.php" in call.path]


def test_an_address_typed_in_must_be_one_that_is_there(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_args: object, **_more: object) -> list:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(url_policy.socket, "getaddrinfo", nobody)
    new = platforms.NewPlatform.moodle("https://moodel.example", "another", ["2"])
    with campus.parts.store.write() as session:
        with pytest.raises(InputError, match="n’a pas d’adresse"):
            platforms.add(session, new, campus.parts.clock(), lab=False)
        with pytest.raises(InputError, match="n’a pas d’adresse"):
            platforms.set_origins(session, 1, ["https://moodel.example"], lab=False)
