"""States of an activity that pages show, as launches and the worker leave them."""

from __future__ import annotations

from decimal import Decimal

from lti_app.models import GradeSync, ResourceLink, SyncState
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.grades import rules_in_force
from lti_app.services.sync import fates
from lti_app.services.sync.job import Seen
from lti_app.services.sync.overrides import Held
from lti_app.services.wiring import Wiring
from tests.factories import School


def fail(parts: Wiring, school: School, learner_id: int, key: str) -> None:
    """The learner's grade as the worker leaves it when the LMS refuses it."""
    school.rate(learner_id, "C1.1.03.1", 3)
    with parts.store.write() as session:
        row = session.query(GradeSync).filter_by(learner_id=learner_id).one()
        row.state, row.error = SyncState.FAILED.value, key


def settle(parts: Wiring, school: School, settings: LinkSettings) -> None:
    """Makes the activity cover something else, as a launch with other parameters does."""
    with parts.store.write() as session:
        link = session.get_one(ResourceLink, school.link_id)
        link_settings.follow(link, settings)
        rules_in_force.take_effect(session, link, parts.clock())


def give_in_moodle(
    parts: Wiring, school: School, learner: int, score: Decimal | None = Decimal(11)
) -> None:
    """A grade of ours that arrived, and that a teacher then changed over there, as it is read back:
    another ``score`` of 20, or none."""
    school.rate(learner, "C1.1.03.1", 3)
    with parts.store.write() as session:
        row = session.query(GradeSync).filter_by(learner_id=learner).one()
        fates.write(session, [(row.id, fates.settled(row.wanted_revision, SyncState.SENT))])
        seen = Seen(Held.THEIRS, score, Decimal(20), parts.clock())
        fates.write(session, [(row.id, fates.seen_values(seen))])
