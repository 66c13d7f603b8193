"""What holds for every answer, and whose address the product believes to be its own."""

from __future__ import annotations

import pytest
from flask import Flask

from lti_app.views.front import EVERYWHERE
from tests.views.conftest import Visitor


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("{base}/class", 200, id="page"),
        pytest.param("{base}/roster.json", 200, id="data"),
        pytest.param("{base}/exports/csv", 200, id="file"),
        pytest.param("{base}", 308, id="redirection"),
        pytest.param("/static/css/grid.css", 200, id="style"),
        pytest.param("/lti/jwks", 200, id="keys"),
        pytest.param("/lti/login", 400, id="failed-login"),
        pytest.param("/nowhere", 404, id="no-such-page"),
    ],
)
def test_the_headers_of_every_answer(teacher: Visitor, path: str, status: int) -> None:
    answer = teacher.client.get(path.format(base=teacher.base), buffered=True)
    assert answer.status_code == status
    assert [(name, answer.headers.getlist(name)) for name, _value in EVERYWHERE] == [
        (name, [value]) for name, value in EVERYWHERE
    ]


def test_data_of_a_launch_is_kept_by_no_browser(teacher: Visitor) -> None:
    for path in ("/roster.json", "/changes.json?since=0", "/class"):
        answer = teacher.client.get(teacher.base + path, buffered=True)
        assert (path, answer.headers.get("Cache-Control")) == (path, "no-store")


def test_no_prefix_gets_into_our_links(app: Flask) -> None:
    """The page that tries cookies is rendered once for everybody: what one request says must not stay in it."""
    prefixed = {"SCRIPT_NAME": "//evil.example"}
    page = app.test_client().get("/lti/login", environ_overrides=prefixed)
    assert "evil" not in page.text
    assert 'href="/static/' in page.text


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host"])
def test_no_header_says_where_we_are(app: Flask, teacher: Visitor, header: str) -> None:
    """The router's own redirections are the only ones with a host."""
    told = {header: "evil.example", "X-Forwarded-Proto": "gopher"}
    answer = teacher.client.get(teacher.base, headers=told)
    public_url = app.extensions["competences"].settings.public_url
    assert answer.headers["Location"] == f"{public_url}{teacher.base}/"
