"""The class as the grid's scripts take it: one JSON document, lean enough for 60 × 153.

Levels are a string with one character for each competence, in the order of ``nodes``' leaves: ``0`` not
assessed, else the level in base 36 (scales have at most ten), or the letter of a mark (``MARKS``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lti_app.models import User
from lti_app.services.activities.framing import Framing
from lti_app.services.classes.cells import Cell, Changes, Overlay
from lti_app.services.classes.clashes import Clash
from lti_app.services.classes.classroom import ClassView, GradeView, StudentRow
from lti_app.services.classes.groups import GroupView
from lti_app.services.classes.mark_words import mark_words
from lti_app.services.classes.people import spoken_name
from lti_app.services.grades import sync_texts
from lti_app.services.grades.overruled import Overruled
from lti_app.services.grades.standings import Standing
from lti_app.views.filters import language, moment, points, typo
from referential.occasions import MARKS

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MARK_DIGITS = dict(zip(MARKS, "xyz", strict=True))
MARK_KEYS = dict(zip(MARKS, "bdx", strict=True))


def class_data(view: ClassView, overlay: Overlay, groups: Iterable[GroupView]) -> dict[str, Any]:
    """All the grid needs to draw itself."""
    framing = view.framing
    last = len(framing.referential.tiers) - 1
    codes = [node.code for node in framing.competences]
    places = {code: place for place, code in enumerate(codes)}
    return {
        "scale": scale_data(framing),
        "nodes": [
            [node.code, typo(node.label), node.depth, int(node.depth == last)]
            for node in _scope_nodes(framing)
        ],
        "students": [
            student_data(row, framing)
            | {"name": row.name, "given": row.given_name, "levels": _levels(row, codes)}
            | _words(overlay.commented.get(row.id, ()), places)
            for row in view.students
        ],
        "groups": [
            {"id": group.id, "name": group.name, "team": group.is_team, "members": group.members}
            for group in groups
        ],
        "weighs": framing.mastery_rule.repeats_count,
        **position(framing, [row.id for row in view.students], overlay.latest),
    }


def scale_data(framing: Framing) -> dict[str, Any]:
    """The levels by rising value, « not assessed » first, then the marks; ``also`` are other ways to write
    one in a spreadsheet (services.classes.class_sheets)."""
    scale, lang = framing.scale, language()
    none = scale.unassessed
    taken = {key.casefold() for level in scale.levels for key in (level.key, level.letter)}
    return {
        "code": scale.code,
        "levels": [
            {"value": 0, "letter": "", "shape": none.shape, "key": none.key}
            | {"name": typo(none.name(lang)), "proficient": False}
            | {"also": ["-", none.name_fr, none.name_en]},
            *(
                {
                    "value": level.value,
                    "letter": level.letter,
                    "shape": level.shape,
                    "key": level.key,
                    "name": typo(level.name(lang)),
                    "proficient": level.proficient,
                    "also": [level.name_fr, level.name_en],
                }
                for level in scale.levels
            ),
        ],
        "marks": [
            {
                "code": code,
                "value": DIGITS.index(MARK_DIGITS[code]),
                "letter": words.letters,
                "key": "" if MARK_KEYS[code] in taken else MARK_KEYS[code].upper(),
                "name": words.name,
                "also": words.also,
            }
            for code, words in mark_words().items()
        ],
    }


def student_data(row: StudentRow, framing: Framing) -> dict[str, Any]:
    """A student's grade and its state in Moodle."""
    view = row.grade
    data: dict[str, Any] = {
        "id": row.id,
        "grade": "" if view.state == "none" else _grade(view, framing),
        "state": row.standing.state,
    }
    return data | _standing(row.standing, row.spoken_name, framing)


def held_text(theirs: Overruled, framing: Framing) -> str:
    """What the gradebook holds instead of ours, brought to the activity's maximum; « – » for nothing."""
    if theirs.score is None or not theirs.maximum:
        return "–"
    if theirs.levels:
        levels = framing.scale.levels
        known = theirs.maximum == len(levels) and 1 <= theirs.score <= len(levels)
        return levels[int(theirs.score) - 1].letter if known else str(int(theirs.score))
    score = theirs.score * framing.settings.maximum / theirs.maximum
    exact = score == round(score, framing.places)
    return points(score, framing.places if exact else max(framing.places, 2))


