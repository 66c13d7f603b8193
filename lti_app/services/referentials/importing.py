"""A file is compared with the version that counts, its plan shown, then applied whole or not at all.

A node found again keeps its UUID and id number (``referential.identity``), so assessments, which point to
UUIDs, follow it wherever it goes. A node that is removed keeps its assessments: they count again when a
version with it does. After a version has become the one that counts, the wanted grades of every activity
concerned are brought up to date in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from lti_app.errors import InputError, NotFound
from lti_app.models import (
    Assessment,
    Course,
    Deployment,
    ImportedReferential,
    NodeKey,
    ReferentialVersion,
    ResourceLink,
)
from lti_app.services.grades import wanted_grades
from lti_app.services.referentials import reading
from lti_app.services.referentials.catalogue import Catalogue, installed_by_code, tree_of
from lti_app.services.referentials.reading import Upload
from referential import diff, document
from referential.diff import Plan
from referential.findings import Finding, finding
from referential.identity import identified
from referential.model import Node, Referential
from referential.rows import Known

CHUNK = 500  # keys in one query


@dataclass(frozen=True, slots=True)
class Assessed:
    """A node that the plan touches, and how many pupils have been assessed on it."""

    node: Node
    learners: int


@dataclass(frozen=True, slots=True)
class Broken:
    """An activity that names parts which would no longer be there."""

    course: str
    activity: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """Who imports: the account that runs the command, or the user of a page."""

    account: str = ""
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import would do. ``name`` is what activities call the référentiel; ``base`` the fingerprint
    of the version it was planned from (empty: the first one); ``removed`` and ``slid``: assessments
    that would no longer show, or stand under another wording."""

    name: str
    tree: Referential
    plan: Plan
    base: str
    first: bool
    removed: tuple[Assessed, ...] = ()
    slid: tuple[Assessed, ...] = ()
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a file gave: findings, and a proposal unless one of them is an error."""

    findings: tuple[Finding, ...]
    proposal: Proposal | None


def propose(catalogue: Catalogue, upload: Upload, code: str = "", title: str = "") -> Outcome:
    """Reads the file and plans from the version that counts. ``code`` and ``title`` win over the file's."""
    code = catalogue.code_of(code) or code
    known = Known(code, title)
    base = catalogue.by_code(code) if code else None
    parsed = reading.read(upload, replace(known, like=base[1] if base else None))
    if parsed.referential is None:
        return Outcome(parsed.findings, None)
    if base is None and (base := catalogue.by_code(parsed.referential.code)):
        parsed = reading.read(upload, replace(known, like=base[1]))
    tree = parsed.referential
    if tree is None:
        return Outcome(parsed.findings, None)
    if base is None and (other := catalogue.code_of(tree.code)):
        taken = finding("framework_taken", value=tree.code, code=other)
        return Outcome((*parsed.findings, taken), None)
    return Outcome(parsed.findings, plan_for(catalogue, tree))


def plan_for(catalogue: Catalogue, tree: Referential) -> Proposal:
    """What it would mean if this tree became the version that counts."""
    base = catalogue.by_code(tree.code)
    old = base[1] if base else None
    tree = identified(tree, old)
    plan = diff.plan(old or replace(tree, nodes=()), tree)
    name = base[0] if base else tree.code
    slid = [change.before for change in plan.slid]
    return Proposal(
        name=name,
        tree=tree,
        plan=plan,
        base=fingerprint(old),
        first=old is None,
        removed=_assessed(catalogue, plan.removed),
        slid=_assessed(catalogue, slid),
        broken=_broken(catalogue, name, old, tree),
    )


def apply(
    catalogue: Catalogue, proposal: Proposal, source: str, author: Author, now: datetime
) -> int:
    """Makes the proposal the version that counts, in the session's transaction; returns its number.

    Raises ``InputError`` if another version has come to count since it was planned.
    """
    session = catalogue.session
    row = _row(catalogue, proposal.tree.code, lock=True)
    base = catalogue.by_code(proposal.tree.code)
    if fingerprint(base[1] if base else None) != proposal.base:
        raise InputError(changed_meanwhile(proposal.name))
    old = base[1] if base else replace(proposal.tree, nodes=())
    tree = diff.apply(proposal.plan, old)
    if row is None:
        row = ImportedReferential(
            platform_id=catalogue.platform_id, name=proposal.name, code=tree.code
        )
        session.add(row)
        session.flush()
    last = session.scalar(
        select(func.max(ReferentialVersion.number)).where(
            ReferentialVersion.referential_id == row.id
        )
    )
    text = document.write(tree)
    version = ReferentialVersion(
        referential_id=row.id,
        number=(last or 0) + 1,
        title=tree.title,
        nodes=len(tree),
        document=text,
        fingerprint=document.fingerprint(text),
        source=source,
        author=author.account,
        author_id=author.user_id,
        created_at=now,
    )
    session.add(version)
    row.current = version.number
    session.flush()
    _refresh(catalogue, row.name, now)
    return version.number


def versions(catalogue: Catalogue, code: str) -> list[ReferentialVersion]:
    """The imported versions of a référentiel, newest first; empty if there are none."""
    row = _row(catalogue, code)
    if row is None:
        return []
    return list(
        catalogue.session.scalars(
            select(ReferentialVersion)
            .where(ReferentialVersion.referential_id == row.id)
            .order_by(ReferentialVersion.number.desc())
        )
    )


