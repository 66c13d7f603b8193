"""Many platforms' columns are looked for by one loop: what one of them answers holds up no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from lti_app.clients import ags_columns
from lti_app.logs import JsonFormatter
from lti_app.models import LineItem
from lti_app.services.grades import columns
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.services.sync.schools import COURSE, School, schools

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@contextmanager
def neighbours(parts: Wiring, tool_url: str) -> Iterator[tuple[School, School]]:
    """Two schools, each with two columns that no launch has named: the first one's are older."""
    with schools(parts.store, tool_url, parts.clock, 2) as (first, second):
        with parts.store.write() as session:
            for school in (first, second):
                own = session.get_one(LineItem, school.own)
                own.resource_link.course.lineitems_url = school.lms.addresses.lineitems(COURSE, 1)
                own.resource_link.course.ags_scopes = " ".join(
                    (ags_columns.LINE_ITEM_SCOPE, ags_columns.LINE_ITEM_READ_SCOPE)
                )
                for item in (own, session.get_one(LineItem, school.made)):
                    item.url, item.resource_id, item.tag = None, "r", "t"
        yield first, second


def standing(parts: Wiring, school: School) -> list[tuple[bool, bool, str]]:
    """Of a school's columns, whether each is found, is put off, and why it is not there."""
    now = parts.clock()
    with parts.store.read() as session:
        items = [session.get_one(LineItem, item_id) for item_id in (school.own, school.made)]
        return [
            (item.url is not None, item.look_at is not None and item.look_at > now, item.error)
            for item in items
        ]


@pytest.mark.parametrize(
    "maximum", [True, "NaN", pytest.param(10**400, id="400 digits"), 1e300, [20], {"a": 20}]
)
def test_a_column_that_goes_up_to_no_number_is_found(
    parts: Wiring, tool_url: str, maximum: Any
) -> None:
    with neighbours(parts, tool_url) as (first, second):
        with replaced_maximum(first, maximum):
            assert columns.ensure(parts) == 4
        for school in (first, second):
            assert standing(parts, school) == [(True, False, "")] * 2


@contextmanager
def replaced_maximum(school: School, maximum: Any) -> Iterator[None]:
    """That LMS tells this of every column."""
    inner = school.lms.wsgi_app

    def odd(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "/lineitems" not in environ["PATH_INFO"]:
            return inner(environ, start_response)
        status: list[str] = []
        said = b"".join(inner(environ, lambda *told: status.append(told[0])))  # type: ignore[arg-type]
        body = re.sub(
            rb'("scoreMaximum": ?)[0-9.]+', rb"\g<1>" + json.dumps(maximum).encode(), said
        )
        start_response(status[0], [("Content-Length", str(len(body)))])
        return [body]

    school.lms.wsgi_app = odd  # type: ignore[method-assign, assignment]
    yield
    school.lms.wsgi_app = inner  # type: ignore[method-assign]


def test_one_schools_column_that_cannot_be_looked_for_holds_up_no_other(
    parts: Wiring,
    tool_url: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever it is that fails."""
    real = ags_columns._column
    with neighbours(parts, tool_url) as (first, second):

        def fails(entry: Mapping[str, Any]) -> ags_columns.Column:
            if str(entry["id"]).startswith(first.lms.issuer):
                raise RuntimeError(entry["id"])
            return real(entry)

        with monkeypatch.context() as broken, caplog.at_level("ERROR", "competences"):
            broken.setattr(ags_columns, "_column", fails)
            assert columns.ensure(parts) == 2
            assert standing(parts, first) == [(False, True, "")] * 2
            assert standing(parts, second) == [(True, False, "")] * 2
            first.lms.faults.forget_calls()
            assert columns.ensure(parts) == 0
            assert first.lms.calls == [], "not again before its time"
        told = [JsonFormatter().format(record) for record in caplog.records]
        assert ["RuntimeError" in line for line in told] == [True, True]
        assert first.lms.issuer not in "".join(told) + caplog.text

        clock.forward(minutes=5)
        assert columns.ensure(parts) == 2
        assert standing(parts, first) == [(True, False, "")] * 2


def test_the_column_that_has_waited_longest_is_looked_for_first(
    parts: Wiring, tool_url: str, clock: Clock
) -> None:
    """A school whose columns are due again and again is not always before the others."""
    with neighbours(parts, tool_url) as (first, second):
        waited = {first.own: 1, first.made: 5, second.own: 10, second.made: 3}
        with parts.store.write() as session:
            for item_id, minutes in waited.items():
                session.get_one(LineItem, item_id).look_at = clock() - timedelta(minutes=minutes)
        taken = [columns._claim(parts) for _ in waited]
    assert [claim and claim[0].id for claim in taken] == [
        second.own,
        first.made,
        second.made,
        first.own,
    ]
