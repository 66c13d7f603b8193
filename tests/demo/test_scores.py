"""Scores and results: what a Moodle 4.5 answered and then held in its gradebook."""

import json
import re
from typing import Any

import pytest

from lti_app.demo import Grade, Lms, create_lms
from lti_app.demo import vocabulary as v
from tests.demo.conftest import Clock, Services
from tests.demo.recorded import PROF1, recorded_config, recording
from tests.demo.test_line_items import answered

RECORDED = recording("04-ags-scores")
OVERRIDES = recording("04-ags-overrides-and-results")
STANDALONE, COUPLED, MAX0 = 4, 2, 6
SERVER_NOW = 1795452456

SPECIAL = {
    "no type_id": {"path": "/2/lineitems/4/lineitem/scores"},
    "wrong course in path": {"path": "/1/lineitems/4/lineitem/scores?type_id=1"},
    "item with max0": {"path": "/2/lineitems/6/lineitem/scores?type_id=1"},
    "unknown item": {"path": "/2/lineitems/9999/lineitem/scores?type_id=1"},
    "content type json": {"content_type": "application/json"},
    "no content type": {"content_type": None},
    "container ct": {"content_type": v.SCORES_TYPE},
    "ct charset": {"content_type": f"{v.SCORE_TYPE}; charset=utf-8"},
    "bad token": {"token": "0" * 32},
}


@pytest.fixture
def columns(lms: Lms) -> None:
    """The recorded columns: 4 out of 40, 6 out of 0, made by the tool."""
    for label, maximum in (("C1.1", 40), ("C1.2 niveau", 4), ("max0", 0)):
        lms.gradebook.add_standalone_item(2, 1, label, maximum)
    assert [item.id for item in lms.store.items(2)] == [2, 3, STANDALONE, 5, MAX0]


def row(grade: Grade | None, maximum: float) -> dict[str, str]:
    """A cell in the form of the recordings' `db_after`."""
    if grade is None:
        return {}

    def number(value: float | None) -> str:
        return "NULL" if value is None else f"{value:.5f}"

    return {
        "raw": number(grade.raw),
        "rawmax": number(maximum),
        "final": number(grade.final),
        "fb": "NULL" if grade.feedback is None else grade.feedback,
        "fbfmt": str(grade.feedback_format),
        "overridden": str(grade.overridden),
        "locked": str(grade.locked),
        "usermod": str(grade.usermodified),
        "timemod": "NULL" if grade.timemodified is None else str(grade.timemodified),
        "timecr": "NULL",
    }


ROW = re.compile(
    r"raw=(?P<raw>\S+) rawmax=(?P<rawmax>\S+) final=(?P<final>\S+) fb=(?P<fb>.*)"
    r" fbfmt=(?P<fbfmt>\S+) overridden=(?P<overridden>\S+) locked=(?P<locked>\S+)"
    r" usermod=(?P<usermod>\S+) timemod=(?P<timemod>\S+) timecr=(?P<timecr>\S+)",
    re.DOTALL,
)


def recorded_row(text: str) -> dict[str, str]:
    match = ROW.fullmatch(text)
    return match.groupdict() if match else {}


def replay(services: Services, name: str, recorded: dict[str, Any]) -> dict[str, Any]:
    item = COUPLED if name.startswith("coupled") else STANDALONE
    call: dict[str, Any] = {
        "method": "POST",
        "path": f"/2/lineitems/{item}/lineitem/scores?type_id=1",
        "content_type": v.SCORE_TYPE,
        **SPECIAL.get(name, {}),
    }
    if name == "no scope":
        call["token"] = services.grant(v.SCOPE_LINEITEM)
    sent = recorded["sent"]
    if isinstance(sent, str):
        call["data"] = sent
    else:
        sent = {**sent, "comment": "é" * 5000} if name == "long comment 5000" else sent
        call["data"] = json.dumps(sent)  # the reason phrase repeats it to the letter
    return answered(services.call(**call))


