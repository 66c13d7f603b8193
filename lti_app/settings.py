"""Settings, read once from the environment. ``docs/settings.md`` lists them; a test keeps it whole.

Every setting is ``COMPETENCES_<NAME>``. Without any, the product keeps everything in ``./data`` and
speaks at ``http://localhost:8080``: good for a first look, not for a school.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from lti_app.errors import SettingsError

PREFIX = "COMPETENCES_"
LOCALES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may set.

    ``public_url`` is the address browsers and the LMS reach the tool at, without a trailing slash.
    ``data_dir`` holds the SQLite files and the generated secret. ``database_url`` is a SQLAlchemy URL
    (SQLite or PostgreSQL). ``queue_url`` is empty for the queue beside the database, else
    ``redis://…`` or ``postgresql://…``. ``secret_key`` signs cookies and states and encrypts
    private keys at rest. ``lab`` admits http and private addresses for an LMS on a test network.
    ``locale`` is the language of pages without a launch: ``fr`` or ``en``. ``informal`` says « tu » to
    the students of courses whose teachers did not choose.
    """

    public_url: str
    data_dir: Path
    database_url: str
    queue_url: str
    secret_key: str
    lab: bool
    locale: str
    informal: bool = False

    @property
    def secure(self) -> bool:
        """Whether cookies can be ``Secure``: https, or localhost, which browsers trust too."""
        return _is_secure(self.public_url)


@lru_cache(maxsize=8)
def _is_secure(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings; makes the data folder and, when none is given, its secret key.

    Raises ``SettingsError`` naming the variable whose value cannot be right.
    """
    env = os.environ if environ is None else environ
    data_dir = Path(env.get(PREFIX + "DATA_DIR", "data")).absolute()
    secret = env.get(PREFIX + "SECRET_KEY", "")
    if secret and len(secret) < 32:
        raise SettingsError(f"{PREFIX}SECRET_KEY: {len(secret)} characters; at least 32 are needed")
    return Settings(
        public_url=_public_url(env.get(PREFIX + "PUBLIC_URL", "http://localhost:8080")),
        data_dir=data_dir,
        database_url=_database_url(env.get(PREFIX + "DATABASE_URL", ""), data_dir),
        queue_url=_queue_url(env.get(PREFIX + "QUEUE_URL", "")),
        secret_key=secret or _kept_secret(data_dir),
        lab=_flag(env, "LAB"),
        locale=_choice(env, "LOCALE", LOCALES),
        informal=_flag(env, "TUTOIEMENT"),
    )


def database_url(environ: Mapping[str, str] | None = None) -> str:
    """Where the database is, without making anything. Raises ``SettingsError``."""
    env = os.environ if environ is None else environ
    data_dir = Path(env.get(PREFIX + "DATA_DIR", "data")).absolute()
    return _database_url(env.get(PREFIX + "DATABASE_URL", ""), data_dir)


def _public_url(value: str) -> str:
    like = "like https://competences.example.fr"
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(f"{PREFIX}PUBLIC_URL: {value!r} is not an address {like}")
    if parts.path not in ("", "/"):  # cookies and the launches' own paths begin at the host
        raise SettingsError(
            f"{PREFIX}PUBLIC_URL: {value!r}; the tool needs a host of its own, without a path, {like}"
        )
    return value.rstrip("/")


def _database_url(value: str, data_dir: Path) -> str:
    if not value:
        return f"sqlite:///{data_dir / 'competences.sqlite3'}"
    if value.startswith("postgresql://"):
        return "postgresql+psycopg://" + value.removeprefix("postgresql://")
    if value.startswith(("sqlite:///", "postgresql+psycopg://")):
        return value
    raise SettingsError(f"{PREFIX}DATABASE_URL: must begin with sqlite:/// or postgresql://")


def _queue_url(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "postgresql://", "sqlite:///")):
        raise SettingsError(
            f"{PREFIX}QUEUE_URL: must begin with redis://, postgresql:// or sqlite:///"
        )
    return value


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(PREFIX + name, "0").strip().lower()
    if value not in ("0", "1"):
        raise SettingsError(f"{PREFIX}{name}: {value!r}; must be 0 or 1")
    return value == "1"


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = env.get(PREFIX + name, choices[0])
    if value not in choices:
        raise SettingsError(f"{PREFIX}{name}: {value!r}; must be one of {', '.join(choices)}")
    return value


def _kept_secret(data_dir: Path) -> str:
    """The secret generated at the first start, kept readable by its owner only."""
    path = data_dir / "secret.key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(
            f"{PREFIX}DATA_DIR: cannot write in {data_dir} ({error.strerror})"
        ) from error
    with os.fdopen(descriptor, "w") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret
