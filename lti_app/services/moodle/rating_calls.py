"""Ratings in a Moodle course, over web services: what is rated, by whom, and giving one.

No call tells the ratings of a whole course: they are read learner by learner, all competencies of one in
one call (``report_competency_data_for_report``, about 70 ms and 4 kB for each competency of the course);
who rated, and with what words, competency by competency, so only of those that changed.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti_app.clients.moodle_ws import Call, MoodleWs
from lti_app.errors import MoodleRefused
from lti_app.services.moodle.wanted import plain
from referential.findings import french

MARK = "(Compétences)"
"""Stands in every note of ours, so that what we wrote is never taken for a teacher's rating."""
MAX_NOTE = 2000  # characters


@dataclass(frozen=True, slots=True)
class Rated:
    """A competency of one learner in the course: ``grade`` is a level's place in Moodle's scale, from 1;
    None: not rated. ``modified`` is in unix seconds."""

    idnumber: str
    competency_id: int
    scale_id: int
    grade: int | None
    modified: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rating that stands: ``sub`` and ``name`` are who gave it, ``words`` their note."""

    id: int
    grade: int
    sub: str
    name: str
    words: str
    at: datetime

    @property
    def is_ours(self) -> bool:
        return MARK in self.words


def linked(ws: MoodleWs, course: int) -> frozenset[str]:
    """The idnumbers of the course's competencies. Raises ``MoodleRefused``."""
    found = ws.call("core_competency_list_course_competencies", id=course)
    return frozenset(str(one["competency"]["idnumber"]) for one in found)


def rated(
    ws: MoodleWs, course: int, users: Sequence[int]
) -> Iterator[tuple[int, tuple[Rated, ...] | None]]:
    """Each user's ratings in the course; None where Moodle does not tell them (not enrolled any more)."""
    rest = list(users)
    while rest:
        calls = [
            Call(
                "report_competency_data_for_report",
                {"courseid": course, "userid": user, "moduleid": 0},
            )
            for user in rest
        ]
        done = 0
        try:
            for answer in ws.call_each(calls):
                yield rest[done], tuple(_rated(one) for one in answer["usercompetencies"])
                done += 1
            return
        except MoodleRefused as error:
            if error.errorcode == "accessexception":
                raise
            yield rest[done], None
            rest = rest[done + 1 :]


def newest(ws: MoodleWs, course: int, user: int, competency_id: int) -> Evidence | None:
    """The rating given last in the course; None when there is none."""
    answer = ws.call(
        "tool_lp_data_for_user_competency_summary_in_course",
        userid=user,
        competencyid=competency_id,
        courseid=course,
    )
    told = answer["usercompetencysummary"].get("evidence") or []
    found = [one for one in told if one.get("grade")]
    return _evidence(max(found, key=lambda one: int(one["id"]))) if found else None


def give(
    ws: MoodleWs, course: int, user: int, competency_id: int, grade: int, note: str
) -> Evidence:
    """Rates as the token's person, with a note that names the teacher. Raises ``MoodleRefused``."""
    answer = ws.call(
        "core_competency_grade_competency_in_course",
        courseid=course,
        userid=user,
        competencyid=competency_id,
        grade=grade,
        note=note,
    )
    return _evidence(answer)


def note(teacher: str, words: str) -> str:
    """What stands beside our rating in Moodle. Its web services refuse whatever looks like a tag."""
    text = f"{teacher} {MARK}".strip() + (french(" : ") + words.strip() if words.strip() else "")
    return plain(text[:MAX_NOTE])


def _rated(one: dict[str, Any]) -> Rated:
    mine, about = one["usercompetencycourse"], one["competency"]
    return Rated(
        idnumber=html.unescape(str(about["competency"]["idnumber"])),
        competency_id=int(mine["competencyid"]),
        scale_id=int(about["scaleid"]),
        grade=int(mine["grade"]) if mine["grade"] else None,
        modified=int(mine["timemodified"]),
    )


def _evidence(one: dict[str, Any]) -> Evidence:
    person = one.get("actionuser") or {}
    return Evidence(
        id=int(one["id"]),
        grade=int(one["grade"]),
        sub=str(person.get("id") or one.get("actionuserid") or ""),
        name=html.unescape(str(person.get("fullname") or "")),
        words=html.unescape(str(one.get("note") or "")),
        at=datetime.fromtimestamp(int(one["timecreated"]), UTC),
    )
