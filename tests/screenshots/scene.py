"""A class in the middle of its year, as the pictures of the guides show it: invented, and always the same.

Everything is entered through the services that the pages call, with dates of the weeks before today.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.models import Course, GradeSync, ResourceLink, SyncState, User
from lti_app.services.activities import course_choices
from lti_app.services.classes import assessing, classroom
from lti_app.services.classes.assessing import Entry
from lti_app.services.current import LEARNER, TEACHER, CurrentLaunch
from lti_app.services.portfolio import declarations, requests, situations, uploads
from lti_app.services.portfolio.declarations import Told
from lti_app.services.wiring import Wiring

SEED = 20261124
WEEKS = 12
TITLE = "P1 Production de services"
COMMENTS = (
    "Très bon rapport de test, clair et complet.",
    "Pensez à dater les sauvegardes.",
    "La démarche est bonne ; il reste à la justifier.",
    "Présentation convaincante devant le client.",
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def launch_of(session: Session, sub: str, title: str, role: str) -> CurrentLaunch:
    """Somebody's launch of an activity that has been opened once."""
    link = session.scalars(
        select(ResourceLink).where(ResourceLink.title == title).order_by(ResourceLink.id)
    ).first()
    assert link is not None
    user = session.scalars(select(User).where(User.sub == sub)).one()
    course = session.get_one(Course, link.course_id)
    return CurrentLaunch(
        session_id="",
        user_id=user.id,
        user_name=user.name,
        platform_id=course.deployment.platform_id,
        course_id=course.id,
        course_title=course.title,
        resource_link_id=link.id,
        link_title=link.title,
        roles=frozenset({role}),
        locale="fr",
        expires_at=datetime.max.replace(tzinfo=UTC),
        return_url=None,
    )


def furnish(parts: Wiring, teacher: str = "3", students: tuple[str, ...] = ("5", "6", "8")) -> None:
    """Twelve weeks of assessments, a pace, three students' declarations. The class page of the activity
    must have been opened, which is when the class becomes known."""
    chance = random.Random(SEED)  # pictures, not secrets
    now = parts.clock()
    with parts.store.write() as session:
        launch = launch_of(session, teacher, TITLE, TEACHER)
        start = now - timedelta(weeks=WEEKS)
        course_choices.choose_pace(
            session, launch, start.date(), (start + timedelta(days=180)).date(), "90"
        )
        framing = classroom.framing_of(session, launch)
        pupils = [user.id for user in classroom.learners(session, launch.course_id)]
        talent = {pupil: chance.uniform(0.25, 0.95) for pupil in pupils}
        talent[pupils[0]] = 0.5
        for week in range(WEEKS):
            taught = [node.code for node in framing.competences][week * 2 : week * 2 + 6]
            entries = [
                Entry(pupil, code, _level(chance, talent[pupil], week), _comment(chance))
                for pupil in pupils
                for code in taught
                if chance.random() < 0.6
            ]
            assessing.record(session, launch, entries, start + timedelta(weeks=week, hours=2))
    parts.wake()
    for number, sub in enumerate(students):
        _declare(parts, sub, number, now - timedelta(hours=30 - 9 * number))


def settle(parts: Wiring) -> None:
    """Waits until the worker has sent every grade."""
    for _ in range(600):
        with parts.store.read() as session:
            if not session.scalar(
                select(func.count()).where(GradeSync.state == SyncState.WAITING.value)
            ):
                return
        time.sleep(0.1)
    raise TimeoutError("grades still wait")


def answer_one(parts: Wiring, teacher: str = "3") -> None:
    """The teacher sends the oldest request back."""
    with parts.store.write() as session:
        launch = launch_of(session, teacher, TITLE, TEACHER)
        oldest = requests.view(session, launch).pending[0]
        requests.send_back(
            session,
            launch,
            oldest.declaration.id,
            "Le scénario est clair. Ajoutez la trace d’une restauration réussie.",
            parts.clock(),
        )


def _declare(parts: Wiring, sub: str, number: int, at: datetime) -> None:
    with parts.store.write() as session:
        launch = launch_of(session, sub, TITLE, LEARNER)
        situation = situations.add(
            session,
            launch,
            situations.Draft(
                "Stage chez Néovia : sauvegarde des postes",
                "Cinq semaines au service informatique. J’ai mis en place la sauvegarde "
                "quotidienne de douze postes, puis rédigé la procédure de restauration.",
                (at - timedelta(days=60)).date(),
                (at - timedelta(days=26)).date(),
            ),
            at,
        )
        view = classroom.own_view(session, launch)
        open_ = [
            node for node in view.framing.competences if view.student.levels.get(node.code, 0) < 3
        ]
        for place, ask in ((2, True), (4, True), (6, False)):
            told = Told(
                "J’ai rédigé la procédure, puis je l’ai fait suivre à un collègue sans l’aider.",
                situation.id,
                url="https://forge.exemple.fr/neovia/sauvegarde" if ask else "",
                url_title="Scripts et journal des sauvegardes" if ask else "",
                upload=uploads.checked("Procédure de restauration.pdf", PDF * 900) if ask else None,
                ask=ask,
            )
            declarations.save(session, launch, open_[place].code, told, at)


def _level(chance: random.Random, talent: float, week: int) -> int:
    drawn = talent + chance.uniform(-0.35, 0.3) + week / 60
    return 1 + sum(drawn > step for step in (0.25, 0.5, 0.85))


def _comment(chance: random.Random) -> str | None:
    return chance.choice(COMMENTS) if chance.random() < 0.12 else None