def current_number(catalogue: Catalogue, code: str) -> int:
    """The number of the version that counts here; 0 for the one of ``config/`` or of the service."""
    row = _row(catalogue, code)
    return (row.current or 0) if row else 0


def version_zero(catalogue: Catalogue, code: str) -> Referential | None:
    """What counts where nothing was imported: for one LMS the service's, else that of ``config/``."""
    outer = Catalogue(catalogue.session, None).by_code(code) if catalogue.platform_id else None
    found = outer or installed_by_code(code)
    return found[1] if found else None


def plan_restore(catalogue: Catalogue, code: str, number: int) -> Proposal:
    """What it would mean if an earlier version counted again; 0 is the one of ``config/`` or of the
    service. Raises ``NotFound``."""
    return plan_for(catalogue, _version_tree(catalogue, code, number))


def restore(
    catalogue: Catalogue, code: str, number: int, proposal: Proposal, now: datetime
) -> None:
    """Makes an earlier version count again, as planned. Raises ``NotFound``, and ``InputError`` if
    another version has come to count since."""
    row = _row(catalogue, code, lock=True)
    if row is None:
        raise NotFound("referential")
    base = catalogue.by_code(code)
    if fingerprint(base[1] if base else None) != proposal.base:
        raise InputError(changed_meanwhile(proposal.name))
    _version_tree(catalogue, code, number)
    row.current = number or None
    catalogue.session.flush()
    _refresh(catalogue, row.name, now)


def changed_meanwhile(name: str) -> str:
    """What is said when a plan is no longer one from the version that counts."""
    return _(
        "Le référentiel « %(name)s » a changé entre-temps : relisez le plan d’une nouvelle "
        "importation.",
        name=name,
    )


def fingerprint(tree: Referential | None) -> str:
    """What tells versions apart; empty for none."""
    return document.fingerprint(document.write(tree)) if tree else ""


def _row(catalogue: Catalogue, code: str, *, lock: bool = False) -> ImportedReferential | None:
    """The référentiel as imported for this very LMS, or for the service; locked, one import at a time
    goes on."""
    platform = catalogue.platform_id
    query = select(ImportedReferential).where(
        ImportedReferential.code == code,
        ImportedReferential.platform_id.is_(None)
        if platform is None
        else ImportedReferential.platform_id == platform,
    )
    return catalogue.session.scalars(query.with_for_update() if lock else query).first()


def _version_tree(catalogue: Catalogue, code: str, number: int) -> Referential:
    if number == 0:
        zero = version_zero(catalogue, code)
        if zero is None:
            raise NotFound(f"{code} is in no configuration file")
        return zero
    for version in versions(catalogue, code):
        if version.number == number:
            return tree_of(catalogue.session, version.id, version.fingerprint)
    raise NotFound(f"{code} has no version {number}")


def _assessed(catalogue: Catalogue, nodes: Iterable[Node]) -> tuple[Assessed, ...]:
    """Those that somebody has been assessed on, in the courses of this LMS (or of all)."""
    wanted = list(nodes)
    counts: dict[UUID, int] = {}
    for start in range(0, len(wanted), CHUNK):
        query = (
            select(NodeKey.uuid, func.count(Assessment.learner_id.distinct()))
            .join(Assessment, Assessment.node_id == NodeKey.id)
            .join(Course, Course.id == Assessment.course_id)
            .join(Deployment, Deployment.id == Course.deployment_id)
            .where(NodeKey.uuid.in_([node.uuid for node in wanted[start : start + CHUNK]]))
            .group_by(NodeKey.uuid)
        )
        if catalogue.platform_id is not None:
            query = query.where(Deployment.platform_id == catalogue.platform_id)
        counts |= dict(catalogue.session.execute(query).all())
    return tuple(Assessed(node, counts[node.uuid]) for node in wanted if node.uuid in counts)


def _links(catalogue: Catalogue, name: str) -> Sequence[ResourceLink]:
    """The activities on this référentiel."""
    query = (
        select(ResourceLink)
        .join(ResourceLink.course)
        .join(Course.deployment)
        .where(ResourceLink.settings["referential"].as_string() == name)
        .order_by(ResourceLink.course_id, ResourceLink.id)
    )
    if catalogue.platform_id is not None:
        query = query.where(Deployment.platform_id == catalogue.platform_id)
    return catalogue.session.scalars(query).all()


def _broken(
    catalogue: Catalogue, name: str, old: Referential | None, new: Referential
) -> tuple[Broken, ...]:
    if old is None:
        return ()
    uuids = {node.uuid for node in new}
    found = []
    for link in _links(catalogue, name):
        lost = [
            code
            for code in link.settings.get("scope", ())
            if code not in new and not ((was := old.get(code)) and was.uuid in uuids)
        ]
        if lost:
            found.append(Broken(link.course.title, link.title, tuple(lost)))
    return tuple(found)


def _refresh(catalogue: Catalogue, name: str, now: datetime) -> None:
    for course_id in dict.fromkeys(link.course_id for link in _links(catalogue, name)):
        wanted_grades.refresh_course(catalogue.session, course_id, now)
