"""The class as the grid's scripts take it: one JSON document, lean enough for 60 × 153.

Levels are a string with one character for each competence, in the order of ``nodes``' leaves: ``0`` not
assessed, else the level in base 36 (scales have at most ten).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lti_app.services import sync_texts
from lti_app.services.classroom import ClassView, GradeView, StudentRow
from lti_app.services.framing import Framing
from lti_app.views.filters import language, points, typo
from referential.mastery import LATEST

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def class_data(view: ClassView) -> dict[str, Any]:
    """All the grid needs to draw itself."""
    framing = view.framing
    return {
        "scale": scale_data(framing),
        "nodes": [
            [node.code, typo(node.label), node.depth, int(node.depth == last)]
            for last in [len(framing.referential.tiers) - 1]
            for node in _scope_nodes(framing)
        ],
        "students": [
            {"name": row.name} | student_data(row, framing, levels=True) for row in view.students
        ],
        "repeats": framing.mastery_rule.repeats_count,
    }


def scale_data(framing: Framing) -> dict[str, Any]:
    """The levels by rising value, « not assessed » first."""
    scale, lang = framing.scale, language()
    none = scale.unassessed
    return {
        "code": scale.code,
        "levels": [
            {"value": 0, "letter": "", "shape": none.shape, "key": none.key}
            | {"name": typo(none.name(lang)), "proficient": False},
            *(
                {
                    "value": level.value,
                    "letter": level.letter,
                    "shape": level.shape,
                    "key": level.key,
                    "name": typo(level.name(lang)),
                    "proficient": level.proficient,
                }
                for level in scale.levels
            ),
        ],
    }


def student_data(row: StudentRow, framing: Framing, *, levels: bool) -> dict[str, Any]:
    """One row: the grade and its state in Moodle; with the levels or without."""
    view = row.grade
    data: dict[str, Any] = {
        "id": row.id,
        "grade": "" if view.state == "none" else _grade(view, framing),
        "state": view.state,
    }
    if view.state == "failed":
        data["why"] = sync_texts.grade_sentence(view.error, row.spoken_name)
    if levels:
        data["levels"] = "".join(
            DIGITS[row.levels.get(node.code, 0)] for node in framing.competences
        )
    return data


def _grade(view: GradeView, framing: Framing) -> str:
    return view.level.letter if view.level else points(view.grade.value, framing.places)


def grades_data(
    rows: Iterable[StudentRow], framing: Framing, *, entered: bool = False
) -> dict[str, Any]:
    """Grades and their states. After something was ``entered`` also the levels, where the activity's
    mastery rule may have made another level of it."""
    levels = entered and framing.mastery_rule != LATEST
    return {"students": [student_data(row, framing, levels=levels) for row in rows]}


def _scope_nodes(framing: Framing) -> list[Any]:
    """The scope's competences and every node above them, in the référentiel's order."""
    seen: dict[str, Any] = {}
    for competence in framing.competences:
        for node in (*framing.referential.ancestors(competence.code), competence):
            seen.setdefault(node.code, node)
    return list(seen.values())
