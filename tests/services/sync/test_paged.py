"""Elsewhere than at Moodle a gradebook answers in pages: its columns and results are read whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from sqlalchemy import select

from lti_app.clients import ags, ags_columns, pages
from lti_app.demo import listen, serve
from lti_app.errors import AddressRefused, ServiceUnavailable
from lti_app.models import Course, LineItem, Platform, PlatformStatus
from lti_app.services.grades import columns, read_back
from lti_app.services.platforms import registered as platforms
from lti_app.services.platforms.platform_access import connector_for
from tests.services.sync.desk import OTHER, PUPIL, Desk

SIZE = 2
FAR = "http://127.0.0.2"


class Gradebook(Flask):
    """Seven columns and a result of each of seven learners, two at a time. ``asked`` is what was asked for, in
    order; ``last`` is where the last page's ``next`` points, if anywhere."""

    def __init__(self) -> None:
        super().__init__("gradebook")
        self.url = self.last = ""
        self.asked: list[str] = []
        self.sent = 0
        self.scores = {str(number): 8.0 for number in (30, 31, 32, 33, 34, OTHER, PUPIL)}
        self.add_url_rule("/items", view_func=self.items)
        self.add_url_rule("/items/1", view_func=self.item)
        self.add_url_rule("/items/1/results", view_func=self.results)
        self.add_url_rule("/items/1/scores", view_func=self.take, methods=["POST"])

    def items(self) -> Response:
        return self.page(
            [
                {
                    "id": f"{self.url}/items/{n}",
                    "label": f"P{n}",
                    "scoreMaximum": 20,
                    "resourceId": f"r{n}",
                    "tag": request.args.get("tag", ""),
                    "resourceLinkId": "1",
                }
                for n in range(7)
            ]
        )

    def item(self) -> Response:
        return jsonify(id=f"{self.url}/items/1", label="P1", scoreMaximum=20)

    def results(self) -> Response:
        only = request.args.get("user_id")
        return self.page(
            [
                {"id": sub, "userId": sub, "resultScore": score, "resultMaximum": 20}
                for sub, score in self.scores.items()
                if only in (None, sub)
            ]
        )

    def take(self) -> Response:
        self.sent += 1
        return Response(status=204)

    def page(self, listed: list[dict[str, Any]]) -> Response:
        number = request.args.get("p", 0, type=int)
        self.asked.append(f"{request.path} {number}")
        answer = jsonify(listed[number * SIZE : (number + 1) * SIZE])
        query = {key: text for key, text in request.args.items() if key != "p"}
        following = "&".join(f"{key}={text}" for key, text in (query | {"p": number + 1}).items())
        link = f"{request.path}?{following}" if (number + 1) * SIZE < len(listed) else self.last
        if link:
            answer.headers["Link"] = f'<{request.path}>; rel="first", <{link}>; rel="next"'
        return answer


@pytest.fixture
def book(made: Desk) -> Iterator[Gradebook]:
    """Where the desk's column is."""
    book = Gradebook()
    with listen() as door, serve(book, door):
        book.url = door.url
        with made.campus.parts.store.write() as session:
            session.get_one(LineItem, made.column_id).url = f"{door.url}/items/1"
        yield book


@pytest.fixture
def connector(made: Desk):
    with made.campus.parts.store.read() as session:
        platform = session.scalars(select(Platform)).one()
    return connector_for(made.campus.parts, platform)


def test_columns_in_pages_are_read_to_the_end(book: Gradebook, connector) -> None:
    found = ags_columns.columns(connector, f"{book.url}/items", tag="t")
    assert [column.label for column in found] == [f"P{n}" for n in range(7)]
    assert {column.tag for column in found} == {"t"}, "the filter goes with each page"
    assert book.asked == [f"/items {n}" for n in range(4)]


def test_results_in_pages_are_read_to_the_end(book: Gradebook, connector) -> None:
    found = ags.results(connector, f"{book.url}/items/1")
    assert [result.user_id for result in found] == list(book.scores)
    assert book.asked == [f"/items/1/results {n}" for n in range(4)]


def test_one_learners_result_is_asked_for_alone(book: Gradebook, connector) -> None:
    (found,) = ags.results(connector, f"{book.url}/items/1", str(PUPIL))
    assert (found.user_id, found.score) == (str(PUPIL), Decimal(8))


READERS = [
    pytest.param(lambda call, url: ags.results(call, f"{url}/items/1"), id="results"),
    pytest.param(lambda call, url: ags_columns.columns(call, f"{url}/items"), id="columns"),
]


@pytest.mark.parametrize("read", READERS)
def test_a_next_page_on_another_host_is_refused_and_not_asked_for(
    book: Gradebook, connector, read
) -> None:
    with listen() as door, serve(other := Gradebook(), door):
        book.last = f"{door.url}/items"
        with pytest.raises(AddressRefused):
            read(connector, book.url)
    assert len(book.asked) == 4
    assert other.asked == []


@pytest.mark.parametrize("read", READERS)
def test_a_page_that_points_back_ends_the_list(book: Gradebook, connector, read) -> None:
    book.last = "?p=1"
    assert len(read(connector, book.url)) == 7
    assert len(book.asked) == 4


@pytest.mark.parametrize("read", READERS)
def test_a_list_without_end_is_given_up(
    book: Gradebook, connector, read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MAX_PAGES", 3)
    with pytest.raises(ServiceUnavailable):
        read(connector, book.url)
    assert len(book.asked) == 3


def test_a_teachers_grade_on_the_last_page_stays(made: Desk, book: Gradebook) -> None:
    made.want(15)
    assert made.send() == 0
    assert made.state() == ("failed", "overridden")
    assert book.sent == 0


def test_a_grade_on_the_last_page_is_not_taken_for_lost(made: Desk, book: Gradebook) -> None:
    del book.scores[str(PUPIL)]
    made.want(15)
    assert made.send() == 1
    book.scores[str(PUPIL)] = 15.0
    read_back.refresh(made.campus.parts, made.launch.resource_link_id)
    assert made.send(later=60) == 0
    assert made.state() == ("sent", "")


def test_half_of_the_results_sends_nothing(made: Desk, book: Gradebook) -> None:
    book.last = f"{FAR}/items"
    made.want(15)
    assert made.send() == 0
    assert made.state() == ("failed", "address_refused")
    assert book.sent == 0


def test_a_grade_kept_back_by_a_page_elsewhere_goes_once_our_administrator_says_so(
    made: Desk, book: Gradebook
) -> None:
    book.last, last = f"{FAR}/items", book.last
    del book.scores[str(PUPIL)]
    made.want(15)
    made.send()
    book.last = last
    with made.campus.parts.store.write() as session:
        platforms.set_status(session, 1, PlatformStatus.ACTIVE)
    assert made.send(later=60) == 1
    assert made.state() == ("sent", "")


def test_a_column_list_that_leads_elsewhere_says_so(made: Desk, book: Gradebook) -> None:
    book.last = f"{FAR}/items"
    with made.campus.parts.store.write() as session:
        session.scalars(select(Course)).one().lineitems_url = f"{book.url}/items"
        session.get_one(LineItem, made.column_id).url = None
    columns.ensure(made.campus.parts)
    with made.campus.parts.store.read() as session:
        assert session.get_one(LineItem, made.column_id).error == "address_refused"
