"""The competences of a référentiel linked to a Moodle course, so that they can be rated there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lti_app.clients.moodle_ws import Call, MoodleWs
from lti_app.services.moodle import reading
from lti_app.services.moodle.errors import MoodleInputError
from lti_app.services.moodle.framework import FoundFramework


@dataclass(frozen=True, slots=True)
class Links:
    """Idnumbers: those linked now, those that already were."""

    added: tuple[str, ...]
    already: tuple[str, ...]
    url: str


def link_course(
    ws: MoodleWs,
    course_id: int,
    framework: str,
    idnumbers: Sequence[str],
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Links:
    """Links what is not linked yet, in this order; what else the course has stays.

    Raises ``MoodleInputError`` when the framework or a competency is not in Moodle or is hidden,
    ``MoodleRefused`` for a course the token's person does not manage.
    """
    ids = ids_in_moodle(ws, framework, idnumbers)
    records = ws.call("core_competency_list_course_competencies", id=course_id)
    linked = {record["competency"]["id"] for record in records}
    added = [code for code in idnumbers if ids[code] not in linked]
    calls = [
        Call(
            "core_competency_add_competency_to_course",
            {"courseid": course_id, "competencyid": ids[code]},
        )
        for code in added
    ]
    for number, _ in enumerate(ws.call_each(calls), 1):
        progress(number, len(calls))
    return Links(
        added=tuple(added),
        already=tuple(code for code in idnumbers if ids[code] in linked),
        url=f"{ws.base_url}/admin/tool/lp/coursecompetencies.php?courseid={course_id}",
    )


def ids_in_moodle(ws: MoodleWs, framework: str, idnumbers: Sequence[str]) -> dict[str, int]:
    """Moodle's ids of these competencies. Raises ``MoodleInputError`` saying what must come first."""
    found = visible_framework(ws, framework)
    here = found.by_idnumber
    missing = [code for code in idnumbers if code not in here]
    if missing:
        raise MoodleInputError("not_pushed", count=len(missing), first=missing[0])
    return {code: here[code].id for code in idnumbers}


def visible_framework(ws: MoodleWs, idnumber: str) -> FoundFramework:
    """Raises ``MoodleInputError`` when the framework is not there or hidden."""
    found = reading.read(ws, idnumber)
    if found is None:
        raise MoodleInputError("framework_missing", idnumber=idnumber)
    if not found.visible:
        raise MoodleInputError("hidden")
    return found
