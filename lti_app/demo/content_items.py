"""Deep linking content items, as Moodle 4.5 turns them into activity settings.

https://www.imsglobal.org/spec/lti-dl/v2p0. Every item becomes an activity of the tool,
whatever its type; what Moodle ignores (the column's label, dates, window and frame sizes) is
ignored here too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lti_app.demo.grading import is_numeric
from lti_app.demo.model import Tool

_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
DEFAULT_MAXIMUM = 100


def strip_tags(text: str) -> str:
    """Text as Moodle saves it where HTML is not allowed (PARAM_TEXT)."""
    return _TAG.sub("", text)


def _lines(custom: object) -> str:
    pairs = custom.items() if isinstance(custom, Mapping) else ()
    return "\n".join(f"{key}={value}" for key, value in pairs)


def parameters(lines: str) -> dict[str, str]:
    """Custom parameters from Moodle's text box: one `key=value` a line."""
    pairs = (line.split("=", 1) for line in lines.splitlines() if "=" in line)
    return {key.strip(): value for key, value in pairs}


def form_values(item: Mapping[str, Any], tool: Tool) -> dict[str, Any]:
    """What Moodle fills the activity form with, field by field."""
    found: dict[str, Any] = {
        "name": str(item.get("title") or tool.name),
        "introeditor": {"text": str(item.get("text") or ""), "format": "2"},
    }
    icon = item.get("icon")
    if isinstance(icon, Mapping) and icon.get("url"):
        found["icon"] = str(icon["url"])
    if item.get("url"):
        found |= {"toolurl": str(item["url"]), "typeid": 0}
    else:
        found["typeid"] = str(tool.id)
    line_item = item.get("lineItem")
    if isinstance(line_item, Mapping):
        maximum = line_item.get("scoreMaximum")
        review = line_item.get("submissionReview")
        review = review if isinstance(review, Mapping) else {}
        found |= {
            "instructorchoiceacceptgrades": 1,
            "grade_modgrade_point": maximum if is_numeric(maximum) else DEFAULT_MAXIMUM,
            "lineitemresourceid": str(line_item.get("resourceId") or ""),
            "lineitemtag": str(line_item.get("tag") or ""),
            "lineitemsubreviewurl": str(review.get("url") or ""),
            "lineitemsubreviewparams": _lines(review.get("custom")),
        }
    else:
        found["instructorchoiceacceptgrades"] = 0
    found |= {
        "instructorchoicesendname": 0,
        "instructorchoicesendemailaddr": 0,
        "launchcontainer": 1,
    }
    if item.get("custom"):
        found["instructorcustomparameters"] = _lines(item["custom"])
    return found


def activity_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of `Activity` from the form's values, cleaned as at saving."""
    graded = bool(values.get("instructorchoiceacceptgrades"))
    return {
        "name": strip_tags(str(values["name"])),
        "intro": strip_tags(str(values["introeditor"]["text"])),
        "tool_url": str(values.get("toolurl", "")),
        "custom": parameters(str(values.get("instructorcustomparameters", ""))),
        "grade": float(values["grade_modgrade_point"]) if graded else None,
        "resource_id": str(values.get("lineitemresourceid", "")),
        "tag": str(values.get("lineitemtag", "")),
        "review_url": str(values.get("lineitemsubreviewurl", "")),
        "review_custom": parameters(str(values.get("lineitemsubreviewparams", ""))),
    }
