"""The référentiels and scales that can be pushed: what was imported for the platform, then ``config/``."""

from __future__ import annotations

from lti_app.config_files import config_dir
from lti_app.errors import InputError
from lti_app.services.moodle.errors import MoodleInputError
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.wiring import Wiring
from referential.library import UnknownName, load_named_scale
from referential.model import Referential
from referential.scale import Scale


def tree_named(parts: Wiring, platform_id: int, name: str) -> Referential:
    """The newest version that counts for this platform. Raises ``MoodleInputError`` for an unknown name."""
    with parts.store.read() as session:
        catalogue = Catalogue(session, platform_id)
        try:
            return catalogue.get(name)
        except InputError as error:
            choices = ", ".join(entry.name for entry in catalogue.entries())
            raise MoodleInputError("unknown_referential", name=name, choices=choices) from error


def scale_named(name: str) -> Scale:
    """Raises ``MoodleInputError`` for an unknown name."""
    try:
        return load_named_scale(config_dir(), name)
    except UnknownName as error:
        choices = ", ".join(error.choices)
        raise MoodleInputError("unknown_scale", name=name, choices=choices) from error
