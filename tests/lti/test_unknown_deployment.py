"""A genuine launch from a deployment that is not registered: refused, and the self-test then says which."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lti_app.models import Platform
from lti_app.services.platforms import platform_check
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from tests.lti.conftest import Browser, code_of

DEPLOYMENT = "https://purl.imsglobal.org/spec/lti/claim/deployment_id"


def told(parts: Wiring) -> tuple[bool, str]:
    with parts.store.read() as session:
        query = select(Platform).options(selectinload(Platform.deployments))
        platform = session.scalars(query).one()
    checks = {check.name: check for check in platform_check.check(parts, platform)}
    return checks["deployment-id"].right, checks["deployment-id"].said("en")


def test_the_self_test_names_the_deployment_that_was_refused(
    parts: Wiring, browser: Browser
) -> None:
    assert told(parts) == (True, "1")
    refused = browser.launch(overrides={DEPLOYMENT: "2"})
    assert code_of(refused) == "unknown_deployment"
    assert told(parts) == (False, "1, but an activity announced itself with 2")
    with parts.store.write() as session:
        platform = session.scalars(select(Platform)).one()
        platforms.rekey(session, platform.id, platform.client_id, ["2"])
    assert told(parts) == (True, "2")


def test_a_forged_one_is_not_believed(parts: Wiring, browser: Browser) -> None:
    browser.launch(overrides={DEPLOYMENT: "2", "exp": 1})
    assert told(parts) == (True, "1")
