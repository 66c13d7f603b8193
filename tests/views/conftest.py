"""A browser without a screen: pages by address, their texts, their forms' token and their data."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import School


class Page:
    """An answer as a person reads it."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.tree = lxml.html.fromstring(response.text)

    def texts(self, xpath: str) -> list[str]:
        """The text of each element, its white space made single."""
        return [_squeeze(one) for one in self.tree.xpath(xpath)]

    def text(self, xpath: str) -> str:
        """The text of the one element that there is."""
        (only,) = self.texts(xpath)
        return only

    def values(self, xpath: str) -> list[str]:
        """Attributes, as they are."""
        return [str(value) for value in self.tree.xpath(xpath)]

    @property
    def token(self) -> str:
        return self.values('//meta[@name="csrf-token"]/@content')[0]

    @property
    def data(self) -> Any:
        """What the grid's scripts draw from."""
        return json.loads(self.tree.xpath('string(//script[@id="class-data"])'))


def _squeeze(element: Any) -> str:
    """Text with spaces and line ends made one space; narrow no-break spaces stay."""
    return " ".join(part for part in element.text_content().replace("\n", " ").split(" ") if part)


class Visitor:
    """Somebody with a launch: ``base`` begins the addresses of their pages."""

    def __init__(self, client: FlaskClient, base: str) -> None:
        self.client = client
        self.base = base
        self._token = ""

    def get(self, path: str, **options: Any) -> Page:
        return Page(self.client.get(self.base + path, **options))

    def json(self, path: str) -> Any:
        response = self.client.get(self.base + path, headers={"Accept": "application/json"})
        return response.get_json()

    def token(self, path: str = "/exports") -> str:
        """The forms' token, which lives as long as the launch session."""
        self._token = self._token or self.get(path).token
        return self._token

    def send(self, path: str, body: Any, **headers: str) -> TestResponse:
        """Posts JSON as the scripts do."""
        return self.client.post(
            self.base + path,
            json=body,
            headers={"Accept": "application/json", "X-CSRFToken": self.token(), **headers},
        )

    def submit(self, path: str, fields: dict[str, Any], token_at: str = "/exports") -> TestResponse:
        """Posts a form as a browser without JavaScript does; its token stands on the page ``token_at``."""
        data = {"csrf_token": self.token(token_at), **fields}
        return self.client.post(self.base + path, data=data)


Enter = Callable[..., Visitor]


@pytest.fixture
def enter(app: Flask, school: School) -> Enter:
    """Launches as somebody: ``enter()`` is the teacher."""

    def launch(user_id: int | None = None, *roles: str, **more: Any) -> Visitor:
        return Visitor(*school.enter(app, user_id, roles or ("teacher",), **more))

    return launch


@pytest.fixture
def teacher(enter: Enter) -> Visitor:
    return enter()
