"""What tests need in the database, made in one place: a platform, courses, people and launches."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask
from flask.testing import FlaskClient

from lti_app.models import (
    Course,
    Deployment,
    LineItem,
    Membership,
    Platform,
    ResourceLink,
    User,
)
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.classes import assessing
from lti_app.services.current import CurrentLaunch
from lti_app.services.launches import launch_sessions
from lti_app.services.wiring import Wiring

ISSUER = "http://127.0.0.1:9"
LINE_ITEM_URL = ISSUER + "/mod/lti/services.php/2/lineitems/1/lineitem?type_id=1"
PUPILS = (("Chloé", "D'Arc"), ("Yanis", "Abdelli"), ('Max "Le Grand"', "Anne & <Fils>"))


@dataclass
class School:
    """Ids of what ``create`` stored. ``pupils`` are in class-list order: Abdelli, Anne, D'Arc."""

    parts: Wiring
    platform_id: int
    course_id: int
    link_id: int
    other_course_id: int
    other_link_id: int
    teacher_id: int
    assistant_id: int
    pupils: list[int]
    stranger_id: int

    @classmethod
    def create(cls, parts: Wiring, settings: LinkSettings | None = None) -> School:
        now = parts.clock()
        chosen = (settings or LinkSettings()).to_json()
        with parts.store.write() as session:
            platform = platform_row(now)
            session.add(platform)
            session.flush()
            deployment = platform.deployments[0]
            courses = []
            for number, title in ((2, "BTS SIO 1re année"), (3, "BTS SIO 2e année")):
                course = Course(
                    deployment_id=deployment.id,
                    context_id=str(number),
                    label=f"SIO{number - 1}",
                    title=title,
                    roster_at=now,
                )
                session.add(course)
                session.flush()
                link = ResourceLink(
                    course_id=course.id,
                    lti_id=str(number),
                    title="Compétences",
                    settings=chosen,
                )
                session.add(link)
                session.flush()
                url = LINE_ITEM_URL.replace("services.php/2", f"services.php/{number}")
                session.add(LineItem(resource_link_id=link.id, url=url))
                courses.append((course.id, link.id))
            (course_id, link_id), (other_course_id, other_link_id) = courses

            def person(sub: int, given: str, family: str, course: int, place: str) -> int:
                user = User(
                    platform_id=platform.id,
                    sub=str(sub),
                    given_name=given,
                    family_name=family,
                    name=f"{given} {family}",
                )
                session.add(user)
                session.flush()
                session.add(
                    Membership(
                        course_id=course,
                        user_id=user.id,
                        launched_as=place if place == "teacher" else "",
                        roster_role="learner",
                    )
                )
                return user.id

            teacher_id = person(3, "Camille", "Durand", course_id, "teacher")
            assistant_id = person(4, "Inès", "O'Brien", course_id, "teacher")
            ids = [
                person(5 + n, given, family, course_id, "learner")
                for n, (given, family) in enumerate(PUPILS)
            ]
            stranger_id = person(50, "Zoé", "Ailleurs", other_course_id, "learner")
            return cls(
                parts,
                platform.id,
                course_id,
                link_id,
                other_course_id,
                other_link_id,
                teacher_id,
                assistant_id,
                [ids[1], ids[2], ids[0]],
                stranger_id,
            )

    def launch(
        self,
        user_id: int | None = None,
        roles: Sequence[str] = ("teacher",),
        *,
        link_id: int | None = None,
        locale: str = "fr",
        return_url: str | None = None,
    ) -> tuple[CurrentLaunch, str]:
        """A launch session (by default the teacher's) and its secret."""
        with self.parts.store.write() as session:
            link = session.get_one(ResourceLink, link_id or self.link_id)
            sid = launch_sessions.id_of(self.platform_id, secrets.token_hex(8))
            secret = launch_sessions.start(
                session,
                sid,
                user_id=user_id or self.teacher_id,
                course_id=link.course_id,
                resource_link_id=link.id,
                roles=frozenset(roles),
                locale=locale,
                now=self.parts.clock(),
                return_url=return_url,
            )
        found = launch_sessions.find(self.parts.store, sid, secret, self.parts.clock())
        assert found is not None
        return found, secret

    def enter(
        self,
        app: Flask,
        user_id: int | None = None,
        roles: Sequence[str] = ("teacher",),
        **more: object,
    ) -> tuple[FlaskClient, str]:
        """A browser with that launch's cookie, and the start of its pages' addresses."""
        launch, secret = self.launch(user_id, roles, **more)  # type: ignore[arg-type]
        base = f"/s/{launch.session_id}"
        client = app.test_client()
        with app.test_request_context(base + "/"):
            serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            value = serializer.dumps({"secret": secret})
        client.set_cookie("launch", value, path=base + "/")
        return client, base

    def rate(
        self, learner_id: int, code: str, level: int | None, comment: str | None = None
    ) -> None:
        """The teacher rates one competence."""
        launch, _secret = self.launch()
        with self.parts.store.write() as session:
            assessing.record(
                session,
                launch,
                [assessing.Entry(learner_id, code, level, comment)],
                self.parts.clock(),
            )


def platform_row(now: datetime, issuer: str = ISSUER, client_id: str = "client-1") -> Platform:
    """A Moodle as registered by hand, with one deployment."""
    return Platform(
        name="Lycée",
        issuer=issuer,
        client_id=client_id,
        auth_login_url=issuer + "/mod/lti/auth.php",
        auth_token_url=issuer + "/mod/lti/token.php",
        jwks_url=issuer + "/mod/lti/certs.php",
        product_family="moodle",
        created_at=now,
        deployments=[Deployment(deployment_id="1")],
    )
