"""A scale's colours as a style sheet: both schemes, no inline style needed."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from lti_app.config_files import config_dir
from lti_app.services.activities.framing import named_scale
from referential.library import available_scales


@pytest.mark.parametrize("name", available_scales(config_dir()))
def test_each_level_has_its_rule_in_both_schemes_and_its_shape(client: FlaskClient, name):
    scale = named_scale(name)
    answer = client.get(f"/scale/{name}.css")
    light, dark = answer.text.split("@media screen and (prefers-color-scheme: dark) {")
    rule = re.compile(r"\.lv(\d) \{ --level: (\S+); --on-level: (\S+); \}")
    none = scale.unassessed
    assert rule.findall(light) == [
        ("0", "transparent", none.text),
        *((str(level.value), level.background, level.text) for level in scale.levels),
    ]
    assert rule.findall(dark) == [
        ("0", "transparent", none.text_dark),
        *((str(level.value), level.background_dark, level.text_dark) for level in scale.levels),
    ]
    shapes = re.findall(r'--shape: "\\([0-9a-f]{6})"', light)
    assert [chr(int(point, 16)) for point in shapes] == [
        none.shape,
        *(level.shape for level in scale.levels),
    ]


def test_a_browser_that_has_it_is_told_so(client: FlaskClient):
    first = client.get("/scale/bts-sio-4.css")
    again = client.get("/scale/bts-sio-4.css", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.mimetype, again.status_code, again.data) == ("text/css", 304, b"")


@pytest.mark.parametrize("name", ["none", "..%2Fbts-sio-4", "bts-sio-4%00"])
def test_a_scale_that_is_none_is_not_found(client: FlaskClient, name):
    assert client.get(f"/scale/{name}.css").status_code == 404
