"""A platform registered by hand: the self-test names the value that is wrong, and no two are alike."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from lti_app.clients import url_policy
from lti_app.errors import InputError
from lti_app.services.platforms import platform_check
from lti_app.services.platforms import registered as platforms
from tests.services.campus import Campus


def test_the_self_test_names_each_wrong_value(campus: Campus) -> None:
    url = campus.lms.lms_config.issuer
    right = platforms.NewPlatform.moodle(url, campus.lms.lms_config.client_id, ["1"])
    wrong = {
        "issuer": replace(right, issuer=url.replace("127.0.0.1", "localhost")),
        "auth-login-url": replace(right, client_id="b", auth_login_url=url + "/mod/lti/oops.php"),
        "jwks-url": replace(right, client_id="c", jwks_url=url + "/mod/lti/oops.php"),
        "client-id": replace(right, client_id="d"),
    }
    for name, new in wrong.items():
        with campus.parts.store.write() as session:
            row = platforms.add(session, new, campus.parts.clock(), lab=True)
            list(row.deployments)
        found = [one.name for one in platform_check.check(campus.parts, row) if not one.right]
        unknown = ["client-id"] if new.client_id != right.client_id else []
        assert sorted({*found}) == sorted({name, *unknown})


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
    wrong = {one.name for one in platform_check.check(campus.parts, platform) if not one.right}
    assert wrong == {"scope"}


def test_no_platform_takes_the_identifiers_of_another(campus: Campus) -> None:
    new = platforms.NewPlatform.moodle(campus.lms.lms_config.issuer, "another", ["2"])
    with campus.parts.store.write() as session:
        row = platforms.add(session, new, campus.parts.clock(), lab=True)
        with pytest.raises(InputError):
            platforms.rekey(session, row.id, campus.lms.lms_config.client_id, ["2"])


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
