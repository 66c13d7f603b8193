"""All that comes with the class page for its scripts: the class, its words, and where they ask for more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from lti_app.services.classes import cells, class_work, groups
from lti_app.services.classes.classroom import ClassView
from lti_app.services.current import CurrentLaunch
from lti_app.views import grid_data, grid_texts
from lti_app.views.filters import amount

MODULES = sorted(
    path.name
    for path in (Path(__file__).parent.parent / "static" / "js" / "grid").glob("*.js")
    if path.name != "main.js"
)
"""The page's scripts beside the first one: named in its head, so that a browser asks for all at once."""

ADDRESSES = {
    "assessments": "grid.record",
    "changes": "grid.changes",
    "resend": "classroom.resend",
    "keep": "classroom.keep",
    "stock": "grid.keep_comment",
    "preferences": "grid.prefer",
}
PERSONAL = {"student": "classroom.student", "cell": "grid.cell", "why": "rules.why"}


def data(session: Session, launch: CurrentLaunch, view: ClassView) -> dict[str, Any]:
    """The document that the page's scripts draw from."""
    framing = view.framing
    sid = launch.session_id
    return grid_data.class_data(
        view,
        cells.overlay(session, launch, framing),
        groups.of_course(session, launch.course_id, [row.id for row in view.students]),
    ) | {
        "maximum": amount(framing.settings.maximum),
        "link": launch.resource_link_id,
        "me": launch.user_id,
        "sitting": [node.code for node in class_work.sitting(session, launch, framing)],
        "preferences": class_work.preferences(session, launch.user_id),
        "stock": class_work.stock(session, launch.user_id),
        "texts": grid_texts.texts(),
        "urls": {name: url_for(endpoint, sid=sid) for name, endpoint in ADDRESSES.items()}
        | {name: url_for(endpoint, sid=sid, learner_id=0) for name, endpoint in PERSONAL.items()},
    }
