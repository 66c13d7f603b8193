"""A launch without cookies, where the platform keeps the browser's value: what proves whom, and what does not.

The browser's half is tried in tests/browser/test_platform_storage.py.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_app.models import LaunchSession
from lti_app.services.lti.tickets import LIFETIME, Ticket, TicketSigner
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.lti.conftest import ACTIVITY, TEACHER, Browser, Login, code_of

OWN = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def login(browser: Browser) -> Login:
    """A login at a platform that offers storage, in a browser that keeps no cookie."""
    begun = browser.begin(lti_storage_target="_parent")
    browser.client.delete_cookie(begun.cookie, path="/lti/")
    return begun


@pytest.fixture
def token(browser: Browser, login: Login) -> str:
    return browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)


def send(client: FlaskClient, login: Login, token: str, **changes: Any) -> TestResponse:
    """What the page in the frame sends, once the platform has handed the value back."""
    body = {
        "id_token": token,
        "state": login.state,
        "key": login.cookie,
        "value": login.cookie_value,
    }
    return client.post("/lti/launch/stored", json=body | changes, headers=OWN)


def redeem(client: FlaskClient, ticket: str) -> TestResponse:
    return client.post("/lti/continue", json={"ticket": ticket}, headers=OWN)


def entered(parts: Wiring) -> int:
    """Rows of sessions."""
    with parts.store.read() as session:
        return session.scalar(select(func.count()).select_from(LaunchSession)) or 0


def test_without_a_cookie_the_page_asks_the_platform(
    browser: Browser, parts: Wiring, login: Login, token: str
) -> None:
    """Nothing is entered yet, and the page knows whom to ask: the platform's own origin, and only it."""
    page = browser.finish(login, token)
    asked = json.loads(page.text.split('id="launch">')[1].split("</script>")[0])
    assert asked == {
        "id_token": token,
        "state": login.state,
        "key": login.cookie,
        "target": "_parent",
        "origin": browser.lms.issuer,
    }
    assert login.cookie_value not in page.text
    assert entered(parts) == 0


def test_with_the_value_a_ticket_opens_the_session_in_a_tab(
    app, browser: Browser, login: Login, token: str
) -> None:
    ticket = send(browser.client, login, token).json["ticket"]
    tab = app.test_client()
    opened = redeem(tab, ticket)
    assert tab.get(opened.json["url"], follow_redirects=True).status_code == 200
    cookie = opened.headers["Set-Cookie"]
    assert [part in cookie for part in ("Secure", "HttpOnly", "Partitioned")] == [True] * 3


def test_a_ticket_serves_once(app, browser: Browser, login: Login, token: str) -> None:
    ticket = send(browser.client, login, token).json["ticket"]
    first, second = app.test_client(), app.test_client()
    url = redeem(first, ticket).json["url"]
    assert redeem(second, ticket).json["error"] == "ticket_used"
    assert second.get(url).status_code == 401
    assert first.get(url).status_code == 302


def test_a_ticket_expires(
    browser: Browser, login: Login, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = send(browser.client, login, token).json["ticket"]
    later = time.time() + LIFETIME + 1
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert redeem(browser.client, ticket).json["error"] == "ticket_expired"


def test_a_ticket_of_our_own_making_is_needed(browser: Browser, parts: Wiring) -> None:
    browser.launch()
    with parts.store.read() as session:
        sid = session.scalars(select(LaunchSession.id)).one()
    forged = TicketSigner("another secret that is long enough").issue(Ticket(sid, "x", "/"))
    assert redeem(browser.client, forged).json["error"] == "ticket_invalid"
    genuine = TicketSigner(parts.settings.secret_key).issue(Ticket(sid, "not the secret", "/"))
    assert redeem(browser.client, genuine).json["error"] == "ticket_used"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"value": "somebody else's"}, "state_foreign_browser", id="other-value"),
        pytest.param({"value": ""}, "state_foreign_browser", id="no-value"),
        pytest.param({"value": None}, "state_foreign_browser", id="null"),
        pytest.param({"key": "lti-00000000"}, "state_foreign_browser", id="other-key"),
        pytest.param({"state": "forged"}, "state_invalid", id="forged-state"),
        pytest.param({"id_token": "a.b.c"}, "token_malformed", id="no-token"),
    ],
)
def test_the_value_is_checked_like_a_cookie(
    browser: Browser, parts: Wiring, login: Login, token: str, changes: dict[str, Any], code: str
) -> None:
    assert send(browser.client, login, token, **changes).json["error"] == code
    assert entered(parts) == 0


