"""What calls to a platform leave in the logs: no bearer, no assertion, no name, also when they fail."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs

import pytest

from lti_app.logs import JsonFormatter
from lti_app.services.classes import roster
from lti_app.services.grades import grade_sync
from lti_app.services.platforms import registered as platforms
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.registration.configuration import SCOPES
from tests.services.campus import Campus
from tests.services.sync.desk import COURSE


def test_no_bearer_and_no_name_is_logged(campus: Campus, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "competences"):
        launch = campus.teach()
        campus.rate(launch, 5, "C1.1.03.1", 3, "Très bien, Chloé")
        campus.lms.faults.add("status", path="scores", status=400)
        grade_sync.run_due(campus.parts)
        campus.lms.faults.add("status", path="memberships", status=500, times=9)
        assert not roster.refresh(campus.parts, launch.course_id)
    with campus.parts.store.read() as session:
        (platform,) = platforms.listed(session)
    bearer = connector_for(campus.parts, platform).get_access_token(SCOPES)
    asked = [call for call in campus.lms.calls if "token.php" in call.path]
    assertions = [parse_qs(call.body)["client_assertion"][0] for call in asked]
    assert assertions

    text = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    assert "score not sent" in text, "the log was listened to"
    people = [user for user, _enrolment in campus.lms.store.members(COURSE)]
    names = [name for user in people for name in (user.family, user.username, user.email)]
    said = ("Très bien", "Bearer", bearer, *assertions, *(name for name in names if len(name) > 3))
    assert [word for word in said if word in text] == []