def test_the_recorded_story_of_scores(
    lms: Lms, columns: None, services: Services, clock: Clock
) -> None:
    maxima = {item.id: item.maximum for item in lms.store.items(2)}
    clock.now = SERVER_NOW
    services.token = services.grant(v.SCOPE_SCORE)
    found, wanted = {}, {}
    for name, recorded in RECORDED.items():
        after = recorded_row(recorded["db_after"])
        # erasing takes the server's time, and the recording tells what that was
        erased = after.get("final") == "NULL" and after["timemod"] != "NULL"
        clock.now = int(after["timemod"]) if erased else SERVER_NOW
        answer = replay(services, name, recorded)
        item = MAX0 if "max0" in name else COUPLED if name.startswith("coupled") else STANDALONE
        user = recorded["sent"].get("userId", "") if isinstance(recorded["sent"], dict) else ""
        cell = lms.store.grade(item, int(user)) if str(user).isdigit() else None

        keys = ("status", "reason", "content_type", "body")
        wanted[name] = {key: recorded[key] for key in keys}
        found[name] = {key: answer[key] for key in keys}
        if after and str(user).isdigit():
            wanted[name]["cell"] = after
            found[name]["cell"] = row(cell, maxima[item])
    assert found == wanted
    assert len(found) == len(RECORDED)
    long_comment = lms.store.grade(STANDALONE, 21)
    assert long_comment is not None
    assert long_comment.feedback == "é" * 5000


def test_a_teachers_edit_of_an_activity_column_stands(
    lms: Lms, services: Services, clock: Clock
) -> None:
    """Recorded: the tool is told 200, the raw grade moves, the final grade does not."""
    item = lms.store.item(COUPLED)
    assert item is not None
    services.token = services.grant(v.SCOPE_SCORE, v.SCOPE_RESULT)
    found, wanted = [], []
    clock.now = 1795452661
    for name in (
        "coupled before override",
        "coupled: post after override (ts now)",
        "coupled: post after override ts+60",
    ):
        answer = replay(services, name, OVERRIDES[name])
        found.append((answer["status"], row(lms.store.grade(COUPLED, 34), 20)))
        wanted.append((200, recorded_row(OVERRIDES[name]["db_after"])))
        if name == "coupled before override":
            clock.now = 1795452662
            lms.gradebook.override(item, 34, PROF1, 19, None)
            found.append((0, row(lms.store.grade(COUPLED, 34), 20)))
            wanted.append((0, recorded_row(OVERRIDES["db after teacher override"])))
    results = services.call("GET", "/2/lineitems/2/lineitem/results?type_id=1&user_id=34")

    assert found == wanted
    assert answered(results) == OVERRIDES["results of overridden user"]


def test_a_teachers_edit_of_the_tools_own_column_is_overwritten(
    lms: Lms, services: Services, clock: Clock
) -> None:
    item = lms.gradebook.add_standalone_item(2, 1, "C1.2", 4)
    services.score(item.id, scoreGiven=3, scoreMaximum=4)
    clock.now += 1
    lms.gradebook.override(item, 5, PROF1, 1, None)
    edited = lms.store.grade(item.id, 5)
    refused = services.score(item.id, scoreGiven=4, scoreMaximum=4)
    accepted = services.score(item.id, scoreGiven=4, scoreMaximum=4, timestamp=services.at(1))
    now = lms.store.grade(item.id, 5)

    assert edited is not None and now is not None
    assert (edited.final, edited.overridden, edited.usermodified) == (1, 0, PROF1)
    assert (refused.status_code, accepted.status_code) == (409, 200)
    assert (now.final, now.usermodified) == (4, 0)


@pytest.mark.parametrize("what", ["cell", "column"])
@pytest.mark.parametrize("item", [2, 4], ids=["coupled", "standalone"])
def test_what_is_locked_answers_500_and_stays(
    lms: Lms, columns: None, services: Services, item: int, what: str
) -> None:
    services.score(item)
    before = lms.store.grade(item, 5)
    if what == "cell":
        lms.gradebook.lock(item, 5)
    else:
        lms.gradebook.lock_item(item)
    answer = answered(services.score(item, scoreGiven=2, timestamp=services.at(5)))
    after = lms.store.grade(item, 5)

    assert before is not None and after is not None
    assert (answer["status"], answer["reason"], answer["body"]) == (
        500,
        "Internal Server Error",
        [],
    )
    assert (after.final, after.timemodified) == (before.final, before.timemodified)