def _standing(standing: Standing, name: str, framing: Framing) -> dict[str, Any]:
    """Why a grade needs a look: a sentence, its column, and what the gradebook holds there instead of ours
    (shown where ours is: only the activity's own is)."""
    if standing.theirs is None and standing.state != "failed":
        return {}
    data: dict[str, Any] = {
        "why": sync_texts.standing_sentence(standing, name, framing.places),
        "column": standing.column_id,
    }
    if standing.theirs is not None:
        data["held"] = "" if standing.part else held_text(standing.theirs, framing)
        data["replaceable"] = standing.theirs.replaceable
        data["kept"] = standing.theirs.kept
    return data


def position(framing: Framing, pupils: Iterable[int], latest: int) -> dict[str, Any]:
    """How far a page has read, and prints of what it stands on: the class list and the settings. A page
    whose print differs has to be read again."""
    settings = json.dumps(framing.settings.to_json(), sort_keys=True)
    people = ",".join(str(pupil) for pupil in pupils)
    return {"since": latest, "settings": _print(settings), "people": _print(people)}


def changes_data(
    changes: Changes, framing: Framing, pupils: Sequence[User], rows: Iterable[StudentRow]
) -> dict[str, Any]:
    """What is new: cells, the grades that follow (``rows``), where every grade stands, and who did it."""
    names = {user.id: spoken_name(user) for user in pupils}
    return {
        **position(framing, names, changes.latest),
        "cells": cells_data((c for c in changes.cells if c.learner_id in names), framing),
        "students": [student_data(row, framing) for row in rows],
        "states": [
            {"id": learner, "state": standing.state} | _standing(standing, names[learner], framing)
            for learner, standing in changes.states.items()
            if learner in names
        ],
        "authors": [[name, count] for name, count in changes.authors],
        "reload": changes.too_many,
    }


def cells_data(cells: Iterable[Cell], framing: Framing) -> list[list[Any]]:
    """``[learner, place among the competences, digit, has words]`` each."""
    places = {node.code: place for place, node in enumerate(framing.competences)}
    return [
        [cell.learner_id, places[cell.code], cell_digit(cell.level, cell.mark), int(cell.commented)]
        for cell in cells
    ]


def clashes_data(clashes: Iterable[Clash]) -> list[dict[str, Any]]:
    """Entries held back, each with what was entered meanwhile, by a colleague or by the person (``own``)."""
    return [
        {
            "learner": clash.entry.learner_id,
            "code": clash.entry.code,
            "value": cell_digit(clash.level, clash.mark),
            "comment": clash.comment,
            "author": clash.author,
            "at": moment(clash.at),
            "id": clash.id,
            "own": clash.own,
        }
        for clash in clashes
    ]


def cell_digit(level: int | None, mark: str) -> str:
    """A cell's character in ``levels``."""
    return DIGITS[level] if level else MARK_DIGITS.get(mark, "0")


def _levels(row: StudentRow, codes: Sequence[str]) -> str:
    marks = row.marks
    level = row.levels.get
    if not marks:  # 9,000 cells: the short way where there is one
        return "".join([DIGITS[level(code, 0)] for code in codes])
    return "".join([cell_digit(level(code), marks.get(code, "")) for code in codes])


def _words(codes: Iterable[str], places: Mapping[str, int]) -> dict[str, Any]:
    return {"words": sorted(places[code] for code in codes)} if codes else {}


def _grade(view: GradeView, framing: Framing) -> str:
    return view.level.letter if view.level else points(view.grade.value, framing.places)


def _print(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _scope_nodes(framing: Framing) -> list[Any]:
    """The scope's competences and every node above them, in the référentiel's order."""
    seen: dict[str, Any] = {}
    for competence in framing.competences:
        for node in (*framing.referential.ancestors(competence.code), competence):
            seen.setdefault(node.code, node)
    return list(seen.values())
