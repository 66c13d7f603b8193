"""A teacher's grade in Moodle is respected and shown, never fought, in every kind of column."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from lti_app.clients import ags
from lti_app.models import LineItem, Platform
from lti_app.services.grades import read_back
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.sync.runner import Runner
from tests.services.sync.desk import OTHER, PUPIL, TEACHER, Desk


def test_a_grade_changed_by_hand_in_a_column_of_ours_stays(made: Desk) -> None:
    """Moodle would let our next score overwrite it, so nothing is sent at all."""
    made.want(12)
    made.send()
    made.teacher_grades(9)
    made.want(15)
    assert made.send() == 0

    grade, row = made.grade(), made.row()
    assert grade is not None
    assert (grade.final, grade.feedback) == (9.0, "Repris à l’oral.")
    assert (row.state, row.error, row.overridden) == ("failed", "overridden", True)
    assert (row.held_score, row.held_maximum) == (Decimal(9), Decimal(20))


def test_only_that_learners_grade_is_held_back(made: Desk) -> None:
    for sub in (PUPIL, OTHER):
        made.want(12, sub)
    made.send()
    made.teacher_grades(9)
    for sub in (PUPIL, OTHER):
        made.want(15, sub)
    made.send()
    assert (made.held(PUPIL), made.held(OTHER)) == (9.0, 15.0)
    assert made.state(OTHER) == ("sent", "")


def test_a_grade_typed_before_our_first_one_stays(made: Desk) -> None:
    made.teacher_grades(9)
    made.want(15)
    made.send()
    assert (made.held(), made.state()) == (9.0, ("failed", "overridden"))


def test_the_same_grade_typed_before_ours_keeps_its_words(made: Desk) -> None:
    made.teacher_grades(15)
    made.want(15)
    made.send()
    grade = made.grade()
    assert grade is not None
    assert (grade.final, grade.feedback) == (15.0, "Repris à l’oral.")


def test_a_grade_emptied_by_hand_stays_empty(made: Desk) -> None:
    made.want(12)
    made.send()
    made.teacher_grades(None, words=None)
    made.want(15)
    made.send()
    assert (made.held(), made.state()) == (None, ("failed", "overridden"))


def test_other_words_beside_our_grade_stay(made: Desk) -> None:
    made.want(12)
    made.send()
    made.teacher_grades(12, words="Vu avec l’élève.")
    made.want(15)
    made.send()
    grade = made.grade()
    assert grade is not None
    assert (grade.final, grade.feedback) == (12.0, "Vu avec l’élève.")


def test_the_teacher_can_have_ours_all_the_same(made: Desk) -> None:
    made.want(12)
    made.send()
    made.teacher_grades(9)
    made.want(15)
    made.send()
    assert made.resend() == 0, "« renvoyer » for all that failed replaces no teacher's grade"
    assert made.resend(PUPIL) == 1
    made.send()
    row = made.row()
    assert (made.held(), row.state, row.overridden, row.replace) == (15.0, "sent", False, False)


def test_sending_one_column_again_replaces_no_grade_in_another(own: Desk, made: Desk) -> None:
    for desk in (own, made):
        desk.want(12)
    own.send()
    made.teacher_grades(9)
    own.campus.lms.gradebook.lock_item(own.item.id)
    for desk in (own, made):
        desk.want(15)
    for _ in range(4):
        own.send(later=60)
    assert (own.state(), made.state()) == (("failed", "column_locked"), ("failed", "overridden"))

    own.campus.lms.gradebook.lock_item(own.item.id, locked=False)
    assert own.resend(PUPIL) == 1
    own.send()
    assert (own.held(), made.held()) == (15.0, 9.0)
    assert made.state() == ("failed", "overridden")
    assert made.resend(PUPIL) == 1
    own.send()
    assert made.held() == 15.0


def test_a_grade_typed_since_a_failure_is_not_replaced_by_sending_again(made: Desk) -> None:
    made.want(12)
    made.send()
    made.campus.lms.gradebook.lock_item(made.item.id)
    made.want(14)
    for _ in range(4):
        made.send(later=60)
    assert made.state() == ("failed", "column_locked")
    made.campus.lms.gradebook.lock_item(made.item.id, locked=False)
    made.teacher_grades(9)
    assert made.resend(PUPIL) == 1
    made.send()
    assert (made.held(), made.state()) == (9.0, ("failed", "overridden"))


@pytest.mark.parametrize("newer", [False, True], ids=["before", "meanwhile"])
def test_leave_to_replace_a_grade_ends_with_the_try_that_failed(made: Desk, newer: bool) -> None:
    made.want(12)
    made.send()
    made.teacher_grades(9)
    made.want(14)
    made.send()
    made.campus.lms.faults.add("status", path="scores", status=403)
    made.resend(PUPIL)
    if newer:
        made.while_sending(lambda: made.want(15))
    made.send()
    assert made.row().replace is False
    made.want(16)
    made.send(later=60)
    assert (made.held(), made.state()) == (9.0, ("failed", "overridden"))


def test_leave_to_replace_a_grade_ends_with_a_platform_that_refuses_us(made: Desk) -> None:
    made.want(12)
    made.send()
    made.teacher_grades(9)
    made.want(14)
    made.send()
    made.resend(PUPIL)
    made.campus.lms.set_tool(gradesync=0)
    made.clock.forward(hours=2)
    made.send()
    assert (made.state(), made.row().replace) == (("failed", "scope_missing"), False)


def test_a_grade_that_the_teacher_gives_back_is_ours_again(made: Desk) -> None:
    made.want(12)
    made.send()
    made.teacher_grades(9)
    made.want(15)
    made.send()
    made.teacher_grades(12, words="Parce que.")
    assert read_back.refresh(made.campus.parts, made.launch.resource_link_id)
    made.send()
    assert (made.held(), made.state()) == (15.0, ("sent", ""))


def test_in_the_activitys_own_column_moodle_keeps_it_and_we_show_it(own: Desk) -> None:
    """Our score goes through underneath: should the teacher give the cell back, it counts at once."""
    own.want(12)
    own.send()
    own.teacher_grades(9)
    own.want(15)
    own.send()
    row = own.row()
    assert (own.held(), row.state, row.overridden) == (9.0, "sent", True)
    assert row.held_score == Decimal(9)

    own.clock.forward(seconds=5)
    own.campus.lms.gradebook.release(own.item, PUPIL)
    assert own.held() == 15.0
    read_back.refresh(own.campus.parts, own.launch.resource_link_id)
    assert own.row().overridden is False


def test_our_next_score_is_not_of_the_very_second_of_a_teachers_grade(own: Desk) -> None:
    """Moodle tells whole seconds: with the same one, their grade would pass for ours."""
    link_id = own.launch.resource_link_id
    own.want(12)
    own.send(later=7)
    own.clock.forward(seconds=7)
    own.campus.lms.gradebook.override(own.item, PUPIL, TEACHER, 9, None)
    read_back.refresh(own.campus.parts, link_id)
    own.want(15)
    own.send()
    read_back.refresh(own.campus.parts, link_id)
    row = own.row()
    assert (own.held(), row.state, row.overridden) == (9.0, "sent", True)


def test_a_gradebook_set_back_a_moment_after_it_was_looked_at(own: Desk) -> None:
    """What goes there again is ours, whatever the page showed in between. One worker does it all, which looks
    at a column at most once a minute."""
    parts, link_id = own.campus.parts, own.launch.resource_link_id
    runner = Runner(parts)

    def send(later: float) -> None:
        own.clock.forward(seconds=later)
        runner.kick()
        runner.finish()

    own.want(8)
    send(0)
    before = own.grade()
    assert before is not None
    own.want(12)
    send(7200)
    own.campus.lms.store.save("grades", before)
    read_back.refresh(parts, link_id)
    assert own.row().overridden
    send(5)
    assert own.held() == 12.0
    assert own.row().overridden is False


@pytest.mark.parametrize("read", [True, False], ids=["read before", "not read before"])
def test_a_teachers_grade_underneath_which_ours_go_on_is_shown_and_never_fought(
    own: Desk, read: bool
) -> None:
    """Moodle keeps its time, which the times of our scores leave behind. One that was never read may as
    well be an older state of the gradebook: one more score tells."""
    parts, link_id = own.campus.parts, own.launch.resource_link_id
    own.want(12)
    own.send()
    own.teacher_grades(9)
    if read:
        read_back.refresh(parts, link_id)
    for score in (15, 16):
        own.want(score)
        own.send(later=300)
        read_back.refresh(parts, link_id)
        again = own.send()
        assert again == (0 if read or score == 16 else 1)
        read_back.refresh(parts, link_id)
        row = own.row()
        assert (own.held(), row.state, row.overridden) == (9.0, "sent", True)
        assert row.held_score == Decimal(9)

    own.campus.lms.faults.forget_calls()
    for _ in range(3):
        own.clock.forward(minutes=15)
        read_back.refresh(parts, link_id)
        own.send()
    assert own.calls("scores") == []

    own.campus.lms.gradebook.release(own.item, PUPIL)
    read_back.refresh(parts, link_id)
    assert (own.held(), own.row().overridden) == (16.0, False)


def test_an_answer_lost_on_the_way_is_not_taken_for_a_teachers_grade(made: Desk) -> None:
    made.want(12)
    made.send()
    made.want(15)
    made.campus.lms.faults.add("lost", path="scores")
    made.send(later=5)
    assert (made.held(), made.state()) == (15.0, ("waiting", "platform_unavailable"))
    made.want(16)
    made.send(later=60)
    assert (made.held(), made.state()) == (16.0, ("sent", ""))


def test_a_column_is_read_once_for_all_its_learners(made: Desk) -> None:
    for sub in range(5, 40):
        made.want(12, sub)
    made.send()
    assert (len(made.calls("results")), len(made.calls("scores"))) == (1, 35)


def test_a_grade_that_moodle_acknowledged_and_lost_is_sent_again(desk: Desk) -> None:
    """Its database was set back to the night before."""
    desk.want(8)
    desk.send()
    before = desk.grade()
    desk.clock.forward(hours=2)
    desk.want(12)
    desk.send()
    desk.campus.lms.store.save("grades", before)
    read_back.refresh(desk.campus.parts, desk.launch.resource_link_id)
    desk.send(later=5)
    read_back.refresh(desk.campus.parts, desk.launch.resource_link_id)
    assert (desk.held(), desk.state()) == (12.0, ("sent", ""))
    assert desk.row().overridden is False


def test_columns_are_read_again_after_ten_minutes_only(desk: Desk) -> None:
    parts, link_id = desk.campus.parts, desk.launch.resource_link_id
    desk.want(12)
    desk.send()
    read_back.refresh_if_old(parts, link_id)
    desk.campus.lms.faults.forget_calls()
    read_back.refresh_if_old(parts, link_id)
    assert desk.calls() == []
    desk.clock.forward(minutes=11)
    read_back.refresh_if_old(parts, link_id)
    assert desk.calls("results") != []


def test_a_platform_that_does_not_tell_results_still_gets_its_grades(made: Desk) -> None:
    made.campus.lms.faults.add("status", path="results", status=403)
    made.want(12)
    made.send()
    assert (made.held(), made.state()) == (12.0, ("sent", ""))


def test_what_was_read_before_a_newer_grade_left_says_nothing_of_it(made: Desk) -> None:
    """The reading and the sending cross: the older grade in it is no teacher's."""
    made.want(12)
    made.send()
    parts, began = made.campus.parts, made.clock()
    with parts.store.read() as session:
        platform = session.scalars(select(Platform)).one()
        url = str(session.get_one(LineItem, made.column_id).url)
    results = ags.results(connector_for(parts, platform), url)
    made.want(15)
    made.send(later=1)
    read_back.store(parts, made.column_id, results, began, mend=True)
    row = made.row()
    assert (row.overridden, made.state(), made.held()) == (False, ("sent", ""), 15.0)
