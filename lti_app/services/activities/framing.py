"""What an activity covers and how it grades: référentiel, parts, scale, maximum and rules.

The choice travels in the link's custom parameters (``referential``, ``scope``, ``scale``, ``maximum`` and the
keys of ``services.grades.rule_settings``), so that a duplicated or restored course works with nothing in our
database. What a teacher changes in the tool afterwards is kept with the activity here
(``services.activities.link_settings``).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from lti_app.config_files import config_dir
from lti_app.errors import InputError
from lti_app.services.grades import rule_settings
from lti_app.services.grades.rule_settings import Rules
from lti_app.services.referentials.catalogue import Finder
from referential.grading import CENT, ZERO, Scheme, scheme
from referential.mastery import MasteryRule
from referential.model import Node, Referential, UnknownNode
from referential.scale import Scale, load_scale

DEFAULT_REFERENTIAL = "bts-sio"
DEFAULT_SCALE = "bts-sio-4"
DEFAULT_MAXIMUM = Decimal(20)
MAX_COLUMNS = 60  # of one activity; a gradebook with more is no longer read


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """An activity's choice: names of files in ``config/``, codes of nodes (none: all of it), the
    grade's maximum (greater than 0, at most 1,000), and how it grades."""

    referential: str = DEFAULT_REFERENTIAL
    scope: tuple[str, ...] = ()
    scale: str = DEFAULT_SCALE
    maximum: Decimal = DEFAULT_MAXIMUM
    rules: Rules = rule_settings.DEFAULT

    def to_json(self) -> dict[str, Any]:
        return {
            "referential": self.referential,
            "scope": list(self.scope),
            "scale": self.scale,
            "maximum": str(self.maximum),
            **rule_settings.write(self.rules),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LinkSettings:
        return cls(
            referential=data.get("referential", DEFAULT_REFERENTIAL),
            scope=tuple(data.get("scope", ())),
            scale=data.get("scale", DEFAULT_SCALE),
            maximum=Decimal(data.get("maximum", DEFAULT_MAXIMUM)),
            rules=rule_settings.read(data),
        )


@dataclass(frozen=True, slots=True)
class Framing:
    """The settings resolved: ``competences`` are the scope's leaves in the référentiel's order;
    ``scheme`` grades them; ``parts`` are the nodes that get a column of their own, in order."""

    settings: LinkSettings
    referential: Referential
    scale: Scale
    competences: tuple[Node, ...]
    scheme: Scheme
    parts: tuple[Node, ...] = ()
    _schemes: dict[str, Scheme] = field(default_factory=dict, compare=False, repr=False)

    @property
    def scope_nodes(self) -> tuple[Node, ...]:
        """The chosen parts; empty when the activity covers the whole référentiel."""
        return tuple(self.referential.node(code) for code in self.settings.scope)

    @property
    def mastery_rule(self) -> MasteryRule:
        return self.settings.rules.mastery

    @property
    def mastery_key(self) -> str:
        """The masteries that this activity reads: those of its scale and mastery rule."""
        return f"{self.settings.scale}/{self.mastery_rule.key}"

    @property
    def places(self) -> int:
        """Decimals that show every possible grade exactly: as few as the rounding leaves, and the same
        for a whole class, so that grades stand under each other."""
        grade, maximum = self.settings.rules.grade, self.settings.maximum
        if grade.required:
            return 2  # a cap may fall between two steps
        if grade.rounding > CENT:
            return max(_places(grade.rounding), _places(maximum))
        total = len(self.competences)
        plain = grade == rule_settings.DEFAULT.grade
        return 1 if plain and total and (maximum * 10) % total == 0 else 2

    def competences_of(self, part: str) -> tuple[Node, ...]:
        """The activity's competences under this node; all of them for ``""``."""
        if not part:
            return self.competences
        under = {node.code for node in self.referential.leaves(part)}
        return tuple(node for node in self.competences if node.code in under)

    def scheme_of(self, part: str) -> Scheme:
        """What grades one column: the activity's rule on that part. Points needed are then all there
        are, since the activity's number is meant for the whole."""
        if not part:
            return self.scheme
        if part not in self._schemes:
            rule = replace(self.settings.rules.grade, points_needed=ZERO)
            codes = [node.code for node in self.competences_of(part)]
            self._schemes[part] = scheme(
                rule, self.referential, codes, self.scale, self.settings.maximum
            )
        return self._schemes[part]


def settings_from_custom(custom: Mapping[str, Any], catalogue: Finder) -> LinkSettings:
    """Reads a launch's custom parameters; absent ones take their default.

    Raises ``InputError`` for a référentiel, part, scale, maximum or rule that does not exist here.
    """
    settings = parse_custom(custom)
    resolve(settings, catalogue)
    return settings


def parse_custom(custom: Mapping[str, Any]) -> LinkSettings:
    """What the parameters say, whether or not it exists here. Raises ``InputError`` for a number or rule
    that cannot be read."""
    return LinkSettings(
        referential=str(custom.get("referential") or DEFAULT_REFERENTIAL),
        scope=tuple(str(custom.get("scope") or "").replace(",", " ").split()),
        scale=str(custom.get("scale") or DEFAULT_SCALE),
        maximum=read_maximum(custom.get("maximum")),
        rules=rule_settings.read(custom),
    )


def settings_to_custom(settings: LinkSettings) -> dict[str, str]:
    """The custom parameters that ``settings_from_custom`` reads back to the same settings.

    Moodle keeps one parameter a line and cuts nothing but line ends and HTML tags.
    """
    return {
        "referential": settings.referential,
        "scope": " ".join(settings.scope),
        "scale": settings.scale,
        "maximum": str(settings.maximum),
        **rule_settings.write(settings.rules),
    }


def resolve(settings: LinkSettings, catalogue: Finder) -> Framing:
    """The settings with their référentiel and scale. A part whose code changed since it was chosen is
    followed to where it is now. Raises ``InputError`` for a name unknown here."""
    referential = catalogue.get(settings.referential)
    settings = _followed(settings, referential, catalogue)
    scale = named_scale(settings.scale)
    try:
        competences = referential.scope(settings.scope) if settings.scope else referential.leaves()
    except UnknownNode as error:
        raise InputError(
            _(
                "Cette activité porte sur « %(code)s », qui n’existe pas dans le référentiel "
                "« %(title)s ».",
                code=error.key,
                title=referential.title,
            )
        ) from error
    codes = [node.code for node in competences]
    try:
        made = scheme(settings.rules.grade, referential, codes, scale, settings.maximum)
        parts = _parts(settings, referential, codes)
    except UnknownNode as error:
        raise InputError(
            _(
                "La règle de note cite « %(code)s », qui n’existe pas dans le référentiel "
                "« %(title)s ».",
                code=error.key,
                title=referential.title,
            )
        ) from error
    except ValueError as error:
        raise InputError(
            _(
                "La règle de note donne %(given)s valeurs de niveaux ; l’échelle « %(scale)s » a "
                "%(count)s niveaux.",
                given=len(settings.rules.grade.level_values),
                scale=scale.title_fr,
                count=len(scale.levels),
            )
        ) from error
    return Framing(settings, referential, scale, tuple(competences), made, parts)


def _followed(settings: LinkSettings, referential: Referential, catalogue: Finder) -> LinkSettings:
    if all(code in referential for code in settings.scope):
        return settings
    scope = []
    for code in settings.scope:
        node = referential.get(code) or catalogue.follow(settings.referential, code)
        scope.append(node.code if node else code)
    return replace(settings, scope=tuple(scope))


def _parts(settings: LinkSettings, referential: Referential, codes: list[str]) -> tuple[Node, ...]:
    """The nodes that the settings give a column: those of a tier, by its letter, or named ones, as far
    as they hold some of the scope but not all of it."""
    wanted: set[str] = set()
    letters = {tier.letter: depth for depth, tier in enumerate(referential.tiers)}
    for word in settings.rules.columns:
        if word in letters:
            wanted |= {node.code for node in referential if node.depth == letters[word]}
        else:
            wanted.add(referential.node(word).code)
    scope = set(codes)
    parts = []
    for node in referential:
        if node.code in wanted:
            under = sum(leaf.code in scope for leaf in referential.leaves(node.code))
            if 0 < under < len(scope):
                parts.append(node)
    if len(parts) > MAX_COLUMNS:
        raise InputError(
            _(
                "Cela ferait %(count)s colonnes dans le carnet de notes ; au plus %(most)s. "
                "Choisissez des parties plus grandes.",
                count=len(parts),
                most=MAX_COLUMNS,
            )
        )
    return tuple(parts)


def _places(number: Decimal) -> int:
    return max(-int(number.normalize().as_tuple().exponent), 0)


@functools.cache
def named_scale(name: str) -> Scale:
    """A scale of ``config/scales``, read once per process."""
    path = config_dir() / "scales" / f"{name}.toml"
    if not name.replace("-", "").isalnum() or not path.is_file():
        raise InputError(_("L’échelle « %(name)s » n’est pas installée sur ce service.", name=name))
    return load_scale(path)


def read_maximum(value: Any) -> Decimal:
    """A maximum as people type it. Raises ``InputError`` unless it is above 0 and at most 1,000."""
    if value in (None, ""):
        return DEFAULT_MAXIMUM
    maximum = rule_settings.decimal(str(value))
    if maximum is None or not 0 < maximum <= 1000:
        raise InputError(
            _("La note maximale « %(value)s » n’est pas un nombre entre 0 et 1 000.", value=value)
        )
    if maximum != maximum.quantize(CENT):
        raise InputError(_("La note maximale « %(value)s » a plus de deux décimales.", value=value))
    return maximum