@pytest.mark.parametrize("path", ["/lti/launch/stored", "/lti/continue"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"[" * 20_000, 403, id="deep"),
        pytest.param(b'{"ticket": "\\ud800", "state": "\\ud800"}', 400, id="half-a-character"),
        pytest.param(b'{"ticket": {}, "state": [1]}', 400, id="no-texts"),
        pytest.param(b"[{}]", 403, id="list"),
        pytest.param(b"\xff", 403, id="no-text"),
        pytest.param(b'{"x": "' + b"y" * 300_000 + b'"}', 413, id="long"),
    ],
)
def test_whatever_is_sent_there_is_refused_shortly(
    browser: Browser, path: str, body: bytes, status: int
) -> None:
    answer = browser.client.post(path, data=body, content_type="application/json", headers=OWN)
    assert answer.status_code == status
    assert answer.json["error"] != "broken"


def test_a_token_is_still_consumed_once(browser: Browser, login: Login, token: str) -> None:
    assert send(browser.client, login, token).status_code == 200
    assert send(browser.client, login, token).json["error"] == "token_replayed"


@pytest.mark.parametrize("address", ["/lti/launch/stored", "/lti/continue"])
@pytest.mark.parametrize(
    "request_",
    [
        pytest.param({"data": {"ticket": "x"}}, id="form"),
        pytest.param({"data": '{"ticket": "x"}', "content_type": "text/plain"}, id="text"),
        pytest.param({"json": {"ticket": "x"}, "site": "cross-site"}, id="another-site"),
        pytest.param({"json": {"ticket": "x"}, "site": "same-site"}, id="a-neighbour"),
        pytest.param({"json": ["x"]}, id="not-an-object"),
    ],
)
def test_what_another_site_could_send_is_refused(
    browser: Browser, address: str, request_: dict[str, Any]
) -> None:
    """Login CSRF: somebody's own launch or ticket, posted by their page from a victim's browser."""
    sent = {"site": "same-origin"} | request_
    headers = OWN | {"Sec-Fetch-Site": sent.pop("site")}
    refused = browser.client.post(address, headers=headers, **sent)
    assert (refused.status_code, refused.json["error"]) == (403, "forbidden")


def test_no_other_site_is_allowed_to_ask(browser: Browser) -> None:
    """The preflight that a browser sends first gets no permission."""
    answer = browser.client.options(
        "/lti/continue",
        headers={
            "Origin": "https://evil.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []


def test_a_login_without_storage_needs_its_cookie(browser: Browser, parts: Wiring) -> None:
    login = browser.begin()
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
    browser.client.delete_cookie(login.cookie, path="/lti/")
    assert code_of(browser.finish(login, token)) == "state_foreign_browser"
    assert send(browser.client, login, token).json["error"] == "state_foreign_browser"
    assert entered(parts) == 0


def test_a_cookie_of_another_browser_is_not_asked_about(browser: Browser, token, login) -> None:
    browser.client.set_cookie(login.cookie, "another", path="/lti/")
    assert code_of(browser.finish(login, token)) == "state_foreign_browser"


@pytest.mark.parametrize(
    ("where", "status"), [("document", 302), ("iframe", 200), ("frame", 200), (None, 200)]
)
def test_only_a_browser_that_says_it_shows_a_tab_is_sent_on_at_once(
    browser: Browser, where: str | None, status: int
) -> None:
    """Safari before 16.4 says nothing, and refuses cookies in a frame."""
    headers = {"Sec-Fetch-Dest": where} if where else {}
    form = browser.lms.launch_form(TEACHER, ACTIVITY)
    page = browser.client.post("/lti/login", data=form, headers=headers)
    assert page.status_code == status
    assert ('id="new-tab"' in page.text) is (status == 200)


def test_the_value_goes_into_the_page_of_a_frame_only_where_it_can_be_kept(
    browser: Browser, clock: Clock
) -> None:
    form = browser.lms.launch_form(TEACHER, ACTIVITY)
    for target, told in (("", False), ("platform_frame", True)):
        data = form | ({"lti_storage_target": target} if target else {})
        page = browser.client.post("/lti/login", data=data, headers={"Sec-Fetch-Dest": "iframe"})
        value = page.headers.getlist("Set-Cookie")[-1].split(";")[0].split("=", 1)[1]
        assert (value in page.text) is told
