"""What an activity covers: référentiel, chosen parts, scale and maximum, read from its settings.

The choice travels in the link's custom parameters (``referential``, ``scope``, ``scale``,
``maximum``), so that a duplicated or restored course works with nothing in our database.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lti_app.config_files import config_dir
from lti_app.errors import InputError
from referential.library import available, load_named
from referential.model import Node, Referential, UnknownNode
from referential.scale import Scale, load_scale

DEFAULT_REFERENTIAL = "bts-sio"
DEFAULT_SCALE = "bts-sio-4"
DEFAULT_MAXIMUM = Decimal(20)


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """An activity's choice: names of files in ``config/``, codes of nodes (none: all of it), and the
    grade's maximum (greater than 0, at most 1,000)."""

    referential: str = DEFAULT_REFERENTIAL
    scope: tuple[str, ...] = ()
    scale: str = DEFAULT_SCALE
    maximum: Decimal = DEFAULT_MAXIMUM

    def to_json(self) -> dict[str, Any]:
        return {
            "referential": self.referential,
            "scope": list(self.scope),
            "scale": self.scale,
            "maximum": str(self.maximum),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LinkSettings:
        return cls(
            referential=data.get("referential", DEFAULT_REFERENTIAL),
            scope=tuple(data.get("scope", ())),
            scale=data.get("scale", DEFAULT_SCALE),
            maximum=Decimal(data.get("maximum", DEFAULT_MAXIMUM)),
        )


@dataclass(frozen=True, slots=True)
class Framing:
    """The settings resolved: ``competences`` are the scope's leaves in the référentiel's order."""

    settings: LinkSettings
    referential: Referential
    scale: Scale
    competences: tuple[Node, ...]

    @property
    def scope_nodes(self) -> tuple[Node, ...]:
        """The chosen parts; empty when the activity covers the whole référentiel."""
        return tuple(self.referential.node(code) for code in self.settings.scope)


def settings_from_custom(custom: Mapping[str, Any]) -> LinkSettings:
    """Reads a launch's custom parameters; absent ones take their default.

    Raises ``InputError`` for a référentiel, part, scale or maximum that does not exist here.
    """
    settings = LinkSettings(
        referential=str(custom.get("referential") or DEFAULT_REFERENTIAL),
        scope=tuple(str(custom.get("scope") or "").replace(",", " ").split()),
        scale=str(custom.get("scale") or DEFAULT_SCALE),
        maximum=_maximum(custom.get("maximum")),
    )
    resolve(settings)
    return settings


def settings_to_custom(settings: LinkSettings) -> dict[str, str]:
    """The custom parameters that ``settings_from_custom`` reads back to the same settings.

    Moodle keeps one parameter a line and cuts nothing but line ends and HTML tags.
    """
    return {
        "referential": settings.referential,
        "scope": " ".join(settings.scope),
        "scale": settings.scale,
        "maximum": str(settings.maximum),
    }


def resolve(settings: LinkSettings) -> Framing:
    """The settings with their référentiel and scale. Raises ``InputError`` for a name unknown here."""
    referential = named_referential(settings.referential)
    scale = named_scale(settings.scale)
    try:
        competences = referential.scope(settings.scope) if settings.scope else referential.leaves()
    except UnknownNode as error:
        raise InputError(
            f"Cette activité porte sur « {error.args[0]} », qui n’existe pas dans le référentiel "
            f"« {referential.title} ». Demandez à l’enseignant de choisir à nouveau."
        ) from error
    return Framing(settings, referential, scale, tuple(competences))


@functools.cache
def named_referential(name: str) -> Referential:
    """A référentiel of ``config/referentials``, read once per process."""
    if name not in available(config_dir()):
        raise InputError(f"Le référentiel « {name} » n’est pas installé sur ce service.")
    return load_named(config_dir(), name)


@functools.cache
def named_scale(name: str) -> Scale:
    """A scale of ``config/scales``, read once per process."""
    path = config_dir() / "scales" / f"{name}.toml"
    if not name.replace("-", "").isalnum() or not path.is_file():
        raise InputError(f"L’échelle « {name} » n’est pas installée sur ce service.")
    return load_scale(path)


def _maximum(value: Any) -> Decimal:
    if value in (None, ""):
        return DEFAULT_MAXIMUM
    try:
        maximum = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        maximum = Decimal(0)
    if not (maximum.is_finite() and 0 < maximum <= 1000):
        raise InputError(f"La note maximale « {value} » n’est pas un nombre entre 0 et 1 000.")
    return maximum
