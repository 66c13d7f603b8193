"""The product's parts, wired once by the app factory or a command, and handed to whoever works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from lti_app.clients.http import Http
from lti_app.models.store import Store
from lti_app.services.lti.directory import PlatformDirectory
from lti_app.services.platforms.circuit import Circuits
from lti_app.services.platforms.keys import KeyRing
from lti_app.services.platforms.platform_keys import PlatformKeys
from lti_app.services.platforms.token_store import DatabaseTokens
from lti_app.settings import Settings

EXTENSION = "competences"


@dataclass(frozen=True, slots=True)
class Wiring:
    """``clock`` gives the present moment in UTC. ``wake`` tells the sync worker that grades wait; it
    may be lost without harm, since the database is the truth. ``look_back`` asks it to read what an
    activity's columns hold, because a teacher looks at them; ``read_roster`` to read a course's class
    list, so that no page waits for the platform."""

    settings: Settings
    store: Store
    http: Http
    keys: KeyRing
    platform_keys: PlatformKeys
    directory: PlatformDirectory
    tokens: DatabaseTokens
    circuits: Circuits
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    look_back: Callable[[int], None]
    read_roster: Callable[[int], None]


def wiring() -> Wiring:
    """The parts of the app that handles the current request."""
    return cast(Wiring, current_app.extensions[EXTENSION])
