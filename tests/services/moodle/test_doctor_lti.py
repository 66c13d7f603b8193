"""The doctor at a platform that is not active: nothing is signed for it, and what is not tried is said to be so."""

from __future__ import annotations

import pytest

from lti_app.models import Platform, PlatformStatus
from lti_app.services.moodle.checks import State
from lti_app.services.moodle.doctor_lti import examine_lti
from lti_app.services.moodle.examination import examine_platform
from lti_app.services.platforms import registered as platforms
from tests.services.campus import Campus

CLOSED = [PlatformStatus.PENDING, PlatformStatus.INACTIVE]


def asked(campus: Campus) -> int:
    """How many token requests the LMS saw."""
    return len([call for call in campus.lms.calls if "token.php" in call.path])


def the_platform(campus: Campus) -> Platform:
    with campus.parts.store.read() as session:
        (row,) = platforms.listed(session)
        return row


def test_an_active_platform_is_asked_twice(campus: Campus) -> None:
    states = {one.kind: one.state for one in examine_lti(campus.parts, the_platform(campus))}
    assert {states[kind] for kind in ("registered", "known", "jwks", "scopes")} == {State.OK}
    assert asked(campus) == 2


@pytest.mark.parametrize("status", CLOSED)
def test_any_other_is_not_asked(campus: Campus, status: PlatformStatus) -> None:
    with campus.parts.store.write() as session:
        platforms.set_status(session, 1, status)
    found = {one.kind: one for one in examine_platform(campus.parts, 1).checks}
    assert found["registered"].state is State.MISSING
    assert found["known"].state is State.UNKNOWN
    assert f"“{status.value}”" in found["known"].advice("en")
    assert not {"jwks", "scopes"} & {*found}
    assert asked(campus) == 0


def test_nor_one_that_is_switched_off_meanwhile(campus: Campus) -> None:
    platform = the_platform(campus)
    with campus.parts.store.write() as session:
        platforms.set_status(session, 1, PlatformStatus.INACTIVE)
    found = {one.kind: one.state for one in examine_lti(campus.parts, platform)}
    assert found["jwks"] is State.MISSING
    assert asked(campus) == 0
