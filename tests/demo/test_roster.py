"""The roster (NRPS): the calls once made to a Moodle 4.5, made again."""

import json
from typing import Any

import pytest

from lti_app.demo import Lms
from lti_app.demo import vocabulary as v
from tests.demo.conftest import Services
from tests.demo.recorded import ZOE, recording
from tests.demo.test_line_items import answered

PATH = "/CourseSection/2/bindings/1/memberships"
VARIANTS = recording("05-nrps-variants")
OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"


def without_random_numbers(member: Any) -> Any:
    """A member without the launch number and hash of its outcome id."""
    if not isinstance(member, dict):
        return member
    found: dict[str, Any] = json.loads(json.dumps(member))
    for message in found.get("message", []):
        if OUTCOME in message:
            data = json.loads(message[OUTCOME]["lis_result_sourcedid"])["data"]
            message[OUTCOME]["lis_result_sourcedid"] = {**data, "launchid": 0}
    return found


def shortened(answer: dict[str, Any]) -> dict[str, Any]:
    """As the recordings were: the first two members, then the ids of the rest."""
    body = answer["body"]
    if not isinstance(body, dict) or "members" not in body:
        return answer
    members = body["members"]
    kept = [without_random_numbers(member) for member in members[:2]]
    if len(members) > 2:
        ids = [member["user_id"] for member in members]
        kept.append(f"… {len(members)} members, ids {ids[:3]}…{ids[-2:]}")
    return {**answer, "body": {**body, "members": kept}}


def test_everyone_is_the_recorded_class(services: Services) -> None:
    recorded = recording("05-nrps-all-37-members")
    answer = services.call("GET", PATH, accept=v.MEMBERS_TYPE)

    assert answer.json == recorded["body"]
    assert answer.content_type == recorded["content_type"]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        pytest.param("limit=10", "?limit=10", id="first page"),
        pytest.param("limit=10&from=10", "?limit=10&from=10", id="second page"),
        pytest.param("limit=10&from=30", "?limit=10&from=30", id="last page"),
        pytest.param("limit=37", "?limit=37", id="a page of all"),
        pytest.param("from only", "?from=10", id="from without limit"),
        pytest.param("role=Learner", "?role=Learner", id="learners"),
        pytest.param("role=Instructor", "?role=Instructor", id="instructors"),
        pytest.param(
            "role full URI Instructor",
            "?role=http%3A%2F%2Fpurl.imsglobal.org%2Fvocab%2Flis%2Fv2%2Fmembership%23Instructor",
            id="role as URI",
        ),
        pytest.param("role=Mentor (unknown)", "?role=Mentor", id="unknown role"),
        pytest.param(
            "limit+role=Learner limit=5 link", "?role=Learner&limit=5", id="next drops the role"
        ),
        pytest.param("rlid=1", "?rlid=1", id="of an activity"),
        pytest.param("rlid=999", "?rlid=999", id="of no activity"),
        pytest.param("rlid=1&limit=5", "?rlid=1&limit=5", id="activity and page"),
    ],
)
def test_variants_answer_as_recorded(services: Services, name: str, query: str) -> None:
    recorded = VARIANTS[name]
    if isinstance(recorded["body"], dict) and "members" in recorded["body"]:
        members = recorded["body"]["members"]
        recorded["body"]["members"] = [without_random_numbers(member) for member in members]

    answer = answered(services.call("GET", PATH + query, accept=v.MEMBERS_TYPE))

    assert shortened(answer) == recorded


@pytest.mark.parametrize(
    ("name", "call"),
    [
        pytest.param("accept json", {"accept": "application/json"}, id="media type"),
        pytest.param("bad token", {"token": "0" * 32}, id="unknown token"),
        pytest.param("token without nrps scope", {"scopes": [v.SCOPE_SCORE]}, id="no scope"),
        pytest.param(
            "course 99", {"path": "/CourseSection/99/bindings/1/memberships"}, id="no course"
        ),
        pytest.param("POST", {"method": "POST"}, id="method"),
    ],
)
def test_errors_are_the_recorded_ones(services: Services, name: str, call: dict[str, Any]) -> None:
    scopes = call.pop("scopes", None)
    token = services.grant(*scopes) if scopes else None
    full = {"method": "GET", "path": PATH, "accept": v.MEMBERS_TYPE, "token": token, **call}
    answer = answered(services.call(**full))
    answer["reason"] = answer["reason"].strip()

    assert answer == VARIANTS[name]


def test_names_are_filtered_and_escaped_here_and_raw_in_a_launch(
    lms: Lms, services: Services
) -> None:
    recorded = recording("02-05-privacy-and-names")
    lms.store.enrol(2, ZOE)
    members = services.call("GET", PATH).json["members"]
    claims = lms.launch_claims(ZOE, 1, "n")

    assert [m for m in members if m["user_id"] == str(ZOE)] == recorded[
        "nrps member named with < & quote"
    ]
    assert {name: claims[name] for name in recorded["launch name claims"]} == recorded[
        "launch name claims"
    ]


@pytest.mark.parametrize(
    "name",
    ["sendname=0 sendemailaddr=1", "sendname=1 sendemailaddr=0", "sendname=0 sendemailaddr=0"],
)
def test_privacy_settings(lms: Lms, services: Services, name: str) -> None:
    lms.store.enrol(2, ZOE)
    lms.set_tool(send_name="sendname=1" in name, send_email="sendemailaddr=1" in name)
    recorded = recording("02-05-privacy-and-names")[name]
    found = {
        key: [
            without_random_numbers(member)
            for member in services.call("GET", PATH + query).json["members"]
            if member["user_id"] == str(ZOE)
        ]
        for key, query in (("nrps", ""), ("nrps_rlid", "?rlid=1"))
    }

    assert found == {key: [without_random_numbers(m) for m in recorded[key]] for key in found}
