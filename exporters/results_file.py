"""Results in a JSON file, for grade files made at the command line.

::

    {"learners": [{"id": "12", "name": "…", "idnumber": "E12", "email": "…", "username": "…"}],
     "columns": [{"label": "…", "idnumber": "BTSSIO-P1", "maximum": "20", "by_level": false}],
     "grades": [{"learner": "12", "column": 0, "value": "12.5", "feedback": "…"}],
     "levels": [{"learner": "12", "code": "C1.1.03.1", "level": 3}]}

Numbers are written as text so that none is rounded; plain numbers are read as well. ``columns``,
``grades`` and ``levels`` may be left out.
"""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from exporters.results import Column, Grade, Learner, Results


class ResultsError(ValueError):
    """The file is no results file; the message says where it is not."""


def read_results(data: bytes) -> Results:
    """The results written in ``data``. Raises :class:`ResultsError`."""
    try:
        values = json.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ResultsError(str(error)) from error
    if not isinstance(values, dict):
        raise ResultsError("the file must hold one object")
    learners = tuple(_learner(row) for row in _rows(values, "learners"))
    columns = tuple(_column(row) for row in _rows(values, "columns"))
    known = {learner.id for learner in learners}
    if len(known) < len(learners):
        raise ResultsError("two learners have the same id")
    grades: dict[tuple[str, int], Grade] = {}
    for row in _rows(values, "grades"):
        index = row.get("column")
        if type(index) is not int or not 0 <= index < len(columns):
            raise ResultsError(f"grades: there is no column {index!r}")
        value = row.get("value")
        grades[_known(row, known, "grades"), index] = Grade(
            None if value is None else _number(value, "grades.value"), _text(row, "feedback")
        )
    levels: dict[tuple[str, str], int] = {}
    for row in _rows(values, "levels"):
        level = row.get("level")
        if type(level) is not int or level < 1:
            raise ResultsError(f"levels: {level!r} is no level")
        levels[_known(row, known, "levels"), _text(row, "code", required=True)] = level
    return Results(learners, columns, grades, levels)


def print_results(results: Results) -> bytes:
    """The results as such a file; :func:`read_results` gives them back equal."""
    values = {
        "learners": [
            {
                "id": one.id,
                "name": one.name,
                "idnumber": one.idnumber,
                "email": one.email,
                "username": one.username,
            }
            for one in results.learners
        ],
        "columns": [
            {
                "label": one.label,
                "idnumber": one.idnumber,
                "maximum": str(one.maximum),
                "by_level": one.by_level,
            }
            for one in results.columns
        ],
        "grades": [
            {
                "learner": learner,
                "column": column,
                "value": None if grade.value is None else str(grade.value),
                "feedback": grade.feedback,
            }
            for (learner, column), grade in results.grades.items()
        ],
        "levels": [
            {"learner": learner, "code": code, "level": level}
            for (learner, code), level in results.levels.items()
        ],
    }
    return json.dumps(values, ensure_ascii=False, indent=1).encode() + b"\n"


def _rows(values: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = values.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ResultsError(f"{key} must be a list of objects")
    return rows


def _text(row: Mapping[str, Any], key: str, required: bool = False) -> str:
    value = row.get(key, "")
    if not isinstance(value, str) or (required and not value):
        raise ResultsError(f"{key}: {value!r} is no text")
    return value


def _known(row: Mapping[str, Any], known: set[str], where: str) -> str:
    learner = _text(row, "learner", required=True)
    if learner not in known:
        raise ResultsError(f"{where}: there is no learner {learner!r}")
    return learner


def _number(value: object, where: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ResultsError(f"{where}: {value!r} is no number") from error
    if isinstance(value, bool) or not number.is_finite():
        raise ResultsError(f"{where}: {value!r} is no number")
    return number


def _learner(row: Mapping[str, Any]) -> Learner:
    return Learner(
        _text(row, "id", required=True),
        _text(row, "name"),
        _text(row, "idnumber"),
        _text(row, "email"),
        _text(row, "username"),
    )


def _column(row: Mapping[str, Any]) -> Column:
    maximum = _number(row.get("maximum", 20), "columns.maximum")
    if maximum <= 0:
        raise ResultsError(f"columns.maximum: {maximum} is not above 0")
    by_level = row.get("by_level", False)
    if not isinstance(by_level, bool):
        raise ResultsError(f"columns.by_level: {by_level!r} is neither true nor false")
    return Column(_text(row, "label"), _text(row, "idnumber"), maximum, by_level)