def test_a_scale_column_holds_levels(services: Services, lms: Lms) -> None:
    recorded = recording("04-ags-scale-activity")
    levels = ("NA", "ECA-", "ECA", "A", "M")
    activity = lms.add_activity(2, "TP échelle", grade=None, scale=levels)
    item = lms.store.item_of_activity(activity.id)
    assert item is not None
    found = {}
    for user, (given, out_of) in enumerate(((4, 5), (3.4, 5), (80, 100), (0, 5)), start=5):
        name = f"{given}/{out_of}"
        services.score(item.id, userId=str(user), scoreGiven=given, scoreMaximum=out_of)
        cell = lms.store.grade(item.id, user)
        assert cell is not None
        found[name] = {"status": 200, "db raw/final": f"{cell.raw:.5f}/{cell.final:.5f}"}

    assert found == {name: recorded[name] for name in found}
    line_item = services.call(
        "GET", f"/2/lineitems/{item.id}/lineitem?type_id=1", accept=v.LINEITEM_TYPE
    ).json
    assert (line_item["scoreMaximum"], line_item["label"]) == (5, "TP échelle")


def test_results_are_final_grades_and_erased_ones_keep_an_empty_entry(
    services: Services, clock: Clock
) -> None:
    services.score(2, userId="5", scoreGiven=1, scoreMaximum=3, comment="Bien")
    services.score(2, userId="6")
    services.score(2, userId="6", gradingProgress="Pending", timestamp=services.at(1))
    answer = services.call("GET", "/2/lineitems/2/lineitem/results?type_id=1")

    base = "http://127.0.0.1:8080/mod/lti/services.php/2/lineitems/2/lineitem"
    assert answer.json == [
        {
            "id": f"{base}/results?type_id=1&user_id=5",
            "userId": "5",
            "resultScore": 6.66667,
            "resultMaximum": 20,
            "comment": "Bien",
            "scoreOf": f"{base}?type_id=1",
            "timestamp": services.at(0).replace(".000Z", "+00:00"),
        },
        {"id": f"{base}/results?type_id=1&user_id=6", "userId": "6"},
    ]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        pytest.param("results user with no grade", {"path": "&user_id=9"}, id="nobody graded"),
        pytest.param("results accept json", {"accept": "application/json"}, id="media type"),
        pytest.param("results without scope", {"accept": v.RESULTS_TYPE}, id="no scope"),
    ],
)
def test_results_answer_as_recorded(services: Services, name: str, call: dict[str, str]) -> None:
    token = services.grant(v.SCOPE_SCORE) if name == "results without scope" else None
    path = "/2/lineitems/2/lineitem/results?type_id=1" + call.pop("path", "")
    assert answered(services.call("GET", path, token=token, **call)) == OVERRIDES[name]


def test_results_with_a_limit_crash_as_in_moodle(services: Services) -> None:
    answer = services.call("GET", "/2/lineitems/2/lineitem/results?type_id=1&limit=3")
    assert (answer.status_code, answer.content_type) == (404, "text/html; charset=utf-8")


def test_times_without_a_zone_are_the_sites() -> None:
    lms = create_lms(recorded_config(timezone="Europe/Paris"))
    services = Services(lms)
    services.score(2, timestamp="2026-07-01T12:00:00")
    answer = services.call("GET", "/2/lineitems/2/lineitem/results?type_id=1")
    lms.store.close()

    assert answer.json[0]["timestamp"] == "2026-07-01T12:00:00+02:00"


def test_unenrolling_takes_the_grades_and_the_right_to_new_ones(
    lms: Lms, services: Services
) -> None:
    services.score(2)
    lms.store.unenrol(2, 5)
    gone = services.score(2, timestamp=services.at(5))
    lms.store.enrol(2, 5)
    back = lms.store.grade(2, 5)
    again = services.score(2)

    assert (gone.status_code, back, again.status_code) == (400, None, 200)


def test_a_suspended_student_is_off_the_roster_and_gradable(lms: Lms, services: Services) -> None:
    recorded = recording("02-05-privacy-and-names")
    lms.store.suspend(2, 5)
    members = services.call("GET", "/CourseSection/2/bindings/1/memberships").json["members"]

    assert [m for m in members if m["user_id"] == "5"] == recorded["suspended enrolment in NRPS"]
    assert services.score(2).status_code == recorded["score for suspended"]
