"""What is wanted arrives once, at its newest value, with its comment; what cannot arrive says why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lti_app.clients.ags import Score
from lti_app.services.classes import assessing
from lti_app.services.classes.assessing import Entry
from lti_app.services.grades import grade_sync
from tests.conftest import Clock
from tests.services.campus import ASSISTANT, Campus


def test_three_validations_arrive_as_one_grade(campus: Campus) -> None:
    launch = campus.teach()
    for code in ("C1.1.03.1", "C1.1.03.2", "C1.2.01.1"):
        campus.rate(launch, 5, code, 3)

    campus.lms.faults.forget_calls()
    assert grade_sync.run_due(campus.parts) == 1

    grade, sync = campus.grade(5), campus.sync(5)
    assert grade is not None
    assert (grade.final, sync.score) == (0.39, Decimal("0.39"))
    assert grade.feedback == sync.comment
    assert (sync.state, sync.sent_revision) == ("sent", sync.wanted_revision)
    assert len([call for call in campus.lms.calls if "/scores" in call.path]) == 1


def test_a_second_change_within_a_second_is_accepted(campus: Campus) -> None:
    launch = campus.teach()
    for level in (3, 1, 4):
        campus.rate(launch, 5, "C1.1.03.1", level)
        grade_sync.run_due(campus.parts)
    assert campus.sync(5).state == "sent"
    grade = campus.grade(5)
    assert grade is not None
    assert grade.final == 0.13


def test_taking_a_judgement_back_lowers_the_grade_and_erases_nothing(campus: Campus) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    grade_sync.run_due(campus.parts)
    campus.rate(launch, 5, "C1.1.03.1", None)
    grade_sync.run_due(campus.parts)
    grade = campus.grade(5)
    assert grade is not None
    assert (grade.final, grade.feedback) == (0.0, campus.sync(5).comment)


def test_an_answer_lost_on_the_way_is_no_double(campus: Campus, clock: Clock) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    campus.lms.faults.add("lost", path="scores")
    grade_sync.run_due(campus.parts)
    assert campus.sync(5).state == "waiting"
    clock.forward(minutes=1)
    grade_sync.run_due(campus.parts)
    grade = campus.grade(5)
    assert grade is not None
    assert (campus.sync(5).state, grade.final) == ("sent", 0.13)


@pytest.mark.parametrize(
    ("status", "error"),
    [(502, "platform_unavailable"), (503, "platform_unavailable"), (429, "platform_busy")],
)
def test_a_platform_that_fails_is_tried_again_later(
    campus: Campus, clock: Clock, status: int, error: str
) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    campus.lms.faults.add("status", path="scores", status=status)
    grade_sync.run_due(campus.parts)
    sync = campus.sync(5)
    assert (sync.state, sync.error, campus.grade(5)) == ("waiting", error, None)
    assert grade_sync.run_due(campus.parts) == 0, "not before its time"
    clock.forward(minutes=1)
    assert grade_sync.run_due(campus.parts) == 1
    assert campus.sync(5).state == "sent"


def test_retry_after_is_obeyed(campus: Campus, clock: Clock) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    campus.lms.faults.add("status", path="scores", status=429, retry_after="300")
    grade_sync.run_due(campus.parts)
    clock.forward(seconds=299)
    assert grade_sync.run_due(campus.parts) == 0
    clock.forward(seconds=3)
    assert grade_sync.run_due(campus.parts) == 1


def test_a_grade_wanted_while_an_older_one_is_noted_as_sent_is_shown_on_its_way(
    campus: Campus, clock: Clock
) -> None:
    """Two connections: what the one read is no longer so when it writes. (SQLite has one writer.)"""
    store = campus.parts.store
    if store.is_sqlite:
        pytest.skip("one writer at a time")
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    with store.write() as session:
        entry = Entry(campus.learner(5), "C1.1.03.2", 3)
        assessing.record(session, launch, [entry], clock())
        assert grade_sync.run_due(campus.parts) == 1
        assert campus.sync(5).state == "sent"
    sync = campus.sync(5)
    assert sync.wanted_revision > sync.settled_revision
    assert (sync.state, sync.error, sync.attempts) == ("waiting", "", 0)
    grade_sync.run_due(campus.parts)
    grade = campus.grade(5)
    assert grade is not None
    assert (grade.final, campus.sync(5).state) == (0.26, "sent")


def test_a_learner_who_left_is_told_apart(campus: Campus) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    campus.lms.store.unenrol(2, 5)
    grade_sync.run_due(campus.parts)
    sync = campus.sync(5)
    assert (sync.state, sync.error) == ("failed", "learner_gone")
    assert grade_sync.run_due(campus.parts) == 0

    campus.lms.store.enrol(2, 5)
    with campus.parts.store.write() as session:
        assert grade_sync.resend(session, launch, None, campus.parts.clock()) == 1
    grade_sync.run_due(campus.parts)
    assert campus.sync(5).state == "sent"


def test_a_locked_column_is_not_retried_for_ever(campus: Campus, clock: Clock) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    campus.lms.faults.add("status", path="scores", status=500, times=99)
    for _ in range(6):
        grade_sync.run_due(campus.parts)
        clock.forward(minutes=5)
    sync = campus.sync(5)
    assert (sync.state, sync.error) == ("failed", "column_locked")


def test_a_teacher_edit_in_the_future_does_not_block(campus: Campus, clock: Clock) -> None:
    """Moodle moves a grade's time to its own now at a teacher's edit; our clock may lag."""
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    grade_sync.run_due(campus.parts)
    campus.rate(launch, 5, "C1.1.03.2", 3)
    item = campus.lms.store.item_of_activity(1)
    assert item is not None
    row = campus.grade(5)
    assert row is not None
    with campus.lms.store.transaction():
        campus.lms.store.execute(
            "update grades set timemodified = timemodified + 5 where item_id = ? and user_id = ?",
            item.id,
            5,
        )
    for _ in range(4):
        grade_sync.run_due(campus.parts)
        clock.forward(seconds=3)
    grade = campus.grade(5)
    assert grade is not None
    assert (campus.sync(5).state, grade.final) == ("sent", 0.26)


def test_a_teacher_gets_no_score(campus: Campus) -> None:
    """The non-editing teacher, a Learner in the roster, rated before they ever launched."""
    launch = campus.teach()
    campus.rate(launch, ASSISTANT, "C1.1.03.1", 3)
    campus.launch(ASSISTANT)
    grade_sync.run_due(campus.parts)
    assert campus.grade(ASSISTANT) is None
    sync = campus.sync(ASSISTANT)
    assert (sync.state, sync.error) == ("failed", "not_a_learner")


@pytest.mark.parametrize(
    "score",
    [
        pytest.param({"comment": ""}, id="no comment erases the feedback"),
        pytest.param({"given": Decimal("NaN")}, id="not a number"),
        pytest.param({"maximum": Decimal("Infinity")}, id="not finite"),
    ],
)
def test_a_score_that_would_erase_is_never_made(clock: Clock, score: dict) -> None:
    good = {"user_id": "5", "given": Decimal(1), "maximum": Decimal(20), "comment": "x"}
    with pytest.raises(ValueError, match="score"):
        Score(timestamp=clock(), **(good | score)).to_json()


def test_one_token_serves_the_class_list_and_every_grade(campus: Campus) -> None:
    launch = campus.teach()
    for sub in range(5, 25):
        campus.rate(launch, sub, "C1.1.03.1", 3)
    assert grade_sync.run_due(campus.parts) == 20
    assert len([c for c in campus.lms.calls if c.path.endswith("token.php")]) == 1
