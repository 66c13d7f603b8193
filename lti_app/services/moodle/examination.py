"""The doctor's whole visit to a platform: the LTI tool first, then the web services if there is a token."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from lti_app.models import MoodleConnection, Platform
from lti_app.services.moodle.checks import Check, State
from lti_app.services.moodle.connections import door
from lti_app.services.moodle.doctor import examine
from lti_app.services.moodle.doctor_lti import examine_lti
from lti_app.services.moodle.errors import MoodleInputError
from lti_app.services.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Examination:
    """``base_url`` is where links into this Moodle begin."""

    base_url: str
    checks: tuple[Check, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing."""
        return all(check.state is not State.MISSING for check in self.checks)


def examine_platform(
    parts: Wiring, platform_id: int, *, course_id: int | None = None
) -> Examination:
    """All checks. Raises ``MoodleInputError`` for an unknown platform."""
    with parts.store.read() as session:
        platform = session.get(Platform, platform_id)
        if platform is None:
            raise MoodleInputError("platform_unknown", number=platform_id)
        row = session.scalar(
            select(MoodleConnection).where(MoodleConnection.platform_id == platform_id)
        )
        session.expunge_all()
    checks = examine_lti(parts, platform)
    if row is None:
        number = (("number", str(platform_id)),)
        checks.append(Check("token", State.MISSING, "no_token_given", values=number))
        return Examination(platform.issuer, tuple(checks))
    checks += examine(door(parts, row), course_id=course_id)
    return Examination(row.base_url, tuple(checks))
