"""The door to Moodle's web services, against a server that answers as Moodle was recorded to."""

from __future__ import annotations

import logging

import pytest

from lti_app.clients.http import Http
from lti_app.clients.moodle_ws import BATCH, PATH, Call, MoodleWs, flatten
from lti_app.errors import MoodleRefused, ServiceUnavailable
from tests.services.moodle.conftest import *  # noqa: F403 - the same Moodle
from tests.services.moodle.server import TOKEN, FakeMoodle


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        pytest.param({"id": 3}, [("id", "3")], id="number"),
        pytest.param({"a": True, "b": False}, [("a", "1"), ("b", "0")], id="booleans"),
        pytest.param({"a": None, "b": ""}, [("b", "")], id="none is left out"),
        pytest.param(
            {"competency": {"id": 1, "parentid": 0}},
            [("competency[id]", "1"), ("competency[parentid]", "0")],
            id="structure",
        ),
        pytest.param(
            {"filters": [{"column": "id", "value": 1}, {"column": "x", "value": "é & = ["}]},
            [
                ("filters[0][column]", "id"),
                ("filters[0][value]", "1"),
                ("filters[1][column]", "x"),
                ("filters[1][value]", "é & = ["),
            ],
            id="list of structures",
        ),
    ],
)
def test_arguments_become_fields_as_php_reads_them(
    arguments: dict[str, object], fields: list[tuple[str, str]]
) -> None:
    assert list(flatten(arguments)) == fields


def test_a_call_returns_what_moodle_answers(ws: MoodleWs) -> None:
    answer = ws.call("core_competency_get_scale_values", scaleid=1)
    assert answer == [{"id": 1, "name": "Oui"}, {"id": 2, "name": "Non"}]


def test_the_token_travels_in_the_body_only(
    ws: MoodleWs, moodle: FakeMoodle, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ws.call("core_competency_get_scale_values", scaleid=1)
    (request,) = moodle.seen
    assert (request.method, request.path, request.query_string) == ("POST", PATH, b"")
    assert request.form["wstoken"] == TOKEN
    assert not [name for name, value in request.headers if TOKEN in value]
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(ws)


@pytest.mark.parametrize("batches", [False, True], ids=["one by one", "together"])
def test_refusals_carry_moodles_code_and_words_and_no_token(ws: MoodleWs, batches: bool) -> None:
    ws.batches = batches
    call = Call("core_competency_delete_competency", {"id": 99})
    with pytest.raises(MoodleRefused) as caught:
        list(ws.call_each([call]))
    error = caught.value
    assert (error.function, error.errorcode, error.reason, error.status) == (
        "core_competency_delete_competency",
        "invalidrecord",
        "Can't find data record in database table competency.",
        200,
    )
    assert TOKEN not in str(error)


def test_an_error_of_php_itself_has_no_code(ws: MoodleWs) -> None:
    with pytest.raises(MoodleRefused) as caught:
        ws.call("core_competency_get_scale_values", scaleid=99)
    assert caught.value.errorcode == ""


def test_maintenance_is_something_that_passes(ws: MoodleWs, moodle: FakeMoodle) -> None:
    moodle.maintenance = True
    with pytest.raises(ServiceUnavailable, match="sitemaintenance"):
        ws.call("core_webservice_get_site_info")


def test_a_wrong_token_is_refused(moodle: FakeMoodle) -> None:
    http = Http(lab=True)
    with pytest.raises(MoodleRefused) as caught:
        MoodleWs(http, moodle.url, "wrong").call("core_webservice_get_site_info")
    http.close()
    assert caught.value.errorcode == "invalidtoken"
    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("batches", "requests"), [(False, 30), (True, 2)], ids=["one by one", "together"]
)
def test_many_calls_give_their_answers_in_order(ws: MoodleWs, batches: bool, requests: int) -> None:
    ws.batches = batches
    calls = [
        Call("core_competency_get_scale_values", {"scaleid": 1 + number % 2})
        for number in range(30)
    ]
    names = [answer[0]["name"] for answer in ws.call_each(calls)]
    assert names == ["Oui", "Non acquis"] * 15
    assert (ws.calls, ws.requests) == (30, requests)


@pytest.mark.parametrize("batches", [False, True], ids=["one by one", "together"])
def test_calls_after_a_refused_one_are_not_made(
    ws: MoodleWs, moodle: FakeMoodle, batches: bool
) -> None:
    ws.batches = batches
    calls = [Call("core_competency_get_scale_values", {"scaleid": n}) for n in (1, 99, 2)]
    answers = ws.call_each(calls)
    assert next(answers)[0]["name"] == "Oui"
    with pytest.raises(MoodleRefused):
        next(answers)
    assert moodle.world.log == ["core_competency_get_scale_values"] * 2


def test_grouped_calls_ask_for_texts_as_they_are_stored(ws: MoodleWs, moodle: FakeMoodle) -> None:
    ws.batches = True
    list(ws.call_each([Call("core_competency_get_scale_values", {"scaleid": 1})]))
    form = moodle.seen[0].form
    assert (form["wsfunction"], form["requests[0][settingraw]"]) == (BATCH, "1")


def test_the_public_configuration_needs_no_token(moodle: FakeMoodle) -> None:
    http = Http(lab=True)
    public = MoodleWs(http, moodle.url + "/", "").public_config()
    http.close()
    assert public == {
        "sitename": "Lycée d'essai",
        "wwwroot": moodle.url,
        "enablewebservices": 1,
    }


@pytest.mark.parametrize("batches", [False, True], ids=["one by one", "together"])
def test_ratings_are_not_asked_for_raw_since_moodle_would_refuse_its_own_answer(
    ws: MoodleWs, moodle: FakeMoodle, batches: bool
) -> None:
    moodle.functions |= {"core_competency_grade_competency_in_course"}
    moodle.world.courses[2].append(5)
    ws.batches = batches
    fields = {"courseid": 2, "userid": 7, "competencyid": 5, "grade": 3, "note": "Bien"}
    call = Call("core_competency_grade_competency_in_course", fields)
    [evidence] = ws.call_each([call])
    assert isinstance(evidence, dict)
    assert (evidence["grade"], evidence["note"]) == (3, "Bien")
