"""What a class has reached, as the grade files take it: people, columns, grades, levels.

The exporters of grades are pure functions of this. Whoever builds it decides what is in it: a
column or a level that is not there is not exported, and one that is there without a grade says
« no grade » (Moodle then empties the cell).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Learner:
    """One person. ``id`` is theirs in the LMS (Moodle: a number, as text) and unique; ``idnumber``,
    ``email`` and ``username`` are what imports find people by, empty where unknown."""

    id: str
    name: str
    idnumber: str = ""
    email: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the gradebook. ``idnumber`` is the grade item's, set in Moodle (empty: it has
    none); ``maximum`` is the highest grade, above 0. With ``by_level`` its grades are levels of
    the scale, from 1 to the number of levels, and ``maximum`` is that number."""

    label: str
    idnumber: str = ""
    maximum: Decimal = Decimal(20)
    by_level: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade out of the column's maximum, None for « no grade », and the words beside it."""

    value: Decimal | None = None
    feedback: str = ""


NOTHING = Grade()


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a class.

    ``grades`` maps (id of the learner, index of the column) to a grade; ``levels`` maps (id of
    the learner, code of the competence) to the value of a level, for the competences that are
    outcomes in the course (no entry: not assessed).
    """

    learners: tuple[Learner, ...]
    columns: tuple[Column, ...] = ()
    grades: Mapping[tuple[str, int], Grade] = field(default_factory=dict)
    levels: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def grade(self, learner: Learner, column: int) -> Grade:
        """The learner's grade in the column of this index; an empty one if there is none."""
        return self.grades.get((learner.id, column), NOTHING)

    def level(self, learner: Learner, code: str) -> int | None:
        """The learner's level in a competence, None if not assessed."""
        return self.levels.get((learner.id, code))

    def assessed(self) -> frozenset[str]:
        """The codes of the competences in which anyone has a level."""
        return frozenset(code for _learner, code in self.levels)

    def all_grades(self) -> Iterator[tuple[Learner, Column, Grade]]:
        """Every grade there is, by learner, then by column."""
        for learner in self.learners:
            for index, column in enumerate(self.columns):
                grade = self.grades.get((learner.id, index))
                if grade is not None:
                    yield learner, column, grade
