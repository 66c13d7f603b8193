"""A learning-plan template from any part of a référentiel.

Templates have no idnumber in Moodle: the same name is the same template, to which only what it lacks is
added. Whom it is for is said in Moodle (``clicks``): no web service links a cohort to a template.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exporters.moodle_framework import MAX_NAME
from exporters.wording import paragraph, shorten
from lti_app.clients.moodle_ws import Call, MoodleWs
from lti_app.services.moodle.calls import FORMAT_HTML
from lti_app.services.moodle.course_links import ids_in_moodle
from lti_app.services.moodle.push import SYSTEM_CONTEXT
from lti_app.services.moodle.reading import SYSTEM
from lti_app.services.moodle.wanted import plain


@dataclass(frozen=True, slots=True)
class Template:
    """``created``: it was not there before. ``added`` are idnumbers."""

    id: int
    name: str
    created: bool
    added: tuple[str, ...]
    already: tuple[str, ...]
    url: str


def make_template(
    ws: MoodleWs,
    framework: str,
    name: str,
    idnumbers: Sequence[str],
    *,
    description: str = "",
    due: datetime | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Template:
    """Makes the template of this name, or completes it. ``description`` is plain text.

    Raises ``MoodleInputError`` when the framework or a competency is not in Moodle or is hidden,
    ``MoodleRefused`` without the capability to manage templates.
    """
    name = plain(shorten(name, MAX_NAME))
    ids = ids_in_moodle(ws, framework, idnumbers)
    template_id = _named(ws, name)
    created = template_id is None
    if template_id is None:
        template_id = _create(ws, name, description, due)
    records = ws.call("core_competency_list_competencies_in_template", id=template_id)
    there = {record["id"] for record in records}
    added = [code for code in idnumbers if ids[code] not in there]
    calls = [
        Call(
            "core_competency_add_competency_to_template",
            {"templateid": template_id, "competencyid": ids[code]},
        )
        for code in added
    ]
    for number, _ in enumerate(ws.call_each(calls), 1):
        progress(number, len(calls))
    return Template(
        id=template_id,
        name=name,
        created=created,
        added=tuple(added),
        already=tuple(code for code in idnumbers if ids[code] in there),
        url=f"{ws.base_url}/admin/tool/lp/templatecompetencies.php"
        f"?templateid={template_id}&pagecontextid={SYSTEM_CONTEXT}",
    )


def _named(ws: MoodleWs, name: str) -> int | None:
    records = ws.call(
        "core_competency_list_templates",
        sort="id",
        order="ASC",
        skip=0,
        limit=0,
        context=SYSTEM,
        includes="children",
        onlyvisible=False,
    )
    return next((int(one["id"]) for one in records if one["shortname"] == name), None)


def _create(ws: MoodleWs, name: str, description: str, due: datetime | None) -> int:
    fields = {
        "shortname": name,
        "description": paragraph(description) if description else "",
        "descriptionformat": FORMAT_HTML,
        "duedate": int(due.timestamp()) if due else 0,
        "visible": True,
        "contextid": SYSTEM_CONTEXT,
    }
    return int(ws.call("core_competency_create_template", template=fields)["id"])
