"""The XML of Moodle's grade import (grade/import/xml/lib.php): grades with feedback, and levels.

In a course: *Grades > Import > XML file*. Seen on Moodle 4.5:

- ``assignment`` is the id number of a grade item of the course, ``student`` that of a user; both
  must be set in Moodle and occur once. The first line that does not fit stops the import, and
  then nothing is imported.
- ``score`` is a number with a decimal point, or ``-``, which *empties* the grade. In an outcome
  or a scale column it is the number of the level. ``feedback`` is taken if its box is ticked.
- An activity's grade becomes *overridden*: later grades from the activity no longer change it.

An outcome's column is addressed by the competence's idnumber, which our course backup gives it.
Whoever has no id number is left out; the lint says how many.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from lxml import etree

from exporters.base import ExportOptions, competences
from exporters.results import Results
from exporters.wording import xml_text
from exporters.xml_stream import xml_to
from referential.model import Node, Referential
from referential.scale import Scale

NO_GRADE = "-"


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes one result for each grade and each level there is, in UTF-8."""
    results = options.results or Results(())
    assessed = results.assessed()
    leaves = [leaf for leaf in competences(referential, options.scope) if leaf.code in assessed]
    with xml_to(out) as xml, xml.element("results", batch=referential.code):
        xml.write("\n")
        for assignment, student, score, feedback in _rows(results, leaves):
            xml.write(_result(assignment, student, score, feedback))
            xml.write("\n")


def number(value: Decimal | None) -> str:
    """A grade as Moodle reads it: ``12.5``, never ``1.25E+1``; ``-`` for none."""
    return NO_GRADE if value is None else f"{value.normalize():f}"


def _rows(results: Results, leaves: list[Node]) -> Iterator[tuple[str, str, str, str]]:
    for learner in results.learners:
        if not learner.idnumber:
            continue
        for index, column in enumerate(results.columns):
            grade = results.grades.get((learner.id, index))
            if column.idnumber and grade is not None:
                yield column.idnumber, learner.idnumber, number(grade.value), grade.feedback
        for leaf in leaves:
            level = results.level(learner, leaf.code)
            if level is not None:
                yield leaf.idnumber, learner.idnumber, str(level), ""


def _result(assignment: str, student: str, score: str, feedback: str) -> Any:
    result = etree.Element("result")
    for name, text in (
        ("assignment", assignment),
        ("student", student),
        ("score", score),
        ("feedback", feedback),
    ):
        if text:
            etree.SubElement(result, name).text = xml_text(text)
    return result
