"""A column graded by a scale gets the level itself, whoever told us about the column."""

from __future__ import annotations

import pytest

from lti_app.models import LineItem
from lti_app.services.classes import roster
from lti_app.services.current import CurrentLaunch
from lti_app.services.grades import grade_sync, read_back
from tests.conftest import Clock
from tests.services.campus import TEACHER, Campus
from tests.services.grades.test_wanted_grades import change

LEVELS = ("Non acquis", "En cours d’acquisition", "Acquis", "Maîtrisé")
SCOPE = {"scope": "C1.1.03.1"}


def teach(campus: Campus, **settings: object) -> CurrentLaunch:
    """A launch of an activity that covers one competence, graded so in the LMS."""
    activity = campus.lms.add_activity(2, "Essai", custom=SCOPE, **settings)
    launch = campus.launch(TEACHER, activity.id)
    assert roster.refresh(campus.parts, launch.course_id)
    return launch


def final(campus: Campus, launch: CurrentLaunch, sub: int = 5) -> float | None:
    grade = campus.grade(sub, int(campus.link(launch).lti_id))
    return grade.final if grade else None


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_the_gradebook_reads_the_level(campus: Campus, level: int) -> None:
    launch = teach(campus, grade=None, scale=LEVELS)
    campus.rate(launch, 5, "C1.1.03.1", level)
    grade_sync.run_due(campus.parts)
    assert final(campus, launch) == level
    assert campus.sync(5).state == "sent"


def test_no_score_leaves_before_the_kind_of_column_is_known(campus: Campus) -> None:
    """Level 2 of 4 is 0 points out of 20 by share of acquired ones: such a score would read « Non acquis »."""
    launch = teach(campus, grade=None, scale=LEVELS)
    for sub in (5, 6, 7):
        campus.rate(launch, sub, "C1.1.03.1", 2)
    grade_sync.run_due(campus.parts)
    scores = [call.body for call in campus.lms.calls if "/scores" in call.path]
    assert [('"scoreGiven": 2.0, "scoreMaximum": 4.0' in body) for body in scores] == [True] * 3


def test_a_column_is_asked_once_for_ever(campus: Campus) -> None:
    launch = teach(campus)
    for level in (1, 3):
        campus.rate(launch, 5, "C1.1.03.1", level)
        grade_sync.run_due(campus.parts)
    asked = [call for call in campus.lms.calls if call.path.endswith("/lineitem?type_id=1")]
    assert len(asked) == 1


def test_a_maximum_changed_in_the_lms_is_noticed_and_the_grades_follow(
    campus: Campus, clock: Clock
) -> None:
    launch = teach(campus, grade=20)
    campus.rate(launch, 5, "C1.1.03.1", 3)
    grade_sync.run_due(campus.parts)
    link = campus.link(launch)
    item = campus.lms.store.item_of_activity(int(link.lti_id))
    assert item is not None
    campus.lms.gradebook.update_item(
        item, item.label, 40, resource_id="", tag="", review_url="", review_custom={}
    )
    read_back.refresh(campus.parts, link.id)
    with campus.parts.store.read() as session:
        row = session.query(LineItem).filter_by(resource_link_id=link.id).one()
    assert (row.maximum, row.kind) == (40, "points")
    assert (final(campus, launch), campus.sync(5).overridden) == (40.0, False)


FIVE = ("Rien", "Peu", "Assez", "Bien", "Très bien")


def of_maximum(campus: Campus, maximum: int, send_as: str = "auto") -> CurrentLaunch:
    """The activity has a column of that many points, or levels: the LMS tells no difference."""
    launch = teach(campus, grade=maximum)
    change(campus.parts, launch.resource_link_id, **SCOPE, send_as=send_as)
    return launch


@pytest.mark.parametrize(("level", "theirs"), [(1, 1), (2, 2), (3, 4), (4, 5)])
def test_a_scale_of_another_number_of_levels_gets_the_one_in_proportion(
    campus: Campus, level: int, theirs: int
) -> None:
    launch = teach(campus, grade=None, scale=FIVE)
    change(campus.parts, launch.resource_link_id, **SCOPE, send_as="level")
    campus.rate(launch, 5, "C1.1.03.1", level)
    grade_sync.run_due(campus.parts)
    assert final(campus, launch) == theirs


def test_a_small_column_of_points_gets_points(campus: Campus) -> None:
    launch = of_maximum(campus, 5)
    campus.rate(launch, 5, "C1.1.03.1", 3)
    grade_sync.run_due(campus.parts)
    assert (final(campus, launch), campus.sync(5).maximum) == (5.0, 20)


def test_a_scale_chosen_later_is_that_of_the_column(campus: Campus) -> None:
    """The column was known before the activity counted as many levels as it."""
    launch = teach(campus, grade=None, scale=("Non acquis", "Acquis"))
    campus.rate(launch, 5, "C1.1.03.1", 4)
    grade_sync.run_due(campus.parts)
    assert campus.sync(5).maximum == 20, "two points, for all we know"
    change(campus.parts, launch.resource_link_id, **SCOPE, scale="acquis-2")
    grade_sync.run_due(campus.parts)
    assert (campus.sync(5).score, campus.sync(5).maximum) == (2, 2)
    assert final(campus, launch) == 2


def test_a_known_scale_stays_one_when_the_activity_has_another(campus: Campus) -> None:
    launch = teach(campus, grade=None, scale=LEVELS)
    campus.rate(launch, 5, "C1.1.03.1", 3)
    grade_sync.run_due(campus.parts)
    change(campus.parts, launch.resource_link_id, **SCOPE, scale="acquis-2")
    grade_sync.run_due(campus.parts)
    assert (campus.sync(5).score, campus.sync(5).maximum) == (4, 4)
