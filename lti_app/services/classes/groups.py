"""Groups and teams of a course: made by its teachers, or told by the LMS at students' launches.

NRPS names no groups. What Moodle does tell is the ids of the launching person's own groups, by the
custom parameter ``group_ids`` (``$Moodle.Person.userGroupIds``); a group known that way gets its members
as they launch, and its name from a teacher.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.errors import InputError, NotFound
from lti_app.models import Group, GroupKind, GroupMember
from lti_app.services.classes import classroom, masteries
from lti_app.services.current import CurrentLaunch

GROUP_IDS = "group_ids"  # custom parameter: ids of the launching person's own groups
MAX_NAME = 60  # characters
MAX_GROUPS = 100  # in a course
MAX_TOLD = 20  # groups of one person that a launch may name


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group and its present pupils (ids, in class-list order). ``is_team``: they are rated together."""

    id: int
    name: str
    is_team: bool
    told: bool
    members: tuple[int, ...]


def of_course(
    session: Session, course_id: int, pupils: Sequence[int] | None = None
) -> list[GroupView]:
    """The groups, teams last; who is no pupil any more is not named. ``pupils`` are the present ones in
    class-list order, for a caller who knows them."""
    groups = _groups(session, course_id)
    if pupils is None:
        pupils = [user.id for user in classroom.learners(session, course_id)] if groups else []
    order = {pupil: place for place, pupil in enumerate(pupils)}
    views = [
        GroupView(
            group.id,
            group.name or _("Groupe %(id)s de Moodle", id=group.external_id or group.id),
            group.kind == GroupKind.TEAM.value,
            group.external_id is not None,
            tuple(
                sorted(
                    (member.user_id for member in group.members if member.user_id in order),
                    key=order.__getitem__,
                )
            ),
        )
        for group in groups
    ]
    return sorted(views, key=lambda view: (view.is_team, _natural(view.name), view.id))


def create(session: Session, launch: CurrentLaunch, name: str, kind: str) -> int:
    """Makes an empty group or team. Raises ``InputError`` for an empty, long or taken name."""
    masteries.hold(session, launch.course_id)
    groups = _groups(session, launch.course_id)
    if len(groups) >= MAX_GROUPS:
        raise InputError(_("Ce cours a déjà %(count)s groupes et équipes.", count=len(groups)))
    group = Group(
        course_id=launch.course_id,
        kind=GroupKind.TEAM.value if kind == GroupKind.TEAM.value else GroupKind.GROUP.value,
        name=_named(name, groups),
    )
    session.add(group)
    session.flush()
    return group.id


def rename(session: Session, launch: CurrentLaunch, group_id: int, name: str) -> None:
    """Raises ``NotFound`` for another course's group, ``InputError`` for a name that cannot be."""
    masteries.hold(session, launch.course_id)
    group = _one(session, launch, group_id)
    others = [one for one in _groups(session, launch.course_id) if one.id != group_id]
    group.name = _named(name, others)


def remove(session: Session, launch: CurrentLaunch, group_id: int) -> None:
    """Forgets a group; nothing that was assessed changes."""
    session.delete(_one(session, launch, group_id))


def place(session: Session, launch: CurrentLaunch, members: Mapping[int, Collection[int]]) -> None:
    """Puts pupils into groups: for each group id all its members, in place of those it had.

    Who is put into a team leaves their other team. Raises ``NotFound`` for another course's group or
    pupil, ``InputError`` for a pupil named in two teams.
    """
    masteries.hold(session, launch.course_id)
    groups = {group.id: group for group in _groups(session, launch.course_id)}
    pupils = {user.id for user in classroom.learners(session, launch.course_id)}
    named = {user_id for ids in members.values() for user_id in ids}
    if members.keys() - groups.keys() or named - pupils:
        raise NotFound("group")
    teams = [id_ for id_ in members if groups[id_].kind == GroupKind.TEAM.value]
    in_teams = [user_id for id_ in teams for user_id in set(members[id_])]
    if len(in_teams) != len(set(in_teams)):
        raise InputError(_("Un étudiant ne peut être que dans une équipe à la fois."))
    for id_ in members:
        session.execute(
            delete(GroupMember).where(
                GroupMember.group_id == id_, GroupMember.user_id.in_(pupils or {0})
            )
        )
    other_teams = [
        group.id
        for group in groups.values()
        if group.kind == GroupKind.TEAM.value and group.id not in members
    ]
    session.execute(
        delete(GroupMember).where(
            GroupMember.group_id.in_(other_teams), GroupMember.user_id.in_(in_teams)
        )
    )
    session.expire_all()
    session.add_all(
        GroupMember(group_id=id_, user_id=user_id)
        for id_, ids in members.items()
        for user_id in sorted(set(ids))
    )
    session.flush()


def told(custom: Mapping[str, object]) -> frozenset[str] | None:
    """The ids of a person's own groups as a launch's custom parameters tell them, comma-separated; None where
    they do not, or where the platform left a variable that it does not know as it stands."""
    words = custom.get(GROUP_IDS)
    if words is None or str(words).startswith("$"):
        return None
    parts = (part.strip() for part in str(words).split(","))
    return frozenset(p for p in parts if p.isascii() and p.isdigit() and len(p) <= 12)


def follow(session: Session, course_id: int, user_id: int, told: Collection[str]) -> None:
    """Takes over what a launch tells of a student's own groups in the LMS; groups that a teacher made are
    left alone."""
    known = {
        group.external_id: group
        for group in _groups(session, course_id)
        if group.external_id is not None
    }
    for external_id in sorted(told)[:MAX_TOLD]:
        if external_id not in known and len(known) < MAX_GROUPS:
            group = known[external_id] = Group(
                course_id=course_id, kind=GroupKind.GROUP.value, external_id=external_id
            )
            session.add(group)
    session.flush()
    for external_id, group in known.items():
        member = session.get(GroupMember, (group.id, user_id))
        if external_id in told and member is None:
            session.add(GroupMember(group_id=group.id, user_id=user_id))
        elif external_id not in told and member is not None:
            session.delete(member)


def _groups(session: Session, course_id: int) -> Sequence[Group]:
    return session.scalars(
        select(Group).where(Group.course_id == course_id).order_by(Group.id)
    ).all()


def _one(session: Session, launch: CurrentLaunch, group_id: int) -> Group:
    group = session.get(Group, group_id)
    if group is None or group.course_id != launch.course_id:
        raise NotFound("group")
    return group


def _named(name: str, others: Sequence[Group]) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise InputError(_("Donnez un nom au groupe."))
    if len(clean) > MAX_NAME:
        raise InputError(
            _(
                "Le nom du groupe a %(count)s caractères, au plus %(most)s.",
                count=len(clean),
                most=MAX_NAME,
            )
        )
    if any(clean.casefold() == other.name.casefold() for other in others):
        raise InputError(_("Un groupe de ce cours s’appelle déjà « %(name)s ».", name=clean))
    return clean


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """« Équipe 2 » before « Équipe 10 »."""
    parts: list[tuple[int, str]] = []
    digits = ""
    for char in name.casefold() + "\0":
        if char.isascii() and char.isdigit():
            digits += char
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((0, char))
    return tuple(parts)
