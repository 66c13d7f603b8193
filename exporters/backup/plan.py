"""What a course backup will hold: sections, activities and outcomes, with their numbers.

A backup refers by the database ids of the site it came from. There is none, so things are
numbered here; a restore maps every number to a new one.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from exporters.base import ExportOptions
from exporters.wording import full_name, shorten
from referential.model import Node, Referential
from referential.scale import Scale

MAX_NAME = 255
"""Characters of the name of an activity, section or outcome (varchar 255)."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of this tool: a part of the référentiel and the competences under it.

    ``module`` is the course module's number, also that of its LTI row; ``item`` the number of its
    grade item; ``outcomes`` the competences whose outcomes hang on it, with their numbers.
    """

    node: Node
    module: int
    section: int
    section_number: int
    item: int
    competences: tuple[Node, ...]
    outcomes: tuple[tuple[int, Node], ...] = ()

    @property
    def directory(self) -> str:
        """Where its files are in the archive."""
        return f"activities/lti_{self.module}"

    @property
    def idnumber(self) -> str:
        """The id number of activity and column: the part's, marked if it is one competence, whose
        outcome has that id number already."""
        only = self.competences == (self.node,)
        return self.node.idnumber + ("-LTI" if only else "")

    @property
    def name(self) -> str:
        """What the activity and its column are called."""
        return shorten(full_name(self.node), MAX_NAME)


@dataclass(frozen=True, slots=True)
class Section:
    """One section; ``node`` is None for the one at the top, which every course has."""

    id: int
    number: int
    node: Node | None
    modules: tuple[int, ...]

    @property
    def directory(self) -> str:
        """Where its files are in the archive."""
        return f"sections/section_{self.id}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole course. ``numbers`` gives each competence's outcome its number, from 1."""

    COURSE: ClassVar[int] = 2
    """Not 1, which is the site itself: a tool of the site would become one of the course."""
    COURSE_CONTEXT: ClassVar[int] = 2
    SCALE: ClassVar[int] = 1
    COURSE_ITEM: ClassVar[int] = 1
    COURSE_CATEGORY: ClassVar[int] = 1

    referential: Referential
    scale: Scale
    options: ExportOptions
    sections: tuple[Section, ...]
    activities: tuple[Activity, ...]
    competences: tuple[Node, ...]
    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The course's full name."""
        referential = self.referential
        french = self.options.french
        return referential.title if french else referential.title_en or referential.title

    @property
    def time(self) -> int:
        """``options.moment`` in seconds since 1970."""
        return int(self.options.moment.timestamp())


def make_plan(referential: Referential, scale: Scale, options: ExportOptions) -> Plan:
    """The course for these options.

    The activities are the parts named in ``options.activities``, else in ``options.scope``, else
    the elements of the first tier; those without a competence are left out. Raises
    :class:`referential.model.UnknownNode`.
    """
    codes = options.activities or options.scope or [root.code for root in referential.roots]
    chosen = {referential.node(code).code: referential.leaves(code) for code in codes}
    under = [leaf.code for leaves in chosen.values() for leaf in leaves]
    competences = referential.scope(dict.fromkeys(under)) if under else ()
    numbers = {leaf.code: number for number, leaf in enumerate(competences, 1)}
    sections: list[Section] = [Section(1, 0, None, ())]
    activities: list[Activity] = []
    placed: set[str] = set()
    by_root: dict[str, list[Node]] = {}
    for node in (node for node in referential.nodes if chosen.get(node.code)):
        root = (*referential.ancestors(node.code), node)[0]
        by_root.setdefault(root.code, []).append(node)
    for code, parts in by_root.items():
        number = len(sections)
        modules = []
        for node in parts:
            module = len(activities) + 1
            hung = [leaf for leaf in chosen[node.code] if leaf.code not in placed]
            placed.update(leaf.code for leaf in hung)
            outcomes = tuple((numbers[leaf.code], leaf) for leaf in hung)
            activities.append(
                Activity(
                    node=node,
                    module=module,
                    section=number + 1,
                    section_number=number,
                    item=Plan.COURSE_ITEM + module,
                    competences=chosen[node.code],
                    outcomes=outcomes,
                )
            )
            modules.append(module)
        sections.append(Section(number + 1, number, referential.node(code), tuple(modules)))
    return Plan(
        referential, scale, options, tuple(sections), tuple(activities), competences, numbers
    )
