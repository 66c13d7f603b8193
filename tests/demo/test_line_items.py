"""Columns over AGS: the calls once made to a Moodle 4.5, made again in the same order."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from lti_app.demo import Lms
from lti_app.demo import vocabulary as v
from tests.demo.conftest import Services
from tests.demo.recorded import recording

LIST = "/2/lineitems?type_id=1"
ITEM4 = "/2/lineitems/4/lineitem?type_id=1"
STANDALONE = {
    "scoreMaximum": 20,
    "label": "Compétence C1.1 « Gérer » <b>&",
    "resourceId": "comp-1",
    "tag": "competence",
}


def answered(answer: TestResponse) -> dict[str, Any]:
    """An answer in the form of the recordings."""
    body = answer.json if "json" in answer.content_type and answer.text else answer.text
    return {
        "status": answer.status_code,
        "reason": answer.status.split(" ", 1)[1],
        "content_type": answer.content_type,
        "link": answer.headers.get("Link"),
        "body": body,
    }


def printable(text: str) -> str:
    """Without the control characters that the bytes of typographic quotes look like."""
    return "".join(character for character in text if not 0x80 <= ord(character) <= 0x9F)


def get(path: str, accept: str = v.LINEITEMS_TYPE) -> dict[str, Any]:
    return {"method": "GET", "path": path, "accept": accept}


def post(body: dict[str, Any], content_type: str = v.LINEITEM_TYPE) -> dict[str, Any]:
    return {"method": "POST", "path": LIST, "json": body, "content_type": content_type}


def put(path: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"method": "PUT", "path": path, "json": body, "content_type": v.LINEITEM_TYPE}


LABEL_255 = "é" * 255
C12 = {
    "scoreMaximum": 4,
    "label": "C1.2 niveau",
    "resourceId": "comp-2",
    "tag": "niveau",
    "resourceLinkId": "1",
    "startDateTime": "2026-11-01T00:00:00Z",
    "endDateTime": "2026-12-01T00:00:00Z",
    "gradesReleased": True,
    "submissionReview": {"url": "http://127.0.0.1:9001/launch?review=2"},
}
RENAMED = {
    "scoreMaximum": 20,
    "label": "Renommé par outil",
    "resourceId": "tp-1",
    "tag": "competences",
    "resourceLinkId": "1",
}

# Moodle's answers hang on what came before: one story, in the recorded order.
STORY: list[tuple[str, dict[str, Any]]] = [
    ("GET container", get(LIST)),
    ("GET no accept", get(LIST, "*/*")),
    ("GET accept json", get(LIST, "application/json")),
    ("GET without type_id", get("/2/lineitems")),
    ("POST standalone", post(STANDALONE)),
    ("POST with resourceLinkId=1", post(C12)),
    ("POST resourceLinkId of unknown", post({**STANDALONE, "resourceLinkId": "999"})),
    ("POST no label", post({"scoreMaximum": 20})),
    ("POST no max", post({"label": "x"})),
    ("POST max string", post({"label": "x", "scoreMaximum": "vingt"})),
    ("POST max 0", post({"label": "max0", "scoreMaximum": 0})),
    ("POST content-type json", post(STANDALONE, "application/json")),
    (
        "POST ct with charset",
        post({**STANDALONE, "label": "charset"}, f"{v.LINEITEM_TYPE}; charset=utf-8"),
    ),
    ("POST container ct", post(STANDALONE, v.LINEITEMS_TYPE)),
    ("POST duplicate same resourceId/tag", post(STANDALONE)),
    ("POST long label 300", post({**STANDALONE, "label": "é" * 300})),
    ("POST long label 255", post({**STANDALONE, "label": LABEL_255})),
    ("POST resourceId 600 chars", post({**STANDALONE, "resourceId": "r" * 600})),
    ("POST readonly scope", {**post(STANDALONE), "scopes": [v.SCOPE_LINEITEM_READ]}),
    ("GET container all", get(LIST)),
    ("GET&limit=2", get(f"{LIST}&limit=2")),
    ("GET&limit=2&from=2", get(f"{LIST}&limit=2&from=2")),
    ("GET&limit=2&from=100", get(f"{LIST}&limit=2&from=100")),
    ("GET&tag=competence", get(f"{LIST}&tag=competence")),
    ("GET&resource_id=comp-1", get(f"{LIST}&resource_id=comp-1")),
    ("GET&resource_link_id=1", get(f"{LIST}&resource_link_id=1")),
    ("GET&lti_link_id=1", get(f"{LIST}&lti_link_id=1")),
    ("GET&tag=competence&limit=1", get(f"{LIST}&tag=competence&limit=1")),
    ("GET&tag=&limit=0", get(f"{LIST}&tag=&limit=0")),
    ("GET item", get(ITEM4, v.LINEITEM_TYPE)),
    ("GET item no type_id", get("/2/lineitems/4/lineitem", v.LINEITEM_TYPE)),
    ("GET item accept json", get(ITEM4, "application/json")),
    (
        "PUT item",
        put(
            ITEM4,
            {"scoreMaximum": 40, "label": "C1.1 renommée", "resourceId": "comp-1b", "tag": "t2"},
        ),
    ),
    ("GET item after", get(ITEM4, v.LINEITEM_TYPE)),
    ("PUT without tag/resourceId", put(ITEM4, {"scoreMaximum": 40, "label": "C1.1"})),
    ("GET after2", get(ITEM4, v.LINEITEM_TYPE)),
    ("PUT no max", put(ITEM4, {"label": "C1.1"})),
    ("PUT coupled item (activity) rename", put("/2/lineitems/2/lineitem?type_id=1", RENAMED)),
    ("GET container after", get(f"{LIST}&resource_link_id=1")),
    ("DELETE missing", {"method": "DELETE", "path": "/2/lineitems/9999/lineitem?type_id=1"}),
    ("item in wrong course", get("/1/lineitems/4/lineitem?type_id=1", v.LINEITEM_TYPE)),
    ("PATCH", {"method": "PATCH", "path": ITEM4}),
]


def test_the_recorded_story_of_columns(services: Services) -> None:
    recorded = recording("04-ags-lineitems")
    found = {}
    for name, told in STORY:
        call = dict(told)
        scopes = call.pop("scopes", None)
        token = services.grant(*scopes) if scopes else None
        found[name] = answered(services.call(token=token, **call))

    wanted = {name: {**recorded[name]} for name, _ in STORY}
    for answer in (*wanted.values(), *found.values()):
        answer["reason"] = answer["reason"].strip()
        answer["link"] = answer["link"] and printable(answer["link"])
    assert found == wanted


def test_deleting_takes_the_column_and_leaves_the_activity(lms: Lms, services: Services) -> None:
    path = "/2/lineitems/2/lineitem?type_id=1"
    first = answered(services.call("DELETE", path))
    second = services.call("DELETE", path)

    assert first == {
        "status": 204,
        "reason": "OK",
        "content_type": "text/html; charset=utf-8",
        "link": None,
        "body": "",
    }
    assert second.status == "404 Not Found: Grade item 2 doesn't exist"
    assert [item.id for item in lms.store.items(2)] == [3]
    assert [activity.id for activity in lms.store.activities(2)] == [1, 2]
    created = services.call(**post(STANDALONE)).json["id"]
    assert created == lms.addresses.lineitem(2, 4, 1)  # an id is never given twice


def test_a_new_maximum_rescales_the_grades_in_the_column(lms: Lms, services: Services) -> None:
    services.score(2, scoreGiven=15)
    services.call(**put("/2/lineitems/2/lineitem?type_id=1", {"scoreMaximum": 100, "label": "x"}))

    grade = lms.store.grade(2, 5)
    assert grade is not None
    assert (grade.raw, grade.final) == (75, 75)


@pytest.mark.parametrize(
    ("gradesync", "status"),
    [
        pytest.param(2, 201, id="full"),
        pytest.param(1, 401, id="sync only"),
        pytest.param(0, 401, id="never"),
    ],
)
def test_downgrading_the_tool_takes_the_rights_of_old_tokens(
    lms: Lms, services: Services, gradesync: int, status: int
) -> None:
    lms.set_tool(gradesync=gradesync)
    assert services.call(**post(STANDALONE)).status_code == status
