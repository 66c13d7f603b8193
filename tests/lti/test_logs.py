"""What a launch leaves in the logs: routes, statuses and numbers; no token and no name."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from lti_app.logs import LOGGER, JsonFormatter
from tests.lti.conftest import ACTIVITY, PUPIL, TEACHER, Browser, code_of


class Kept(logging.Handler):
    """Every line, of every library too, as the service would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler, root = Kept(), logging.getLogger()
    levels = [(logger, logger.level) for logger in (root, LOGGER)]
    root.addHandler(handler)
    for logger, _level in levels:
        logger.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    for logger, level in levels:
        logger.setLevel(level)


@pytest.mark.parametrize("user", [TEACHER, PUPIL])
def test_no_token_and_no_name_of_a_launch_is_logged(
    browser: Browser, kept: Kept, user: int
) -> None:
    person = next(one for one in browser.lms.store.users() if one.id == user)
    login = browser.begin(user)
    token = browser.lms.id_token(user, ACTIVITY, login.nonce)
    entered = browser.finish(login, token)
    assert browser.client.get(entered.location, follow_redirects=True).status_code == 200
    again = browser.finish(login, token)
    assert "data-code" in again.text
    spoiled = browser.begin(user)
    assert code_of(browser.finish(spoiled, token[:-4] + "AAAA")).startswith("token")

    text = "\n".join(kept.lines)
    routes = [json.loads(line).get("route") for line in kept.lines]
    assert routes.count("/lti/launch") == 3, "the log was listened to"
    secrets = [*token.split("."), login.state, login.nonce, login.cookie_value]
    cookie = next(c for c in entered.headers.getlist("Set-Cookie") if c.startswith("launch="))
    secrets.append(cookie.split(";")[0].removeprefix("launch="))
    names = [person.given, person.family, person.username, person.idnumber]
    assert [word for word in (*secrets, *names) if word and word in text] == []
