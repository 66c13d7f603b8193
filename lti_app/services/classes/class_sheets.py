"""« Saisie déportée »: the class leaves as a spreadsheet and comes back filled in.

The file is only compared here: what differs from the class as it is now is shown, and recorded once the
teacher accepts it (views.class_sheets), through the same door as any other entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from exporters.class_sheet import Line, Sheet, Words
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import cells, classroom, sheet_reading
from lti_app.services.classes.classroom import ClassView, StudentRow
from lti_app.services.classes.mark_words import mark_words
from lti_app.services.classes.sheet_reading import Filled, Row
from lti_app.services.current import CurrentLaunch
from referential.model import Node


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell says: a level, a mark, or neither (not assessed)."""

    level: int | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of the file that says something else than the class now. ``author`` and ``at`` tell of a
    judgement made after the file was downloaded; ``emptied`` of a level whose cell is empty now."""

    learner_id: int
    name: str
    node: Node
    before: Value
    after: Value
    author: str = ""
    at: datetime | None = None
    emptied: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file against the class: what differs, in the class's order; rows and cells that were not
    understood, in words; how many cells say the same; how far the class had been read."""

    framing: Framing
    differences: tuple[Difference, ...]
    problems: tuple[str, ...]
    same: int
    elsewhere: bool
    latest: int


def sheet_of(session: Session, launch: CurrentLaunch, lang: str) -> Sheet:
    """The class of the launch's activity, for exporters.class_sheet."""
    view = classroom.class_view(session, launch)
    framing = view.framing
    latest = cells.latest_id(session, launch.course_id)
    letters = {level.value: level.letter for level in framing.scale.levels}
    words = mark_words()
    lines = []
    for row in view.students:
        found = {code: letters[level] for code, level in row.levels.items()}
        found |= {code: words[mark].letters for code, mark in row.marks.items() if mark in words}
        lines.append(Line(row.id, row.name, found))
    return Sheet(
        words=_words(framing, lang),
        activity=launch.resource_link_id,
        base=latest,
        scale=framing.scale,
        parts=_parts(framing),
        competences=framing.competences,
        lines=lines,
        letters=[*letters.values(), *(word.letters for word in words.values())],
    )


def compare(session: Session, launch: CurrentLaunch, data: bytes) -> Comparison:
    """The file against the class. Raises ``InputError`` for a file that cannot be read as a table or
    names no competence of the activity."""
    view = classroom.class_view(session, launch)
    framing = view.framing
    latest = cells.latest_id(session, launch.course_id)
    filled = sheet_reading.read(data, [node.code for node in framing.competences])
    since = filled.base if filled.base is not None else latest
    ids = [row.id for row in view.students]
    later = cells.judged_last(session, launch.course_id, framing, ids, since)
    problems = list(filled.problems)
    differences: list[Difference] = []
    same = 0
    nodes = {node.code: node for node in framing.competences}
    seen: set[int] = set()
    for row, student in _matched(filled, view, problems):
        if student.id in seen:
            problems.append(
                _(
                    "Ligne %(line)s : %(name)s a déjà une ligne plus haut.",
                    line=row.line,
                    name=student.name,
                )
            )
            continue
        seen.add(student.id)
        for code, text in row.cells.items():
            before = Value(
                student.levels.get(code),
                "" if code in student.levels else student.marks.get(code, ""),
            )
            after = value_of(text, framing)
            if after is None:
                problems.append(
                    _(
                        "Ligne %(line)s, %(code)s : « %(text)s » n’est ni un niveau ni une absence.",
                        line=row.line,
                        code=code,
                        text=text[:20],
                    )
                )
            elif after == before:
                same += 1
            elif text or (filled.base is not None and (student.id, code) not in later):
                author, at, _id = later.get((student.id, code), ("", None, 0))
                difference = Difference(student.id, student.name, nodes[code], before, after)
                differences.append(replace(difference, author=author, at=at, emptied=not text))
    return Comparison(
        framing,
        tuple(differences),
        tuple(problems),
        same,
        filled.activity not in (None, launch.resource_link_id),
        latest,
    )


def value_of(text: str, framing: Framing) -> Value | None:
    """What was typed in a cell: a level's letter, key or name, a mark, « 0 » or nothing; None for
    anything else."""
    wanted = _plain(text)
    none = framing.scale.unassessed
    if wanted in {"", "-", *map(_plain, (none.shape, none.key, none.name_fr, none.name_en))}:
        return Value()
    for level in framing.scale.levels:
        names = (level.letter, level.key, level.name_fr, level.name_en, level.shape)
        if wanted in set(map(_plain, names)):
            return Value(level.value)
    for mark, words in mark_words().items():
        if wanted in {words.letters.casefold(), words.name.casefold(), *words.also}:
            return Value(mark=mark)
    return None


def _matched(filled: Filled, view: ClassView, problems: list[str]) -> list[tuple[Row, StudentRow]]:
    """The file's rows with their students: by number, else by a name that only one has."""
    by_id = {str(one.id): one for one in view.students}
    by_name: dict[str, list[StudentRow]] = {}
    for one in view.students:
        for name in {_plain(one.name), _plain(one.spoken_name)}:
            by_name.setdefault(name, []).append(one)
    found: list[tuple[Row, StudentRow]] = []
    for row in filled.rows:
        named = by_name.get(_plain(row.name), [])
        student = by_id.get(row.number)
        if student is None and len(named) == 1:
            student = named[0]
        if student is not None:
            found.append((row, student))
        elif any(text.strip() for text in row.cells.values()):
            problems.append(
                _(
                    "Ligne %(line)s : aucun étudiant de la classe ne s’appelle « %(name)s ».",
                    line=row.line,
                    name=(row.name or row.number)[:60],
                )
            )
    return found


def _plain(name: str) -> str:
    return " ".join(name.replace("’", "'").casefold().split())


def _parts(framing: Framing) -> Mapping[str, str]:
    """Above the first competence of each activity, the activity."""
    parts: dict[str, str] = {}
    last = ""
    for node in framing.competences:
        above = framing.referential.ancestors(node.code)
        if above and above[-1].code != last:
            last = above[-1].code
            parts[node.code] = f"{last} {above[-1].label}"
    return parts


def _words(framing: Framing, lang: str) -> Words:
    colon = "\u202f:" if lang == "fr" else ":"
    levels = [f"{level.letter}{colon} {level.name(lang)}" for level in framing.scale.levels]
    return Words(
        title=_("Classe"),
        number=_("Numéro"),
        student=_("Étudiant"),
        help_title=_("Mode d’emploi"),
        help=(
            _("Dans chaque case, la lettre d’un niveau, son chiffre ou son nom :"),
            *levels,
            *(f"{one.letters}{colon} {one.name}" for one in mark_words().values()),
            _("0 : retirer le niveau."),
            _(
                "Ne changez ni les numéros ni les codes ; l’ordre des lignes et des colonnes est libre."
            ),
            _(
                "Une fois rempli, déposez le fichier sur la page d’où il vient : elle montre ce qui "
                "change, et rien n’est enregistré sans votre accord."
            ),
        ),
    )
