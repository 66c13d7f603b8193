"""Schools, each with its own LMS, in one service: what many platforms at once need to be tried.

``School`` writes what launches would have written (platform, course, activity, column, pupils) and the
grades that services.grades.wanted_grades would have wanted; the LMS is the embedded one, over HTTP.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_app.demo import Lms, LmsConfig, create_lms, listen, serve
from lti_app.demo.model import Item
from lti_app.models import (
    Course,
    Deployment,
    GradeSync,
    LineItem,
    Platform,
    ResourceLink,
    SyncState,
    User,
)
from lti_app.models.store import Store
from lti_app.services.platforms import registered as platforms

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COURSE, ACTIVITY = 2, 1
PUPILS = tuple(range(5, 40))


@dataclass
class Gauge:
    """How many calls an LMS answers at once: now, at most so far, and when each came."""

    now: int = 0
    most: int = 0
    seen: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wrap(self, app: WSGIApplication) -> WSGIApplication:
        def counted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            with self._lock:
                self.now += 1
                self.most = max(self.most, self.now)
                self.seen.append(self.now)
            try:
                return app(environ, start_response)
            finally:
                with self._lock:
                    self.now -= 1

        return counted


@dataclass
class School:
    """One platform with one course of thirty-five, and the columns of its activity.

    ``own`` is the activity's own column, ``made`` one that the tool made; both are column ids of ours.
    """

    lms: Lms
    gauge: Gauge
    platform_id: int
    own: int
    made: int
    items: dict[int, Item]
    learners: dict[int, int]
    """Our id by the LMS's."""

    def want(
        self,
        session: Session,
        column_id: int,
        sub: int,
        score: Decimal | float,
        now: datetime,
        comment: str = "Parce que.",
    ) -> None:
        """That grade out of 20 is wanted, as services.grades.wanted_grades writes it."""
        row = session.scalar(self._row(column_id, sub).with_for_update())
        if row is None:
            row = GradeSync(
                line_item_id=column_id, learner_id=self.learners[sub], wanted_revision=0
            )
            session.add(row)
        row.score, row.maximum, row.comment = Decimal(str(score)), Decimal(20), comment
        row.wanted_revision += 1
        row.state, row.error = SyncState.WAITING.value, ""
        row.attempts, row.next_attempt_at = 0, now

    def row(self, session: Session, column_id: int, sub: int) -> GradeSync | None:
        return session.scalar(self._row(column_id, sub))

    def held(self, column_id: int, sub: int) -> float | None:
        """What the LMS's own store holds."""
        grade = self.lms.store.grade(self.items[column_id].id, sub)
        return grade.final if grade else None

    def _row(self, column_id: int, sub: int):
        return select(GradeSync).where(
            GradeSync.line_item_id == column_id, GradeSync.learner_id == self.learners[sub]
        )


@contextmanager
def schools(
    store: Store, tool_url: str, clock, number: int = 1, *, database=None
) -> Iterator[list[School]]:
    """That many schools, their LMSs answering until the block ends. ``clock`` gives the LMSs' time as a
    moment, and the keys of the tool at ``tool_url`` are what they check assertions with."""
    with ExitStack() as stack:
        found = []
        for index in range(number):
            door = stack.enter_context(listen())
            config = LmsConfig(
                issuer=door.url,
                tool_url=tool_url,
                enabled=True,
                purpose="tests",
                client_id=f"DemoClient{index + 1:05}",
                tool_jwks_url=tool_url + "/lti/jwks",
                database=database,
            )
            lms = create_lms(config, clock=lambda: clock().timestamp())
            gauge = Gauge()
            lms.wsgi_app = gauge.wrap(lms.wsgi_app)  # type: ignore[method-assign, assignment]
            stack.enter_context(serve(lms, door))
            stack.callback(lms.store.close)
            found.append(_enrol(store, lms, gauge, config, clock(), index))
        yield found


def _enrol(
    store: Store, lms: Lms, gauge: Gauge, config: LmsConfig, now: datetime, index: int
) -> School:
    own = lms.store.item_of_activity(ACTIVITY)
    assert own is not None
    made = lms.gradebook.add_standalone_item(COURSE, 1, "P1", 20)
    with store.write() as session:
        new = platforms.NewPlatform.moodle(config.issuer, config.client_id, [config.deployment_id])
        platform = platforms.add(session, new, now, lab=True)
        session.execute(
            update(Platform).where(Platform.id == platform.id).values(name=f"n° {index}")
        )
        deployment = session.scalars(
            select(Deployment).where(Deployment.platform_id == platform.id)
        ).one()
        course = Course(deployment_id=deployment.id, context_id=str(COURSE))
        session.add(course)
        session.flush()
        link = ResourceLink(course_id=course.id, lti_id=str(ACTIVITY))
        session.add(link)
        session.flush()
        rows = [
            LineItem(
                resource_link_id=link.id,
                part=part,
                url=lms.addresses.lineitem(COURSE, item.id, 1),
            )
            for part, item in (("", own), ("P1", made))
        ]
        users = {sub: User(platform_id=platform.id, sub=str(sub)) for sub in PUPILS}
        session.add_all([*rows, *users.values()])
        session.flush()
        return School(
            lms,
            gauge,
            platform.id,
            rows[0].id,
            rows[1].id,
            {rows[0].id: own, rows[1].id: made},
            {sub: user.id for sub, user in users.items()},
        )
