"""Platforms as the administrator manages them: added, listed, switched off and on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
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
    Platform,
    PlatformStatus,
    ResourceLink,
    User,
)
from lti_app.services.grades import columns, grade_sync
from lti_app.services.lti import origins
from lti_app.services.lti.addresses import JWKS_PATH, LAUNCH_PATH, LOGIN_PATH

MAX_DEPLOYMENT = 255  # characters (LTI 1.3 Core §5.3.3)
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
    """Stores a platform, active at once. Raises ``InputError`` naming the value that cannot be right."""
    for field in ("issuer", "client_id"):
        if not getattr(new, field).strip():
            raise InputError(f"{field} est vide.", f"{field} is empty.")
    if not new.deployment_ids:
        raise InputError(
            "Il manque l’identifiant de déploiement (deployment_id).",
            "The deployment ID is missing (deployment_id).",
        )
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
        deployments=[Deployment(deployment_id=value) for value in new.deployment_ids],
    )
    session.add(platform)
    session.flush()
    return platform


def _refuse_twice(session: Session, issuer: str, client_id: str, but: int | None = None) -> None:
    known = session.scalar(
        select(Platform).where(Platform.issuer == issuer, Platform.client_id == client_id)
    )
    if known is not None and known.id != but:
        raise InputError(
            f"La plateforme {issuer} avec le client_id {client_id} existe déjà (n° {known.id}).",
            f"The platform {issuer} with the client_id {client_id} exists already ({known.id}).",
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
    """What goes when a platform is removed."""

    courses: int
    activities: int
    people: int
    assessments: int
    grades: int


def holdings(session: Session, platform_id: int) -> Holdings:
    """Counts of what hangs on the platform."""
    courses = select(Course.id).join(Course.deployment).where(Deployment.platform_id == platform_id)

    def count(query: Select) -> int:
        return session.scalar(select(func.count()).select_from(query.subquery())) or 0

    return Holdings(
        courses=count(courses),
        activities=count(select(ResourceLink.id).where(ResourceLink.course_id.in_(courses))),
        people=count(select(User.id).where(User.platform_id == platform_id)),
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

    The present deployments are renamed in order, so that their courses follow. Raises ``InputError`` for an
    unknown number, and for identifiers that another platform has.
    """
    platform = found(session, platform_id)
    _refuse_twice(session, platform.issuer, client_id, but=platform_id)
    platform.client_id, platform.refused_deployment = client_id, None
    for deployment, value in zip(platform.deployments, deployment_ids, strict=False):
        deployment.deployment_id = value
    for value in deployment_ids[len(platform.deployments) :]:
        platform.deployments.append(Deployment(deployment_id=value))
    session.execute(delete(AccessToken).where(AccessToken.platform_id == platform_id))
    grade_sync.revive(session, platform_id)
    return platform


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
