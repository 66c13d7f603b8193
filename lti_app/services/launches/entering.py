"""A genuine launch enters: person, course, place and activity known, session made.

All in one transaction. The session's id follows from the nonce: if that was used before, the transaction fails and
nothing is kept. Of two simultaneous posts of one token, one wins.
"""

from __future__ import annotations

import random
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_app import logs
from lti_app.errors import InputError, LtiError
from lti_app.models import (
    Course,
    Deployment,
    LineItem,
    Membership,
    Platform,
    ResourceLink,
    User,
)
from lti_app.models.store import Store
from lti_app.services.activities import choosing_again, course_history, link_settings
from lti_app.services.classes import classroom, groups, pupils
from lti_app.services.current import ADMINISTRATOR, CHOOSER, LEARNER, TEACHER
from lti_app.services.grades import rules_in_force, wanted_grades
from lti_app.services.launches import kept_work, launch_sessions, returning
from lti_app.services.lti import roles
from lti_app.services.lti.hosts import OwnHosts, own_hosts
from lti_app.services.lti.message import DEEP_LINKING, LaunchMessage, language
from lti_app.services.sync import claims

SWEEP_ONE_IN = 500  # launches; each sweep reads every session and deletes what is long over


class Entered(NamedTuple):
    """The new session: its public id, the secret for the cookie, whom a submission review (LTI Submission Review
    1.0 §3.4.1) shows (None: no pupil of the course that we know), and whether the activity has to be chosen again
    (``services.activities.choosing_again``)."""

    session_id: str
    secret: str
    review_id: int | None = None
    choose_again: bool = False


def enter(
    store: Store,
    platform: Platform,
    message: LaunchMessage,
    nonce: str,
    now: datetime,
    hosts: OwnHosts | None = None,
) -> Entered:
    """Raises ``LtiError``: ``token_replayed``, ``roles_missing``, ``not_a_teacher``, or ``link_settings`` for a
    student whose activity covers nothing that exists here."""
    if not message.roles:
        raise LtiError("roles_missing")
    if message.message_type == DEEP_LINKING and not message.roles & {TEACHER, ADMINISTRATOR}:
        raise LtiError("not_a_teacher")
    hosts = hosts or own_hosts(platform)
    sid = launch_sessions.id_of(platform.id, nonce)
    for last_try in (False, True):
        try:
            secret = returning.enter(store, platform, hosts, message, sid, now)
            if secret is not None:
                entered = Entered(sid, secret)
            else:
                with store.write() as session:
                    entered = _enter(session, platform, hosts, message, sid, now)
        except IntegrityError as error:
            if launch_sessions.is_replay(error):
                raise LtiError("token_replayed") from error
            if last_try:  # else: somebody else just stored the same new course or activity
                raise
        else:
            _sweep_sometimes(store, now)
            return entered
    raise AssertionError("unreachable")


def _sweep_sometimes(store: Store, now: datetime) -> None:
    """Deletes what is long over, at one launch in ``SWEEP_ONE_IN``."""
    if random.random() * SWEEP_ONE_IN >= 1:  # noqa: S311 - no secret
        return
    with store.write() as session:
        launch_sessions.sweep(session, now)
        kept_work.sweep(session, now)


def _enter(
    session: Session,
    platform: Platform,
    hosts: OwnHosts,
    message: LaunchMessage,
    sid: str,
    now: datetime,
) -> Entered:
    user = _user(session, platform, message)
    course = _course(session, platform, hosts, message)
    session.flush()
    _membership(session, course, user, message)
    _groups(session, course, user, message)
    link, roles_here, review_id, problem = None, message.roles, None, ""
    if message.message_type == DEEP_LINKING:
        roles_here = frozenset({CHOOSER})
    else:
        link = _link(session, course, message, now)
        problem = choosing_again.problem(session, link)
        if problem and not message.roles & {TEACHER, ADMINISTRATOR}:
            raise LtiError("link_settings", problem)
        session.flush()
        _line_item(session, course, link, hosts.own(message.line_item_url), now)
        review_id = pupils.known(session, platform.id, course.id, message.for_user)
    secret = launch_sessions.start(
        session,
        sid,
        user_id=user.id,
        course_id=course.id,
        resource_link_id=link.id if link else None,
        roles=roles_here,
        locale=language(message.locale),
        now=now,
        return_url=message.return_url,
        deep_linking=message.deep_linking if link is None else None,
    )
    return Entered(sid, secret, review_id, bool(problem))


