"""The one door at which a référentiel is found by name: the newest one that applies.

Three places, the first that has the name: what an administrator imported for their own LMS, what was
imported for the whole service, the files of ``config/referentials``. A version never changes, so its tree
is kept in memory under its fingerprint; finding one costs one small query.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from lti_app.config_files import config_dir
from lti_app.errors import InputError
from lti_app.models import ImportedReferential, ReferentialVersion
from referential import document
from referential.findings import ReferentialError
from referential.library import available, load_named
from referential.model import Node, Referential, UnknownNode

KEPT_NODES = 300_000  # of all trees in memory together, unless one alone is larger


@dataclass(frozen=True, slots=True)
class Entry:
    """A référentiel that can be chosen. ``version`` is 0 for one of ``config/``; ``own`` when it was
    imported for this LMS only."""

    name: str
    code: str
    title: str
    version: int
    own: bool


class Finder(Protocol):
    """Whoever finds référentiels by name: a ``Catalogue``, or ``FILES`` where there is no database."""

    def get(self, name: str) -> Referential:
        """The référentiel of this name. Raises ``InputError`` if there is none."""

    def follow(self, name: str, code: str) -> Node | None:
        """Where the node is now that had this code in an earlier version."""


class Files:
    """The référentiels of ``config/`` alone."""

    def get(self, name: str) -> Referential:
        """The référentiel of this name. Raises ``InputError`` if there is none."""
        if name not in available(config_dir()):
            raise InputError(
                _("Le référentiel « %(name)s » n’est pas installé sur ce service.", name=name)
            )
        return installed(name)

    def follow(self, name: str, code: str) -> Node | None:
        """None: a file has no earlier version."""
        return None


FILES = Files()


class Catalogue:
    """What one LMS sees, or with ``platform_id`` None what the service itself has."""

    def __init__(self, session: Session, platform_id: int | None) -> None:
        self.session = session
        self.platform_id = platform_id

    def get(self, name: str) -> Referential:
        """The référentiel of this name. Raises ``InputError`` if there is none."""
        found = self.current(name)
        if found is not None:
            return tree_of(self.session, found.id, found.fingerprint)
        return FILES.get(name)

    def current(self, name: str) -> ReferentialVersion | None:
        """The imported version that counts under this name, without its document."""
        return self.session.scalars(self._current(ImportedReferential.name == name)).first()

    def entries(self) -> list[Entry]:
        """Everything that can be chosen, by title; a file that cannot be read is left out."""
        found: dict[str, Entry] = {}
        for name, tree in _installed():
            found[name] = Entry(name, tree.code, tree.title, 0, own=False)
        rows = self.session.execute(
            self._current().with_only_columns(ImportedReferential, ReferentialVersion)
        ).all()
        for row, version in reversed(rows):  # the LMS's own last
            own = row.platform_id is not None
            found[row.name] = Entry(row.name, row.code, version.title, version.number, own)
        return sorted(found.values(), key=lambda entry: (entry.title.casefold(), entry.name))

    def by_code(self, code: str) -> tuple[str, Referential] | None:
        """Name and tree of the référentiel with this code."""
        row = self.session.execute(
            self._current(ImportedReferential.code == code).with_only_columns(
                ImportedReferential.name, ReferentialVersion.id, ReferentialVersion.fingerprint
            )
        ).first()
        if row is not None:
            return row[0], tree_of(self.session, row[1], row[2])
        return installed_by_code(code)

    def code_of(self, name: str) -> str | None:
        """The code of the référentiel of this name."""
        return next((entry.code for entry in self.entries() if entry.name == name), None)

    def follow(self, name: str, code: str) -> Node | None:
        """Where the node is now that had this code in an earlier version, newest first."""
        tree = self.get(name)
        for earlier in self._earlier(name):
            was = earlier.get(code)
            if was is None:
                continue
            try:
                return tree.by_uuid(was.uuid)
            except UnknownNode:
                return None
        return None

    def _earlier(self, name: str) -> Iterator[Referential]:
        rows = self.session.execute(
            select(ReferentialVersion.id, ReferentialVersion.fingerprint)
            .join(ImportedReferential, ImportedReferential.id == ReferentialVersion.referential_id)
            .where(ImportedReferential.name == name, self._visible())
            .order_by(ReferentialVersion.created_at.desc(), ReferentialVersion.id.desc())
        )
        for identity, fingerprint in rows:
            yield tree_of(self.session, identity, fingerprint)
        if name in available(config_dir()):
            yield installed(name)

    def _visible(self) -> ColumnElement[bool]:
        service = ImportedReferential.platform_id.is_(None)
        if self.platform_id is None:
            return service
        return or_(service, ImportedReferential.platform_id == self.platform_id)

    def _current(self, *conditions: ColumnElement[bool]) -> Select[ReferentialVersion]:
        """The versions that count; the LMS's own before the service's."""
        return (
            select(ReferentialVersion)
            .join(ImportedReferential, ImportedReferential.id == ReferentialVersion.referential_id)
            .where(
                ReferentialVersion.number == ImportedReferential.current,
                self._visible(),
                *conditions,
            )
            .order_by(ImportedReferential.platform_id.is_(None), ImportedReferential.name)
        )


class _Trees:
    """The trees used last, by fingerprint: the same whatever database they come from."""

    def __init__(self) -> None:
        self._trees: OrderedDict[str, Referential] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, fingerprint: str) -> Referential | None:
        with self._lock:
            tree = self._trees.get(fingerprint)
            if tree is not None:
                self._trees.move_to_end(fingerprint)
            return tree

    def put(self, fingerprint: str, tree: Referential) -> None:
        with self._lock:
            self._trees[fingerprint] = tree
            while len(self._trees) > 1 and sum(map(len, self._trees.values())) > KEPT_NODES:
                self._trees.popitem(last=False)


_trees = _Trees()


def tree_of(session: Session, version_id: int, fingerprint: str) -> Referential:
    """The tree of a stored version."""
    tree = _trees.get(fingerprint)
    if tree is None:
        text = session.scalars(
            select(ReferentialVersion.document).where(ReferentialVersion.id == version_id)
        ).one()
        tree = document.read(text)
        _trees.put(fingerprint, tree)
    return tree


def installed(name: str) -> Referential:
    """A référentiel of ``config/``, read once per process. Raises ``ReferentialError``."""
    return _installed_in(config_dir(), name)


@functools.cache
def _installed_in(folder: Path, name: str) -> Referential:
    return load_named(folder, name)


def installed_by_code(code: str) -> tuple[str, Referential] | None:
    """Name and tree of the référentiel of ``config/`` with this code."""
    return next(((name, tree) for name, tree in _installed() if tree.code == code), None)


def _installed() -> Iterator[tuple[str, Referential]]:
    names: Sequence[str] = available(config_dir())
    for name in names:
        try:
            yield name, installed(name)
        except ReferentialError:
            continue  # `competences referential check` says why
