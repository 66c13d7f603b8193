"""Each job that the callers are handed comes back once, whatever the platform answers and whatever fails here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from lti_app.demo import listen, serve
from lti_app.models import LineItem, Platform, SyncState
from lti_app.services.grades import read_back
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.sync import claims, lease
from lti_app.services.sync.callers import Batch, Callers
from lti_app.services.sync.job import Column, Job, Outcome, Reason
from lti_app.services.sync.overrides import Known, Sent
from tests.services.sync.desk import OTHER, PUPIL, Desk

LONGEST = 5.0  # seconds to wait for what does not come
UNREADABLE = Known(Sent(0, Decimal("sNaN"), Decimal(20)))
"""What no comparison can be made with."""
HUGE = pytest.param(10**400, id="400 digits")


@dataclass
class Asked:
    """The lane's part: ``skews`` are what it knows of the platform's clock, one after the other."""

    skews: list[timedelta | Exception] = field(default_factory=list)

    def learn_size(self, column: Column) -> bool:
        return False

    def look(self, column: Column) -> None:
        return

    def skew(self) -> timedelta:
        told = self.skews.pop(0) if self.skews else timedelta(0)
        if isinstance(told, Exception):
            raise told
        return told


def claimed(desk: Desk) -> list[Job]:
    """What is wanted at the desk, taken as a lane takes it, in the order of the learners."""
    parts = desk.campus.parts
    with parts.store.write() as session:
        platform = session.scalars(select(Platform)).one()
        taken = lease.take(session, platform.id, "elsewhere:1:life:0", parts.clock())
        assert taken is not None
        jobs = claims.claim(session, platform, taken.fence, parts.clock(), timedelta(0), 10)
    return sorted(jobs, key=lambda job: job.score.user_id)


def ended(desk: Desk, jobs: list[Job], asked: Asked) -> list[tuple[str, Outcome]]:
    """How they ended, by their learners: all of them, and whatever comes back twice."""
    with desk.campus.parts.store.read() as session:
        connector = connector_for(desk.campus.parts, session.scalars(select(Platform)).one())
    callers = Callers(connector, lambda: True, asked)
    with callers.working():
        callers.hand(Batch(jobs[0].column, tuple(jobs), timedelta(0)))
        found, until = [], time.monotonic() + LONGEST
        while len(found) < len(jobs) and time.monotonic() < until:
            found += callers.ended(len(jobs) - len(found), 0.1)
    found += callers.ended(1, 0.1)
    return sorted((job.score.user_id, outcome) for job, outcome in found)


@pytest.fixture
def wanted(made: Desk) -> list[Job]:
    """Two learners' grades, in a column that holds a teacher's for the first."""
    made.teacher_grades(9)
    for sub in (PUPIL, OTHER):
        made.want(15, sub)
    return claimed(made)


def test_a_grade_that_cannot_be_judged_waits_and_the_others_go(
    made: Desk, wanted: list[Job]
) -> None:
    first, second = wanted
    found = ended(made, [replace(first, known=UNREADABLE), second], Asked())
    assert [sub for sub, _outcome in found] == [str(PUPIL), str(OTHER)]
    outcomes = [outcome for _sub, outcome in found]
    assert outcomes == [
        Outcome(SyncState.WAITING, Reason.INTERNAL, claims.LONGEST_WAIT, called=False),
        Outcome(SyncState.SENT),
    ]
    assert (made.held(PUPIL), made.held(OTHER)) == (9.0, 15.0)


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (OperationalError("SELECT 1", {}, Exception("gone")), None),
        (RuntimeError("whatever"), Reason.INTERNAL),
    ],
    ids=["database", "other"],
)
def test_a_clock_that_cannot_be_asked_for_sends_nothing(
    made: Desk, wanted: list[Job], failure: Exception, error: Reason | None
) -> None:
    found = ended(made, wanted, Asked([failure]))
    assert [sub for sub, _outcome in found] == [str(PUPIL), str(OTHER)]
    assert {(outcome.state, outcome.error, outcome.called) for _sub, outcome in found} == {
        (SyncState.WAITING, error, False)
    }
    assert made.calls("scores") == []


def test_times_that_are_not_the_platforms_are_given_back(made: Desk, wanted: list[Job]) -> None:
    found = ended(made, wanted, Asked([timedelta(hours=1)]))
    assert {(outcome.state, outcome.error, outcome.called) for _sub, outcome in found} == {
        (SyncState.WAITING, None, False)
    }


@contextmanager
def answering(desk: Desk, **members: Any) -> Iterator[list[str]]:
    """The desk's column is where every result has these members, and no score is refused; who was sent one."""
    app, came = Flask("broken"), []
    own = {"resultScore": 9, "resultMaximum": 20} | members

    def results() -> Response:
        return jsonify([own | {"userId": str(sub)} for sub in (PUPIL, OTHER)])

    def take() -> Response:
        came.append("score")
        return Response(status=204)

    def column() -> Response:
        return jsonify(id="1", label="P1", scoreMaximum=members.get("scoreMaximum", 20))

    app.add_url_rule("/1", view_func=column)
    app.add_url_rule("/1/results", view_func=results)
    app.add_url_rule("/1/scores", view_func=take, methods=["POST"])
    with listen() as door, serve(app, door):
        with desk.campus.parts.store.write() as session:
            session.get_one(LineItem, desk.column_id).url = f"{door.url}/1"
        yield came


@pytest.mark.parametrize("score", ["abc", "NaN", "Infinity", True, HUGE, 1_000_000])
def test_a_column_whose_scores_are_no_numbers_is_sent_none(made: Desk, score: Any) -> None:
    """What a teacher gave there may be behind them."""
    with answering(made, resultScore=score) as came:
        made.want(15)
        made.send()
        assert (made.state(), came) == (("waiting", "platform_unavailable"), [])
        assert not read_back.refresh(made.campus.parts, made.launch.resource_link_id)


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"]
)
def test_a_grade_of_an_impossible_time_is_a_teachers(made: Desk, time: str) -> None:
    with answering(made, timestamp=time) as came:
        made.want(15)
        made.send()
        assert (made.state(), came) == (("failed", "overridden"), [])
        assert read_back.refresh(made.campus.parts, made.launch.resource_link_id)
        assert made.row().held_at is None


@pytest.mark.parametrize("maximum", [True, "NaN", HUGE, 1_000_000])
def test_a_column_that_goes_up_to_no_number_gets_points(made: Desk, maximum: Any) -> None:
    with answering(made, resultScore=None, resultMaximum=maximum, scoreMaximum=maximum) as came:
        made.want(15)
        made.send()
        assert (made.state(), came) == (("sent", ""), ["score"])
        assert read_back.refresh(made.campus.parts, made.launch.resource_link_id)