def _user(session: Session, platform: Platform, message: LaunchMessage) -> User:
    user = session.scalar(
        select(User).where(User.platform_id == platform.id, User.sub == message.sub)
    )
    if user is None:
        user = User(platform_id=platform.id, sub=message.sub)
        session.add(user)
    if message.given_name or message.family_name or message.name:
        user.given_name, user.family_name = message.given_name, message.family_name
        user.name = message.name
    return user


def _course(
    session: Session, platform: Platform, hosts: OwnHosts, message: LaunchMessage
) -> Course:
    deployment = session.scalar(
        select(Deployment).where(
            Deployment.platform_id == platform.id,
            Deployment.deployment_id == message.deployment_id,
        )
    )
    if deployment is None:
        deployment = Deployment(platform_id=platform.id, deployment_id=message.deployment_id)
        session.add(deployment)
        session.flush()
    course = session.scalar(
        select(Course).where(
            Course.deployment_id == deployment.id, Course.context_id == message.context_id
        )
    )
    if course is None:
        course = Course(deployment_id=deployment.id, context_id=message.context_id)
        session.add(course)
    course.label, course.title = message.context_label, message.context_title
    # Moodle leaves the roster's address out until the course holds an activity: keep a known one.
    course.memberships_url = hosts.own(message.memberships_url) or course.memberships_url
    course.lineitems_url = hosts.own(message.line_items_url) or course.lineitems_url
    if message.ags_scopes:
        course.ags_scopes = " ".join(sorted(message.ags_scopes))
    return course


def _link(
    session: Session,
    course: Course,
    message: LaunchMessage,
    now: datetime,
) -> ResourceLink:
    session.flush()
    link = session.scalar(
        select(ResourceLink).where(
            ResourceLink.course_id == course.id, ResourceLink.lti_id == message.resource_link_id
        )
    )
    new = link is None
    if link is None:
        link = ResourceLink(course_id=course.id, lti_id=message.resource_link_id)
        session.add(link)
    link.title = message.resource_link_title
    if link_settings.follow(link, choosing_again.said(message.custom)):
        session.flush()
        if new:
            course_history.take_over(session, link, message.custom)
        try:
            rules_in_force.take_effect(session, link, now)
        except InputError as error:
            logs.event("activity to be chosen again", resource_link=link.id, detail=str(error))
    return link


def _membership(session: Session, course: Course, user: User, message: LaunchMessage) -> None:
    membership = session.get(Membership, (course.id, user.id))
    if membership is None:
        membership = Membership(course_id=course.id, user_id=user.id)
        session.add(membership)
    # An administrator who looks in is no pupil either.
    membership.launched_as = roles.place(message.roles) or TEACHER
    membership.active = True


def _groups(session: Session, course: Course, user: User, message: LaunchMessage) -> None:
    """A student's own groups in the LMS, where the activity's parameters ask for them."""
    told = groups.told(message.custom)
    if told is None or roles.place(message.roles) != LEARNER:
        return
    session.flush()
    groups.follow(session, course.id, user.id, told)


def _line_item(
    session: Session, course: Course, link: ResourceLink, url: str | None, now: datetime
) -> None:
    """The activity's own column. The launch leaves it out when outcomes hang on the activity, and when
    the activity has no grade: then a known address stays, and services.grades.columns looks for an unknown
    one."""
    if url is None and course.lineitems_url is None:
        return
    item = classroom.own_column(session, link.id)
    if item is None:
        item = LineItem(resource_link_id=link.id)
        session.add(item)
    if url is None or url == item.url:
        item.look_at = None  # a launch may bring news: look again at once
        return
    item.url, item.error = url, ""
    session.flush()
    wanted_grades.refresh_course(session, course.id, now)
    claims.column_opens(session, item.id, now)
