"""What a plan is made of: one step for each thing a push would do, and what it would leave.

Each step says in its fields what was there before and what there will be, so that it can be shown to a
person as it is; ``push`` knows how to call Moodle for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lti_app.services.moodle.framework import Competency, Found, Rule


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: its name in Moodle, what it holds and what it should hold."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CreateFramework:
    """The framework does not exist yet."""

    idnumber: str
    shortname: str


@dataclass(frozen=True, slots=True)
class UpdateFramework:
    """Name, description, taxonomies or flags of levels differ."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Create:
    """A competency that Moodle has not."""

    competency: Competency


@dataclass(frozen=True, slots=True)
class Update:
    """A competency whose name or description differ."""

    found: Found
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A competency that stands under another parent (None: at the top)."""

    found: Found
    after: str | None

    @property
    def before(self) -> str | None:
        return self.found.content.parent


@dataclass(frozen=True, slots=True)
class Arrange:
    """The children of ``parent`` stand in another order. Idnumbers, as they are and as they will be."""

    parent: str | None
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relate:
    """Two competencies become related, or no longer are; ``one`` sorts before ``other``."""

    one: str
    other: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class SetRule:
    """A competency's rule differs (None: it has none).

    ``restores``: the rule is one that people set in Moodle and that Moodle drops when children are
    added, moved or removed; it is put back.
    """

    idnumber: str
    before: Rule | None
    after: Rule | None
    restores: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """A competency that only Moodle has, to be removed because that was asked for."""

    found: Found


class NoteKind(StrEnum):
    """What a person should know although nothing is done about it."""

    SCALE_DIFFERS = "scale_differs"
    HIDDEN = "hidden"
    RULE_LOST = "rule_lost"


@dataclass(frozen=True, slots=True)
class Note:
    """``values`` fill the blanks of its sentence (see ``texts``)."""

    kind: NoteKind
    values: tuple[tuple[str, str], ...] = ()


Step = (
    CreateFramework | UpdateFramework | Create | Update | Move | Arrange | Relate | SetRule | Delete
)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is between a référentiel and a framework in Moodle.

    ``steps`` stand in the order in which they can be applied. ``left`` counts the competencies that
    are right already, ``only_in_moodle`` are those the référentiel does not have and that stay.
    """

    idnumber: str
    shortname: str
    steps: tuple[Step, ...]
    left: int
    only_in_moodle: tuple[Found, ...]
    notes: tuple[Note, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether Moodle already is as it should be."""
        return not self.steps

    def count(self, kind: type) -> int:
        """How many steps are of this kind."""
        return sum(isinstance(step, kind) for step in self.steps)
