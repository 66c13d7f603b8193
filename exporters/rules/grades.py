"""What Moodle's grade imports refuse, or do without being asked; seen on Moodle 4.5."""

from collections import Counter
from collections.abc import Iterator

from exporters import moodle_grades_csv
from exporters.base import ExportOptions, competences
from exporters.lint_catalogue import note
from exporters.results import Results
from exporters.rules import common
from exporters.wording import has_control
from referential.findings import Finding, finding
from referential.model import Referential
from referential.scale import Scale

TARGET = "Moodle"


def xml(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """grade/import/xml/lib.php: one error and nothing is imported."""
    results = options.results or Results(())
    without = sum(not learner.idnumber for learner in results.learners)
    if without:
        yield note("learner_left_out", count=without)
    counted = Counter(learner.idnumber for learner in results.learners if learner.idnumber)
    for idnumber, count in counted.items():
        if count > 1:
            yield note("learner_repeated", idnumber=idnumber, target=TARGET)
    for column in results.columns:
        if not column.idnumber:
            yield note("column_left_out", label=column.label)
    used = [column.idnumber for column in results.columns if column.idnumber]
    assessed = results.assessed()
    used += [
        leaf.idnumber for leaf in competences(referential, options.scope) if leaf.code in assessed
    ]
    for idnumber, count in Counter(used).items():
        if count > 1:
            yield note(
                "column_repeated",
                what="le numéro d’identification",
                what_en="the ID number",
                value=idnumber,
                target=TARGET,
            )
    yield from common.limited(
        note("feedback_control", learner=learner.id)
        for learner, _column, grade in results.all_grades()
        if has_control(grade.feedback)
    )
    yield from _empties(sum(grade.value is None for *_who, grade in results.all_grades()))
    kept = [learner for learner in results.learners if learner.idnumber]
    if not used or not kept:
        yield finding("nothing")
    yield from _both(referential, scale, options, results)


def csv(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """grade/import/csv: columns are told apart by their headers."""
    results = options.results or Results(())
    assessed = results.assessed()
    leaves = [leaf for leaf in competences(referential, options.scope) if leaf.code in assessed]
    headers = Counter(moodle_grades_csv.headers(results, leaves, options))
    for header, count in headers.items():
        if count > 1:
            yield note(
                "column_repeated",
                what="l’en-tête",
                what_en="the header",
                value=f"« {header} »",
                target=TARGET,
            )
    yield from common.limited(_misread(results))
    yield from _empties(_empty_cells(results, [leaf.code for leaf in leaves]))
    if not results.learners:
        yield finding("nothing")
    yield from common.scale_names(scale, options.language, TARGET)
    yield from _both(referential, scale, options, results)


def _misread(results: Results) -> Iterator[Finding]:
    for learner in results.learners:
        texts = [learner.name, learner.idnumber, learner.email, learner.username]
        texts += [results.grade(learner, i).feedback for i in range(len(results.columns))]
        if any(common.misread(text) for text in texts):
            yield note("feedback_form", learner=learner.id, target=TARGET)


def _empties(count: int) -> Iterator[Finding]:
    if count:
        yield note("empties", count=count, target=TARGET)


def _empty_cells(results: Results, codes: list[str]) -> int:
    """A cell of the CSV without a grade; unlike a line of the XML, it cannot be left out."""
    graded = sum(grade.value is not None for *_who, grade in results.all_grades())
    assessed = sum(
        results.level(learner, code) is not None for learner in results.learners for code in codes
    )
    cells = len(results.learners) * (len(results.columns) + len(codes))
    return cells - graded - assessed


def _both(
    referential: Referential, scale: Scale, options: ExportOptions, results: Results
) -> Iterator[Finding]:
    yield from common.limited(_values(scale, results))
    exported = {leaf.code for leaf in competences(referential, options.scope)}
    elsewhere = sum(code not in exported for _learner, code in results.levels)
    if elsewhere:
        yield note("level_elsewhere", count=elsewhere)


def _values(scale: Scale, results: Results) -> Iterator[Finding]:
    top = len(scale.levels)
    for _learner, column, grade in results.all_grades():
        if grade.value is None:
            continue
        if column.by_level:
            if grade.value != int(grade.value) or not 1 <= grade.value <= top:
                yield note("level_unknown", value=grade.value, label=column.label, maximum=top)
        elif not 0 <= grade.value <= column.maximum:
            yield note(
                "grade_out_of_range",
                value=grade.value,
                label=column.label,
                maximum=column.maximum,
            )
    for (_id, code), level in results.levels.items():
        if not 1 <= level <= top:
            yield note("level_unknown", value=level, label=code, maximum=top)
