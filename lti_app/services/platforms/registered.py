"""Platforms as the administrator manages them: added, listed, switched off and on, with their deployments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import Session, selectinload

from lti_app.clients.url_policy import check_url
from lti_app.errors import AddressRefused, InputError
from lti_app.models import (
    AccessToken,
    Assessment,
    Course,
    Deployment,
    GradeSync,
    LineItem,
    Membership,
    Platform,
    PlatformStatus,
    ResourceLink,
    User,
)
from lti_app.services.grades import columns, grade_sync
from lti_app.services.lti import origins
from lti_app.services.lti.addresses import JWKS_PATH, LAUNCH_PATH, LOGIN_PATH

MAX_DEPLOYMENT = 255  # characters (LTI 1.3 Core §5.3.3)
AT_ONCE = 1000  # people deleted in one statement
MOODLE_PATHS = {
    "auth_login_url": "/mod/lti/auth.php",
    "auth_token_url": "/mod/lti/token.php",
    "jwks_url": "/mod/lti/certs.php",
}


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """A registration made by hand: what the LMS shows once the tool is declared there."""

    name: str
    issuer: str
    client_id: str
    deployment_ids: tuple[str, ...]
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    origins: tuple[str, ...] = ()

    @classmethod
    def moodle(
        cls, url: str, client_id: str, deployment_ids: Sequence[str], name: str = ""
    ) -> NewPlatform:
        """A Moodle, whose addresses follow from its own."""
        issuer = url.rstrip("/")
        return cls(
            name=name or issuer,
            issuer=issuer,
            client_id=client_id,
            deployment_ids=tuple(deployment_ids),
            auth_login_url=issuer + MOODLE_PATHS["auth_login_url"],
            auth_token_url=issuer + MOODLE_PATHS["auth_token_url"],
            jwks_url=issuer + MOODLE_PATHS["jwks_url"],
        )


def add(session: Session, new: NewPlatform, now: datetime, *, lab: bool) -> Platform:
    """Stores a platform, active at once. Raises ``InputError`` naming the value that cannot be right, or the
    platform that has its client_id."""
    for field in ("issuer", "client_id"):
        _refuse_empty(field, getattr(new, field))
    deployment_ids = _each_once(new.deployment_ids)
    for field in ("issuer", "auth_login_url", "auth_token_url", "jwks_url"):
        try:
            check_url(getattr(new, field), lab=lab)
        except AddressRefused as error:
            raise InputError(f"{field} : {error.french}", f"{field}: {error}") from error
    _refuse_twice(session, new.issuer, new.client_id)
    platform = Platform(
        name=new.name,
        issuer=new.issuer,
        client_id=new.client_id,
        auth_login_url=new.auth_login_url,
        auth_token_url=new.auth_token_url,
        jwks_url=new.jwks_url,
        origins=origins.told(new.origins, lab=lab),
        status=PlatformStatus.ACTIVE.value,
        created_at=now,
        deployments=[Deployment(deployment_id=value) for value in deployment_ids],
    )
    session.add(platform)
    session.flush()
    return platform


def _refuse_empty(field: str, value: str) -> None:
    if not value.strip():
        raise InputError(f"{field} est vide.", f"{field} is empty.")


def _each_once(deployment_ids: Sequence[str]) -> list[str]:
    """In the order given. Raises ``InputError`` for an empty one, and when there is none."""
    if not deployment_ids:
        raise InputError(
            "Il manque l’identifiant de déploiement (deployment_id).",
            "The deployment ID is missing (deployment_id).",
        )
    for value in deployment_ids:
        _refuse_empty("deployment_id", value)
    return list(dict.fromkeys(deployment_ids))


def holder(session: Session, client_id: str, but: int | None = None) -> Platform | None:
    """The platform that has this client_id already, whoever issued it; ``but`` is one that may have it.

    One key signs for every platform, and Moodle takes an assertion of ours by the client_id in it alone: a
    platform with another one's client_id could use there what we sign for it. Compared as an LMS's database may
    compare, without regard to capitals and outer spaces (MySQL).
    """
    rows = session.scalars(select(Platform).order_by(Platform.id))
    same = _folded(client_id)
    return next((row for row in rows if row.id != but and _folded(row.client_id) == same), None)


def _folded(client_id: str) -> str:
    return client_id.strip().casefold()


def _refuse_twice(session: Session, issuer: str, client_id: str, but: int | None = None) -> None:
    known = holder(session, client_id, but)
    if known is None:
        return
    if known.issuer == issuer:
        raise InputError(
            f"La plateforme {issuer} avec le client_id {known.client_id} existe déjà (n° {known.id}).",
            f"The platform {issuer} with the client_id {known.client_id} exists already ({known.id}).",
        )
    raise InputError(
        f"Le client_id {client_id} est déjà celui de la plateforme n° {known.id} ({known.issuer}) : "
        "deux plateformes ne peuvent pas avoir le même.",
        f"The client_id {client_id} is that of platform {known.id} ({known.issuer}) already: "
        "two platforms cannot have the same.",
    )


def listed(session: Session) -> list[Platform]:
    """All of them, oldest first, with their deployments."""
    return list(
        session.scalars(
            select(Platform).order_by(Platform.id).options(selectinload(Platform.deployments))
        )
    )


@dataclass(frozen=True, slots=True)
class Holdings:
    """What goes when a platform, or one of its deployments, is removed."""

    courses: int
    activities: int
    people: int
    assessments: int
    grades: int


def holdings(session: Session, platform_id: int) -> Holdings:
    """Counts of what hangs on the platform."""
    people = select(User.id).where(User.platform_id == platform_id)
    return _counted(session, _courses(Deployment.platform_id == platform_id), people)


def deployment_holdings(session: Session, deployment: Deployment) -> Holdings:
    """Counts of what hangs on that deployment; people who come from another one as well stay."""
    courses = _courses(Deployment.id == deployment.id)
    return _counted(session, courses, _only_there(courses))


def _courses(of: ColumnElement[bool]) -> Select:
    return select(Course.id).join(Course.deployment).where(of)


def _only_there(courses: Select) -> Select:
    """Those with a place in one of these courses and in no other."""
    elsewhere = select(Membership.user_id).where(Membership.course_id.not_in(courses))
    return (
        select(Membership.user_id)
        .distinct()
        .where(Membership.course_id.in_(courses), Membership.user_id.not_in(elsewhere))
    )


def _counted(session: Session, courses: Select, people: Select) -> Holdings:
    def count(query: Select) -> int:
        return session.scalar(select(func.count()).select_from(query.subquery())) or 0

    return Holdings(
        courses=count(courses),
        activities=count(select(ResourceLink.id).where(ResourceLink.course_id.in_(courses))),
        people=count(people),
        assessments=count(select(Assessment.id).where(Assessment.course_id.in_(courses))),
        grades=count(
            select(GradeSync.id)
            .join(GradeSync.line_item)
            .join(LineItem.resource_link)
            .where(ResourceLink.course_id.in_(courses))
        ),
    )


def remove(session: Session, platform_id: int) -> None:
    """Deletes the platform and all that hangs on it. Raises ``InputError`` for an unknown number."""
    session.delete(found(session, platform_id))


def rekey(
    session: Session, platform_id: int, client_id: str, deployment_ids: Sequence[str]
) -> Platform:
    """Gives the platform the identifiers of a new declaration in its LMS; courses and people stay.

    ``deployment_ids`` are all that it has from now on, in any order. One that it has already keeps its courses; one
    that is new takes over those of the one that is no longer there, when there is one of each. What was declared anew
    has its gradebook columns looked for again (``services.grades.columns``).

    Raises ``InputError``, with nothing changed, for an unknown number, for empty identifiers and for a client_id
    that another platform has; when a deployment is left out that none replaces; and when it is not clear which
    replaces which.
    """
    _refuse_empty("client_id", client_id)
    given = _each_once(deployment_ids)
    platform = found(session, platform_id)
    _refuse_twice(session, platform.issuer, client_id, but=platform_id)
    present = list(platform.deployments)
    known = {row.deployment_id for row in present}
    gone = [row for row in present if row.deployment_id not in given]
    new = [value for value in given if value not in known]
    _refuse_unclear(platform_id, [row.deployment_id for row in gone], new)
    anew = gone if client_id == platform.client_id else present
    platform.client_id, platform.refused_deployment = client_id, None
    if gone:
        gone[0].deployment_id = new[0]
    else:
        platform.deployments += [Deployment(deployment_id=value) for value in new]
    columns.declared_anew(session, [row.id for row in anew])
    session.execute(delete(AccessToken).where(AccessToken.platform_id == platform_id))
    grade_sync.revive(session, platform_id)
    return platform


def _refuse_unclear(platform_id: int, gone: Sequence[str], new: Sequence[str]) -> None:
    if not gone or len(gone) == len(new) == 1:
        return
    before, after = ", ".join(gone), ", ".join(new)
    if not new:
        command = f"competences platform remove-deployment {platform_id} {gone[0]}"
        raise InputError(
            f"La plateforme n° {platform_id} a aussi le déploiement {before} : donnez tous ceux qu’elle garde, ou "
            f"supprimez d’abord celui qui n’est plus (« {command} »).",
            f"Platform {platform_id} has the deployment {before} as well: give all that it keeps, or remove first "
            f"the one that is no more (“{command}”).",
        )
    raise InputError(
        f"On ne sait pas lequel remplace lequel : avant {before}, maintenant {after}. Donnez un seul nouvel "
        "identifiant de déploiement à la fois, avec tous les autres tels qu’ils sont encore ici.",
        f"Which replaces which is not clear: {before} before, {after} now. Give one new deployment ID at a time, with "
        "all the others as they still are here.",
    )


def add_deployment(session: Session, platform_id: int, deployment_id: str) -> Platform:
    """One more deployment of the platform, with courses of its own. Raises ``InputError`` for an unknown number, and
    for an identifier that is empty or known already."""
    _refuse_empty("deployment_id", deployment_id)
    platform = found(session, platform_id)
    if deployment_id in {row.deployment_id for row in platform.deployments}:
        raise InputError(
            f"La plateforme n° {platform_id} a déjà le déploiement {deployment_id}.",
            f"Platform {platform_id} has the deployment {deployment_id} already.",
        )
    platform.deployments.append(Deployment(deployment_id=deployment_id))
    if platform.refused_deployment == deployment_id:
        platform.refused_deployment = None
    return platform


def removable(session: Session, platform_id: int, deployment_id: str) -> Deployment:
    """A deployment that may go. Raises ``InputError`` for an unknown one, and for a platform's only one."""
    platform = found(session, platform_id)
    row = next((row for row in platform.deployments if row.deployment_id == deployment_id), None)
    if row is None:
        raise InputError(
            f"La plateforme n° {platform_id} n’a pas de déploiement {deployment_id}.",
            f"Platform {platform_id} has no deployment {deployment_id}.",
        )
    if len(platform.deployments) == 1:
        raise InputError(
            f"C’est le seul déploiement de la plateforme n° {platform_id} : « competences platform rekey » lui en "
            "donne un autre, « competences platform remove » supprime la plateforme.",
            f"It is the only deployment of platform {platform_id}: “competences platform rekey” gives it another one, "
            "“competences platform remove” removes the platform.",
        )
    return row


