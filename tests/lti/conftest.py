"""A real LMS over HTTP for the tool under test: it publishes keys, signs tokens and journals calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lti_app.demo import Lms, LmsConfig, create_lms, listen, serve
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from tests.demo.forms import hidden_form
from tests.lms_key import lms_key

ADMINISTRATOR, TEACHER, ASSISTANT, PUPIL = 2, 3, 4, 5
ACTIVITY, OTHER_COURSE_ACTIVITY = 1, 3


@pytest.fixture
def lms(parts: Wiring) -> Iterator[Lms]:
    """The embedded LMS, registered in the tool; its clock is the tool's."""
    with listen() as door:
        url = parts.settings.public_url
        config = LmsConfig(
            issuer=door.url,
            tool_url=url,
            enabled=True,
            purpose="tests",
            initiate_login_uri=url + "/lti/login",
            redirect_uris=(url + "/lti/launch",),
            target_link_uri=url + "/lti/launch",
            tool_jwks_url=url + "/lti/jwks",
            deep_linking_url=url + "/lti/launch",
            signing_key=lms_key(),
        )
        lms = create_lms(config, clock=lambda: parts.clock().timestamp())
        with serve(lms, door):
            register(parts, lms)
            yield lms


def path_of(url: str) -> str:
    """The path and query of an address, for a test client."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def register(parts: Wiring, lms: Lms, client_id: str = "") -> int:
    """Adds the LMS to the tool's platforms; its number."""
    config = lms.lms_config
    with parts.store.write() as session:
        new = platforms.NewPlatform.moodle(
            config.issuer, client_id or config.client_id, [config.deployment_id]
        )
        return platforms.add(session, new, parts.clock(), lab=True).id


@dataclass
class Login:
    """A login that was begun in a browser: what the tool asked the platform for."""

    state: str
    nonce: str
    cookie: str
    cookie_value: str


class Browser:
    """A browser that opens activities of the LMS in the tool."""

    def __init__(self, app: Flask, lms: Lms) -> None:
        self.client: FlaskClient = app.test_client()
        self.lms = lms

    def begin(self, user_id: int = TEACHER, activity: int = ACTIVITY, **changes: str) -> Login:
        """The login initiation; ``changes`` replace its parameters."""
        form = self.lms.launch_form(user_id, activity) | changes
        response = self.client.post("/lti/login", data=form, headers={"Sec-Fetch-Dest": "document"})
        assert response.status_code == 302, response.text
        query = parse_qs(urlsplit(response.location).query)
        name, value = response.headers["Set-Cookie"].split(";")[0].split("=", 1)
        return Login(query["state"][0], query["nonce"][0], name, value)

    def finish(self, login: Login, token: str | None, **more: str) -> TestResponse:
        """The platform's answer, posted to the tool."""
        form = {"state": login.state, **more}
        if token is not None:
            form["id_token"] = token
        return self.client.post("/lti/launch", data=form)

    def open(
        self, start: str, user_id: int = TEACHER, lms_client: FlaskClient | None = None
    ) -> TestResponse:
        """Opens an address of the LMS as that person and follows the forms into the tool."""
        lms = lms_client or self.enter_lms(user_id)
        action, fields = hidden_form(lms.get(start).text)
        login = self.client.post(
            path_of(action), data=fields, headers={"Sec-Fetch-Dest": "document"}
        )
        assert login.status_code == 302, login.text
        answer = lms.get(path_of(login.location)).text
        action, fields = hidden_form(answer)
        return self.client.post(path_of(action), data=fields)

    def enter_lms(self, user_id: int = TEACHER) -> FlaskClient:
        """A browser of the LMS's own, in which that person is logged in."""
        client = self.lms.test_client()
        assert client.post("/login/index.php", data={"user": str(user_id)}).status_code == 302
        return client

    def launch(
        self,
        user_id: int = TEACHER,
        activity: int = ACTIVITY,
        overrides: dict[str, Any] | None = None,
        header: dict[str, Any] | None = None,
    ) -> TestResponse:
        """A whole launch; ``overrides`` replace claims of a genuine token, None takes one away."""
        login = self.begin(user_id, activity)
        token = self.lms.id_token(
            user_id, activity, login.nonce, overrides=overrides, header=header
        )
        return self.finish(login, token)


@pytest.fixture
def browser(app: Flask, lms: Lms) -> Browser:
    return Browser(app, lms)


def code_of(response: TestResponse) -> str:
    """The error's code, as the page carries it for tests and support."""
    page = response.text
    mark = 'data-code="'
    assert mark in page, page[:2000]
    return page.split(mark, 1)[1].split('"', 1)[0]
