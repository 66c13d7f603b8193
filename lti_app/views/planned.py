"""What a choice of competences would make of an activity, as the picker's script reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Response, jsonify
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lti_app.errors import InputError
from lti_app.services.activities.deep_linking import PlannedActivity
from lti_app.services.activities.framing import Framing


def told(plan: Callable[[], Sequence[PlannedActivity]]) -> Response:
    """The planned activities, or in ``error`` what is wrong with the form as it stands."""
    try:
        activities = plan()
    except InputError as error:
        return jsonify(error=str(error), activities=[])
    return jsonify(
        error="",
        activities=[
            {
                "key": activity.key,
                "title": activity.title,
                "competences": activity.competences,
                "graded": activity.graded,
            }
            for activity in activities
        ],
    )


def chosen(form: MultiDict[str, str], _framing: Framing | None) -> list[str]:
    """What was typed and ticked in the picker."""
    said = [
        form.get("title", "").strip(),
        ", ".join(form.getlist("scope")) or _("tout le référentiel"),
    ]
    return [text for text in said if text]
