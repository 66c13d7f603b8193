"""A genuine launch from a deployment that is not registered: refused, and the self-test then says which."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.test import TestResponse

from lti_app.models import Course, Deployment, Platform
from lti_app.services.platforms import platform_check
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from tests.lti.conftest import ACTIVITY, TEACHER, Browser, code_of

DEPLOYMENT = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"


NOT_TRIED = (None, "1: not tried yet, no launch came from it")


def told(parts: Wiring) -> tuple[bool | None, str]:
    with parts.store.read() as session:
        query = select(Platform).options(selectinload(Platform.deployments))
        platform = session.scalars(query).one()
    checks = {check.name: check for check in platform_check.check(parts, platform)}
    return checks["deployment-id"].right, checks["deployment-id"].said("en")


def test_the_self_test_names_the_deployment_that_was_refused(
    parts: Wiring, browser: Browser
) -> None:
    assert told(parts) == NOT_TRIED
    browser.launch()
    assert told(parts) == (True, "1")
    refused = browser.launch(overrides={DEPLOYMENT: "2"})
    assert code_of(refused) == "unknown_deployment"
    command = "competences platform add-deployment 1 2"
    assert told(parts) == (False, f"1, but an activity announced itself with 2 (“{command}”)")
    with parts.store.write() as session:
        platform = session.scalars(select(Platform)).one()
        platforms.rekey(session, platform.id, platform.client_id, ["2"])
    assert told(parts) == (True, "2")


def test_a_forged_one_is_not_believed(parts: Wiring, browser: Browser) -> None:
    browser.launch(overrides={DEPLOYMENT: "2", "exp": 1})
    assert told(parts) == NOT_TRIED


def test_the_page_names_the_command_that_adds_it(parts: Wiring, browser: Browser) -> None:
    refused = browser.launch(overrides={DEPLOYMENT: "2"})
    assert "competences platform add-deployment" in refused.text
    with parts.store.write() as session:
        row = platforms.add_deployment(session, 1, "2")
        assert row.refused_deployment is None
    assert told(parts)[0] is not False


def launch(browser: Browser, deployment: str) -> TestResponse:
    """An activity of that deployment, opened."""
    login = browser.begin(lti_deployment_id=deployment)
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce, overrides={DEPLOYMENT: deployment})
    return browser.finish(login, token)


def test_each_deployment_has_courses_of_its_own(parts: Wiring, browser: Browser) -> None:
    """Of the same name in the LMS: two schools of one Canvas, say."""
    with parts.store.write() as session:
        platforms.add_deployment(session, 1, "2")
    for deployment in ("1", "2", "2", "1"):
        assert launch(browser, deployment).status_code == 303
    with parts.store.read() as session:
        query = select(Deployment.deployment_id, Course.context_id).join(Course.deployment)
        found = sorted(tuple(row) for row in session.execute(query))
    assert found == [("1", "2"), ("2", "2")]


def test_a_removed_one_is_refused(parts: Wiring, browser: Browser) -> None:
    with parts.store.write() as session:
        platforms.add_deployment(session, 1, "2")
    assert launch(browser, "2").status_code == 303
    with parts.store.write() as session:
        platforms.remove_deployment(session, 1, "2")
    assert code_of(launch(browser, "2")) == "unknown_deployment"
