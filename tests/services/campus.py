"""A tool and an LMS that know each other, and what tests do on them in one line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import select

from lti_app.app import wire
from lti_app.demo import Grade, Lms, LmsConfig, create_lms, listen, serve
from lti_app.models import GradeSync, Platform, ResourceLink, User
from lti_app.services.classes import assessing, roster
from lti_app.services.classes.assessing import Entry
from lti_app.services.current import CurrentLaunch
from lti_app.services.launches import entering, launch_sessions
from lti_app.services.launches.entering import Entered
from lti_app.services.lti import message
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from lti_app.settings import Settings
from tests.apps import Apps
from tests.conftest import Clock
from tests.lms_key import lms_key

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


@contextmanager
def opened(settings: Settings, clock: Clock, apps: Apps) -> Iterator[Campus]:
    """LMS and tool over HTTP, registered with each other, on one clock."""
    with listen() as lms_door, listen("localhost") as tool_door:
        settings = replace(settings, public_url=tool_door.url)
        parts: Wiring = wire(settings, clock=clock)
        config = LmsConfig(
            issuer=lms_door.url,
            tool_url=tool_door.url,
            enabled=True,
            purpose="tests",
            initiate_login_uri=tool_door.url + "/lti/login",
            redirect_uris=(tool_door.url + "/lti/launch",),
            target_link_uri=tool_door.url + "/lti/launch",
            tool_jwks_url=tool_door.url + "/lti/jwks",
            signing_key=lms_key(),
        )
        lms: Lms = create_lms(config, clock=lambda: clock().timestamp())
        with parts.store.write() as session:
            new = platforms.NewPlatform.moodle(
                config.issuer, config.client_id, [config.deployment_id]
            )
            platforms.add(session, new, clock(), lab=True)
        with serve(lms, lms_door), serve(apps.of(parts, "campus"), tool_door):
            yield Campus(lms, parts)
        parts.http.close()
        parts.store.dispose()
