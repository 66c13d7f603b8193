"""A référentiel by its name, for commands that must start fast: a file of ``config/`` needs no database.

Whether an import has taken the place of that file is asked of SQLite by its driver alone; SQLAlchemy is
imported only for a référentiel that is in the database, and where the database is a PostgreSQL server.
Nothing is created or migrated.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lti_app.errors import SettingsError
from lti_app.settings import database_url
from referential.library import UnknownName, available, load_named
from referential.model import Referential

SQLITE = "sqlite:///"
_IMPORTED = (
    "select 1 from referentials where name = ? and platform_id is null and current is not null"
)


def referential_named(config: Path, name: str) -> Referential:
    """The référentiel that the service has under this name.

    Raises ``UnknownName``, ``ReferentialError``, and ``SettingsError`` for a wrong database address.
    """
    url = database_url()
    installed = name in available(config)
    embedded = url.startswith(SQLITE)
    if not embedded or _imported(Path(url.removeprefix(SQLITE)), name):
        found = _from_database(url, name)
        if found is not None:
            return found
    if installed:
        return load_named(config, name)
    raise UnknownName("referential", name, (*available(config), *_names(url)))


def _imported(path: Path, name: str) -> bool:
    if not path.is_file():
        return False
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(_IMPORTED, (name,)).fetchone() is not None
    except sqlite3.Error:
        return False  # a database older than imports, or none at all
    finally:
        connection.close()


def _from_database(url: str, name: str) -> Referential | None:
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from lti_app.models.store import Store
    from lti_app.services.referentials.catalogue import Catalogue, tree_of

    store = Store(url)
    try:
        with store.read() as session:
            found = Catalogue(session, None).current(name)
            return tree_of(session, found.id, found.fingerprint) if found else None
    except ProgrammingError:
        return None  # no such table: nothing was ever imported
    except OperationalError as error:
        raise SettingsError("COMPETENCES_DATABASE_URL: the database does not answer") from error
    finally:
        store.dispose()


def _names(url: str) -> list[str]:
    """The names of what was imported; empty if the database cannot be asked."""
    from sqlalchemy.exc import SQLAlchemyError

    from lti_app.models.store import Store
    from lti_app.services.referentials.catalogue import Catalogue

    if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).is_file():
        return []
    store = Store(url)
    try:
        with store.read() as session:
            return [one.name for one in Catalogue(session, None).entries() if one.version]
    except SQLAlchemyError:
        return []
    finally:
        store.dispose()
