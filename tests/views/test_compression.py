"""What leaves compressed, what does not, and that a browser which has a file is told so."""

from __future__ import annotations

import gzip

import pytest

from tests.views.conftest import Visitor


@pytest.mark.parametrize(
    ("path", "taken", "encoding"),
    [
        pytest.param("/class", "zstd, br, gzip", "zstd", id="page"),
        pytest.param("/class", "gzip", "gzip", id="page-for-an-old-browser"),
        pytest.param("/class", "", None, id="page-for-whoever-asks-for-none"),
        pytest.param("/exports/moodle-framework", "zstd, br, gzip", None, id="file-for-moodle"),
        pytest.param("/roster.json", "zstd, br, gzip", None, id="too-small"),
    ],
)
def test_encodings(teacher: Visitor, path, taken, encoding):
    answer = teacher.client.get(teacher.base + path, headers={"Accept-Encoding": taken})
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_content_is_the_same(teacher: Visitor):
    plain = teacher.client.get("/static/css/grid.css", buffered=True).data
    packed = teacher.client.get(
        "/static/css/grid.css", headers={"Accept-Encoding": "br"}, buffered=True
    )
    page = teacher.client.get(teacher.base + "/sheet", headers={"Accept-Encoding": "gzip"})
    assert "Saisir dans un tableur" in gzip.decompress(page.data).decode()
    assert len(packed.data) < len(plain) / 3


def test_a_browser_that_has_the_file_is_told_so(teacher: Visitor):
    taken = {"Accept-Encoding": "zstd"}
    path = "/static/js/grid/main.js"
    first = teacher.client.get(path, headers=taken, buffered=True)
    known = {**taken, "If-None-Match": first.headers["ETag"]}
    again = teacher.client.get(path, headers=known, buffered=True)
    assert (again.status_code, again.data) == (304, b"")
