"""A teacher's desk over one gradebook column: what is wanted, what the LMS holds, what it was asked.

The rows of ``grade_syncs`` are written as services.grades.wanted_grades writes them, so that these tests are
about sending only. ``own`` is the activity's own column, which Moodle guards against our scores; any
other column is one that a tool made, where a score would overwrite a teacher's grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_app.demo import Grade
from lti_app.demo.model import Item
from lti_app.models import GradeSync, LineItem, Platform, ResourceLink, SyncState, User
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import grade_sync
from tests.conftest import Clock
from tests.services.campus import TEACHER, Campus

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

COURSE = 2
PUPIL, OTHER = 5, 6


@dataclass
class Desk:
    """One column of one activity."""

    campus: Campus
    clock: Clock
    launch: CurrentLaunch
    item: Item
    column_id: int

    @classmethod
    def open(cls, campus: Campus, clock: Clock, *, own: bool, maximum: float = 20) -> Desk:
        """A desk over the activity's own column, or over one that the tool made."""
        launch = campus.launch()
        lms, parts = campus.lms, campus.parts
        if own:
            item = lms.store.item_of_activity(1)
        else:
            item = lms.gradebook.add_standalone_item(COURSE, 1, "P1", maximum)
        assert item is not None
        with parts.store.write() as session:
            platform = session.scalars(select(Platform)).one()
            link = session.get_one(ResourceLink, launch.resource_link_id)
            known = set(session.scalars(select(User.sub)))
            for user in lms.store.users():
                if str(user.id) not in known:
                    session.add(User(platform_id=platform.id, sub=str(user.id)))
            query = select(LineItem).where(LineItem.resource_link_id == link.id)
            row = session.scalars(query).one()
            if not own:
                row = LineItem(
                    resource_link_id=link.id,
                    part="P1",
                    url=lms.addresses.lineitem(COURSE, item.id, 1),
                )
                session.add(row)
                session.flush()
            column_id = row.id
        return cls(campus, clock, launch, item, column_id)

    def want(self, score: float, sub: int = PUPIL, comment: str = "Parce que.") -> None:
        """That grade out of 20 is wanted for the learner."""
        with self.campus.parts.store.write() as session:
            row = session.scalar(self._query(sub))
            if row is None:
                learner_id = session.scalars(select(User.id).where(User.sub == str(sub))).one()
                row = GradeSync(
                    line_item_id=self.column_id, learner_id=learner_id, wanted_revision=0
                )
                session.add(row)
            row.score, row.maximum, row.comment = Decimal(str(score)), Decimal(20), comment
            row.wanted_revision += 1
            row.state, row.error = SyncState.WAITING.value, ""
            row.attempts, row.next_attempt_at = 0, self.clock()

    def send(self, *, later: float = 0) -> int:
        """What the worker does, that many seconds from now; how many scores left."""
        self.clock.forward(seconds=later)
        return grade_sync.run_due(self.campus.parts)

    def resend(self, *subs: int, everybody: bool = False) -> int:
        """« Renvoyer », or « remplacer », for these learners, as the page of this column asks; « renvoyer »
        for everybody, or for all that failed."""
        with self.campus.parts.store.write() as session:
            ids = list(session.scalars(select(User.id).where(User.sub.in_(map(str, subs)))))
            return grade_sync.resend(
                session,
                self.launch,
                ids or None,
                self.clock(),
                everybody=everybody,
                item_id=self.column_id if ids and not self.item.coupled else None,
            )

    def while_sending(self, act: Callable[[], None]) -> None:
        """Does that while the next score is under way."""
        lms, inner = self.campus.lms, self.campus.lms.wsgi_app

        def answering(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if environ["PATH_INFO"].endswith("/scores"):
                lms.wsgi_app = inner  # type: ignore[method-assign]
                act()
            return inner(environ, start_response)

        lms.wsgi_app = answering  # type: ignore[method-assign, assignment]

    def row(self, sub: int = PUPIL) -> GradeSync:
        """What our database says."""
        with self.campus.parts.store.read() as session:
            return session.scalars(self._query(sub)).one()

    def state(self, sub: int = PUPIL) -> tuple[str, str]:
        row = self.row(sub)
        return row.state, row.error

    def grade(self, sub: int = PUPIL) -> Grade | None:
        """What the LMS's own store holds."""
        return self.campus.lms.store.grade(self.item.id, sub)

    def held(self, sub: int = PUPIL) -> float | None:
        grade = self.grade(sub)
        return grade.final if grade else None

    def teacher_grades(
        self, final: float | None, sub: int = PUPIL, words: str | None = "Repris à l’oral."
    ) -> None:
        """A teacher edits the cell in the LMS's gradebook, some seconds from now."""
        self.clock.forward(seconds=7)
        self.campus.lms.gradebook.override(self.item, sub, TEACHER, final, words)
        self.clock.forward(seconds=7)

    def calls(self, part: str = "") -> list[tuple[str, int | None]]:
        """Method and status of the calls to the LMS whose address holds that text."""
        return [(c.method, c.status) for c in self.campus.lms.calls if part in c.path]

    def _query(self, sub: int):
        return (
            select(GradeSync)
            .join(GradeSync.learner)
            .where(GradeSync.line_item_id == self.column_id, User.sub == str(sub))
        )
