"""The CSV of Moodle's grade import (grade/import/csv): one learner a line, mapped by hand.

In a course: *Grades > Import > CSV file*; the page that follows asks which column tells who
somebody is (id number, user id, e-mail or user name) and which grade item, or feedback, each other
column fills. Seen on Moodle 4.5:

- Grades have a decimal point, which is read in every language; levels are words and must be
  exactly those of Moodle's scale, with *Verbose scales* set to yes.
- An empty cell or ``-`` means « no grade » and *empties* it. Any error stops the whole import.

Cells are exact: nothing is put before a ``=`` or ``-``. Do not open the file in a spreadsheet.
"""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from exporters.base import DELIMITERS, ExportOptions, competences
from exporters.moodle_grades_xml import number
from exporters.results import Results
from exporters.streams import text_of
from exporters.wording import full_name, shorten
from referential.model import Node, Referential
from referential.scale import Scale

MAX_HEADER = 100
"""Characters we give a header; it becomes the name of a column that Moodle is told to create."""

WHO_FR = (
    "Numéro d’identification",
    "Identifiant Moodle",
    "Adresse de courriel",
    "Identifiant de connexion",
    "Nom",
)
WHO_EN = ("ID number", "Moodle user id", "Email address", "Username", "Name")


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes a header and one line a learner in UTF-8 without byte order mark, ended by LF."""
    results = options.results or Results(())
    assessed = results.assessed()
    leaves = [leaf for leaf in competences(referential, options.scope) if leaf.code in assessed]
    with text_of(out) as text:
        writer = csv.writer(text, delimiter=DELIMITERS[options.delimiter], lineterminator="\n")
        writer.writerow(headers(results, leaves, options))
        writer.writerows(_rows(results, leaves, scale, options))


def headers(results: Results, leaves: list[Node], options: ExportOptions) -> list[str]:
    """The column names: who, then each grade and its feedback, then each competence."""
    feedback = "commentaire" if options.french else "feedback"
    names = list(WHO_FR if options.french else WHO_EN)
    for column in results.columns:
        names += [column.label, f"{column.label} ({feedback})"]
    return names + [shorten(full_name(leaf), MAX_HEADER) for leaf in leaves]


def _rows(
    results: Results, leaves: list[Node], scale: Scale, options: ExportOptions
) -> Iterator[list[str]]:
    for learner in results.learners:
        row = [learner.idnumber, learner.id, learner.email, learner.username, learner.name]
        for index, column in enumerate(results.columns):
            grade = results.grade(learner, index)
            value = number(grade.value)
            if column.by_level and grade.value is not None:
                value = scale.level(int(grade.value)).name(options.language)
            row += [value, grade.feedback]
        for leaf in leaves:
            level = results.level(learner, leaf.code)
            row.append("-" if level is None else scale.level(level).name(options.language))
        yield row
