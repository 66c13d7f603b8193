"""The administrator sees their own platform, tries it, and makes an address for another."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from lti_app.models import Invitation, PlatformStatus
from lti_app.models.store import Store
from lti_app.services.lti.directory import PlatformDirectory
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import ISSUER, School


@pytest.fixture
def administrator(app: Flask, school: School):
    app.config["WTF_CSRF_METHODS"] = ()
    return school.enter(app, roles=("administrator",))


def test_it_shows_what_is_registered_and_the_eight_values(administrator) -> None:
    client, base = administrator
    page = client.get(base + "/platform").text
    assert ISSUER in page
    assert "2 cours, 2 activités, 6 personnes, 0 évaluation" in page
    assert page.count('class="copy"') == 8
    assert "Jeu de clefs public" in page  # as a French Moodle's form calls it


def test_the_self_test_names_what_is_wrong(administrator) -> None:
    client, base = administrator
    page = client.post(base + "/platform/check").text
    wrong = [part.split("<b>")[1].split("</b>")[0] for part in page.split('class="wrong"')[1:]]
    unanswered = [
        "Adresse de connexion",
        "Jeu de clés de la plateforme",
        "Adresse des jetons d’accès",
    ]
    assert wrong == unanswered, "nobody answers at that address"


def test_an_invitation_is_shown_once_and_stays_pending(administrator, school: School) -> None:
    client, base = administrator
    page = client.post(base + "/platform/invite").text
    assert "http://localhost:8080/lti/register/" in page
    with school.parts.store.read() as session:
        assert session.scalars(select(Invitation.approve)).all() == [False]
    assert "/lti/register/" not in client.get(base + "/platform").text


def test_a_rotated_key_stays_published(app: Flask, administrator, clock: Clock) -> None:
    """The new one must sign before there can be another: one school's administrator could fill the list."""
    client, base = administrator
    (before,) = (key["kid"] for key in client.get("/lti/jwks").json["keys"])
    clock.forward(hours=2)
    for _ in range(3):
        assert client.post(base + "/platform/rotate").status_code == 303
    after = [key["kid"] for key in client.get("/lti/jwks").json["keys"]]
    assert len(after) == 2
    assert after[1] == before
    assert "il n’y a rien à changer" in client.get(base + "/platform").text


def test_pages_elsewhere_may_frame_the_tool_once_they_are_named(administrator, parts) -> None:
    client, base = administrator
    named = "https://93.184.215.14/courses/1\n http://127.0.0.1:7 "
    assert client.post(base + "/platform/origins", data={"origins": named}).status_code == 303
    page = client.get(base + "/platform")
    assert "https://93.184.215.14\nhttp://127.0.0.1:7</textarea>" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert (
        f"frame-ancestors 'self' http://127.0.0.1:7 {ISSUER} https://93.184.215.14;" in policy + ";"
    )
    client.post(base + "/platform/origins", data={"origins": ""})
    policy = client.get(base + "/platform").headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {ISSUER};" in policy + ";"


@pytest.mark.parametrize("status", [PlatformStatus.ACTIVE, PlatformStatus.PENDING])
def test_no_other_platform_may_frame_what_is_this_ones(
    administrator, parts: Wiring, status: PlatformStatus
) -> None:
    client, base = administrator
    with parts.store.write() as session:
        new = platforms.NewPlatform.moodle("https://other.example.org", "another-client", ["1"])
        platforms.add(session, new, parts.clock(), lab=True).status = status.value
    policy = client.get(base + "/platform").headers["Content-Security-Policy"]
    assert policy.endswith(f"frame-ancestors 'self' {ISSUER}")
    strangers = client.get("/lti/login").headers["Content-Security-Policy"]
    assert ("https://other.example.org" in strangers) is (status is PlatformStatus.ACTIVE)


def test_a_database_that_is_away_lets_nobody_frame_anything() -> None:
    directory = PlatformDirectory(Store("sqlite:////nowhere/at/all.sqlite3"))
    assert directory.frame_ancestors() == "'self'"
    assert directory.frame_ancestors(1) == "'self'"


@pytest.mark.parametrize("typed", ["lms.example.fr", "https://[", "https://a;script-src"])
def test_what_is_no_address_is_shown_again(administrator, typed: str) -> None:
    client, base = administrator
    page = client.post(base + "/platform/origins", data={"origins": typed})
    assert page.status_code == 200
    assert "n’est pas une adresse" in page.text
    assert f">{typed}</textarea>" in page.text
    assert typed not in page.headers["Content-Security-Policy"]