def remove_deployment(session: Session, platform_id: int, deployment_id: str) -> None:
    """Deletes a deployment with its courses, and the people who have a place in no other. Raises as ``removable``."""
    row = removable(session, platform_id, deployment_id)
    people = list(session.scalars(_only_there(_courses(Deployment.id == row.id))))
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        session.execute(
            delete(User).where(User.id.in_(some)).execution_options(synchronize_session=False)
        )
    row.platform.deployments.remove(row)


def note_refused(session: Session, platform_id: int, deployment_id: str) -> None:
    """Remembers the deployment that a genuine launch named and that is not registered here."""
    session.execute(
        update(Platform)
        .where(Platform.id == platform_id)
        .values(refused_deployment=deployment_id[:MAX_DEPLOYMENT])
    )


def set_origins(
    session: Session, platform_id: int, addresses: Sequence[str], *, lab: bool
) -> Platform:
    """Names the further origins of a platform, in place of those it had; what was refused because of them is
    tried again. Raises ``InputError`` for an unknown number and for what is no address that may be called."""
    platform = found(session, platform_id)
    platform.origins = origins.told(addresses, lab=lab)
    columns.look_elsewhere(session, platform_id)
    if platform.status == PlatformStatus.ACTIVE.value:
        grade_sync.revive(session, platform_id)
    return platform


def found(session: Session, platform_id: int) -> Platform:
    """Raises ``InputError`` for a number that no platform has."""
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise InputError(
            f"Aucune plateforme n° {platform_id}.", f"There is no platform {platform_id}."
        )
    return platform


def set_status(session: Session, platform_id: int, status: PlatformStatus) -> Platform:
    """An active platform gets the grades that it refused before. Raises ``InputError`` for a number that
    no platform has."""
    platform = found(session, platform_id)
    platform.status = status.value
    if status is PlatformStatus.ACTIVE:
        grade_sync.revive(session, platform_id)
    return platform


def own_addresses(public_url: str) -> dict[str, str]:
    """The eight values typed into the LMS's form when the tool is declared by hand, by the names that
    Moodle's form gives them in English."""
    return {
        "Tool name": "Compétences",
        "Tool URL": public_url + LAUNCH_PATH,
        "LTI version": "LTI 1.3",
        "Public key type": "Keyset URL",
        "Public keyset": public_url + JWKS_PATH,
        "Initiate login URL": public_url + LOGIN_PATH,
        "Redirection URI(s)": public_url + LAUNCH_PATH,
        "Content selection URL": public_url + LAUNCH_PATH,
    }
