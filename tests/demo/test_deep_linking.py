"""Deep linking: a tool's answer becomes activities as it did in a Moodle 4.5."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html

from lti_app.demo import Activity, Lms, create_lms
from lti_app.demo.content_items import form_values
from tests.demo.conftest import Clock, LogIn, ToolKeys
from tests.demo.forms import hidden_form
from tests.demo.recorded import PROF1, PROF2, recorded_config, recording

RECORDED = recording("03-deeplinking-responses")
CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/"
CLIENT = "Ca03NOOOo7fSzNm"


@pytest.fixture
def lms(clock: Clock, tool_keys: ToolKeys) -> Iterator[Lms]:
    lms = create_lms(recorded_config(tool_jwks_url=tool_keys.url), clock)
    yield lms
    lms.store.close()


@pytest.mark.parametrize("number", [0, 1, 2], ids=["everything", "url of the tool", "ungraded"])
def test_items_fill_the_form_as_recorded(lms: Lms, number: int) -> None:
    sent = RECORDED["multiple_sent"][number]
    wanted = dict(RECORDED["multiple_form_values"]["multiple"][number])
    wanted.pop("selectcontentindicator")  # an icon of Moodle's page

    assert form_values(sent, lms.store.tools()[0]) == wanted


def answer(tool_keys: ToolKeys, clock: Clock, **changes: Any) -> str:
    claims = {
        "iss": CLIENT,
        "aud": "http://127.0.0.1:8080",
        "iat": int(clock.now) - 5,
        "exp": int(clock.now) + 300,
        "nonce": "n",
        "https://purl.imsglobal.org/spec/lti/claim/message_type": "LtiDeepLinkingResponse",
        CLAIM + "content_items": [RECORDED["single_item_sent"], RECORDED["multiple_sent"][1]],
        **changes,
    }
    return tool_keys.sign({name: value for name, value in claims.items() if value is not None})


def give(chrome: Any, token: str) -> Any:
    with chrome.session_transaction() as session:
        key = session["sesskey"]
    path = f"/mod/lti/contentitem_return.php?course=2&id=1&sesskey={key}"
    return chrome.post(path, data={"JWT": token})


def test_chosen_activities_are_saved_with_their_columns(
    lms: Lms, browser: LogIn, tool_keys: ToolKeys, clock: Clock
) -> None:
    chrome = browser(PROF1)
    page = html.fromstring(give(chrome, answer(tool_keys, clock)).text)
    shown = [[cell.text_content() for cell in row] for row in page.xpath("//tbody/tr")]
    fields = [(field.name, field.value) for field in page.forms[0].xpath(".//input")]
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    saved = chrome.post("/course/modedit.php", data=data)

    assert shown == [['TP n°1 "réseau" <b>x</b> & co', "sur 20"], ["TP 2", "sur 100"]]
    assert saved.headers["Location"] == "/course/view.php?id=2"
    first, second = lms.store.activities(2)[2:]
    assert first == Activity(
        id=3,
        cmid=4,
        course_id=2,
        name='TP n°1 "réseau" x & co',
        intro="Description du TP",
        tool_url="http://127.0.0.1:9001/launch?tp=1",
        custom={"tp_id": "42", "quoi": "é;=x"},
        grade=20,
        resource_id="tp-1",
        tag="competences",
        review_url="http://127.0.0.1:9001/launch?review=1",
        review_custom={"rev": "1"},
    )
    assert second == Activity(id=4, cmid=5, course_id=2, name="TP 2", grade=100)
    columns = [(item.label, item.maximum, item.tag) for item in lms.store.items(2)[2:]]
    assert columns == [('TP n°1 "réseau" x & co', 20, "competences"), ("TP 2", 100, "")]


def test_without_the_cookie_the_answer_is_posted_once_more(
    lms: Lms, browser: LogIn, tool_keys: ToolKeys, clock: Clock
) -> None:
    token = answer(tool_keys, clock)
    stripped = lms.test_client().post(
        "/mod/lti/contentitem_return.php?course=2&id=1&sesskey=k", data={"JWT": token}
    )

    assert hidden_form(stripped.text) == (
        "http://127.0.0.1:8080/mod/lti/contentitem_return.php",
        {"course": "2", "id": "1", "sesskey": "k", "JWT": token, "repost": "true"},
    )
    assert (stripped.status_code == 200) == RECORDED["without_cookie_first_response_is_repost_form"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("case: empty items", {CLAIM + "content_items": []}),
        ("case: no content_items claim", {CLAIM + "content_items": None}),
        ("case: errormsg", {CLAIM + "errormsg": "Rien à montrer"}),
        ("case: msg", {CLAIM + "msg": "Bien choisi"}),
        ("case: expired", {"exp": 1}),
        ("case: wrong iss", {"iss": "other"}),
        ("case: wrong aud", {"aud": "other"}),
        ("case: no nonce", {"nonce": None}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_answers_are_taken_as_recorded(
    browser: LogIn, tool_keys: ToolKeys, clock: Clock, name: str, change: dict[str, Any]
) -> None:
    given = give(browser(PROF1), answer(tool_keys, clock, **change))
    offered = "Enregistrer et revenir au cours" in given.text

    recorded = RECORDED[name]
    assert given.status_code == recorded["status"]
    assert offered == isinstance(recorded["returndata"], dict)
    for message in (change.get(CLAIM + "msg"), change.get(CLAIM + "errormsg")):
        assert message is None or message in given.text


def test_another_tools_signature_is_refused(
    lms: Lms, browser: LogIn, clock: Clock, tool_keys: ToolKeys
) -> None:
    forged = lms.sign({"iss": CLIENT, "exp": int(clock.now) + 60}, kid=tool_keys.kid)
    given = give(browser(PROF1), forged)

    assert (given.status_code, "Signature verification failed" in given.text) == (404, True)


def test_only_an_editing_teacher_adds(
    lms: Lms, browser: LogIn, tool_keys: ToolKeys, clock: Clock
) -> None:
    chrome = browser(PROF2)
    given = give(chrome, answer(tool_keys, clock))
    with chrome.session_transaction() as session:
        key = session["sesskey"]
    values = json.dumps(form_values({"title": "x"}, lms.store.tools()[0]))
    saved = chrome.post(
        "/course/modedit.php", data={"course": 2, "id": 1, "sesskey": key, "values": values}
    )

    assert (given.status_code, saved.status_code, len(lms.store.activities(2))) == (403, 403, 2)
