"""A tool and an LMS that know each other, and what tests do on them in one line each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from lti_app.demo import Grade, Lms
from lti_app.models import GradeSync, Platform, ResourceLink, User
from lti_app.services.classes import assessing, roster
from lti_app.services.classes.assessing import Entry
from lti_app.services.current import CurrentLaunch
from lti_app.services.launches import entering, launch_sessions
from lti_app.services.launches.entering import Entered
from lti_app.services.lti import message
from lti_app.services.wiring import Wiring

TEACHER, ASSISTANT, ACTIVITY = 3, 4, 1


@dataclass
class Campus:
    """``launch`` and ``enter`` do what a genuine message would, without a browser."""

    lms: Lms
    parts: Wiring
    _count: int = 0

    def enter(self, sub: int = TEACHER, activity: int = ACTIVITY, role: str = "") -> Entered:
        """The session that a launch begins, with its secret. ``role`` is the one switched to."""
        self._count += 1
        nonce = f"nonce-{self._count}"
        switched = {message.CLAIM + "roles": [role]} if role else None
        claims = self.lms.launch_claims(sub, activity, nonce, overrides=switched)
        with self.parts.store.read() as session:
            platform = session.scalars(select(Platform)).one()
        now = self.parts.clock()
        return entering.enter(self.parts.store, platform, message.read(claims), nonce, now)

    def launch(self, sub: int = TEACHER, activity: int = ACTIVITY, role: str = "") -> CurrentLaunch:
        entered, now = self.enter(sub, activity, role), self.parts.clock()
        found = launch_sessions.find(self.parts.store, entered.session_id, entered.secret, now)
        assert found is not None
        return found

    def teach(self) -> CurrentLaunch:
        """A teacher's launch with the class list read."""
        launch = self.launch()
        assert roster.refresh(self.parts, launch.course_id)
        return launch

    def learner(self, sub: int) -> int:
        """Our id of the person whom the LMS calls ``sub``."""
        with self.parts.store.read() as session:
            return session.scalars(select(User.id).where(User.sub == str(sub))).one()

    def rate(
        self, launch: CurrentLaunch, sub: int, code: str, level: int | None, comment: str = ""
    ) -> None:
        with self.parts.store.write() as session:
            entry = Entry(self.learner(sub), code, level, comment)
            assessing.record(session, launch, [entry], self.parts.clock())

    def sync(self, sub: int) -> GradeSync:
        """The only wanted grade of that learner."""
        with self.parts.store.read() as session:
            query = select(GradeSync).join(GradeSync.learner).where(User.sub == str(sub))
            return session.scalars(query).one()

    def grade(self, sub: int, activity: int = ACTIVITY) -> Grade | None:
        """What the LMS's gradebook holds."""
        item = self.lms.store.item_of_activity(activity)
        assert item is not None
        return self.lms.store.grade(item.id, sub)

    def link(self, launch: CurrentLaunch) -> ResourceLink:
        with self.parts.store.read() as session:
            return session.get_one(ResourceLink, launch.resource_link_id)
