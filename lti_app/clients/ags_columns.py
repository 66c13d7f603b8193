"""Assignment and Grade Services 2.0 §3.2: gradebook columns, listed, made, changed and removed.

Moodle's ways, as recorded: the list wants its exact media type; nothing keeps two columns with one
``resourceId`` apart, so whoever makes one looks first; a PUT blanks what it leaves out; a label over
255 or a resourceId over 512 characters ends in a 502; its Link header cannot be used, but without a
``limit`` it gives everything. Other platforms page properly, and their next pages are followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lti_app.clients import pages
from lti_app.clients.ags import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, with_filters
from lti_app.clients.foreign_json import number, words
from lti_app.clients.http import Answer, json_of
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import ServiceUnavailable

ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
CONTAINER_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
MAX_LABEL, MAX_RESOURCE_ID, MAX_TAG = 255, 512, 255


@dataclass(frozen=True, slots=True)
class Column:
    """A gradebook column as the platform tells it; ``maximum`` is 0 where it tells no number, ``link_id`` the
    activity it hangs on, or empty."""

    url: str
    label: str
    maximum: Decimal
    resource_id: str = ""
    tag: str = ""
    link_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """Every member that a PUT would otherwise blank."""
        body: dict[str, Any] = {
            "label": self.label[:MAX_LABEL],
            "scoreMaximum": float(self.maximum),
            "resourceId": self.resource_id[:MAX_RESOURCE_ID],
            "tag": self.tag[:MAX_TAG],
        }
        if self.link_id:
            body["resourceLinkId"] = self.link_id
        return body


def columns(
    connector: PlatformConnector,
    line_items_url: str,
    *,
    link_id: str = "",
    resource_id: str = "",
    tag: str = "",
) -> list[Column]:
    """The tool's columns in the course, in the platform's order, of that activity or resource."""
    wanted = {"resource_link_id": link_id, "resource_id": resource_id, "tag": tag}
    url = with_filters(line_items_url, {k: v for k, v in wanted.items() if v})

    def page(here: str) -> Answer:
        return connector.call("GET", here, (LINE_ITEM_READ_SCOPE,), accept=CONTAINER_TYPE)

    listed = pages.entries(page, url, "list of columns")
    found = [_column(entry) for entry in listed if words(entry.get("id"))]
    return [c for c in found if _matches(c, link_id, resource_id, tag)]


def column(connector: PlatformConnector, url: str) -> Column:
    """One column as it is now."""
    response = connector.call("GET", url, (LINE_ITEM_READ_SCOPE,), accept=ITEM_TYPE)
    return _column(_object(json_of(response)))


def create(connector: PlatformConnector, line_items_url: str, new: Column) -> Column:
    """Makes a column. Look first: the platform does not keep two apart."""
    response = connector.call(
        "POST", line_items_url, (LINE_ITEM_SCOPE,), content_type=ITEM_TYPE, data=_dump(new)
    )
    return _column(_object(json_of(response)))


def change(connector: PlatformConnector, changed: Column) -> Column:
    """Gives the column at ``changed.url`` its new label, maximum, resource and tag."""
    response = connector.call(
        "PUT", changed.url, (LINE_ITEM_SCOPE,), content_type=ITEM_TYPE, data=_dump(changed)
    )
    return _column(_object(json_of(response)))


def delete(connector: PlatformConnector, url: str) -> None:
    """Removes the column with its grades."""
    connector.call("DELETE", url, (LINE_ITEM_SCOPE,))


def _matches(column: Column, link_id: str, resource_id: str, tag: str) -> bool:
    """Platforms may ignore a filter they do not know."""
    return (
        (not link_id or column.link_id == link_id)
        and (not resource_id or column.resource_id == resource_id)
        and (not tag or column.tag == tag)
    )


def _dump(column: Column) -> str:
    return json.dumps(column.to_json(), ensure_ascii=False)


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or not words(body.get("id")):
        raise ServiceUnavailable("the answer is no column")
    return body


def _column(entry: Mapping[str, Any]) -> Column:
    return Column(
        url=words(entry["id"]),
        label=words(entry.get("label")),
        maximum=number(entry.get("scoreMaximum")) or Decimal(0),
        resource_id=words(entry.get("resourceId")),
        tag=words(entry.get("tag")),
        link_id=words(entry.get("resourceLinkId")) or words(entry.get("ltiLinkId")),
    )
