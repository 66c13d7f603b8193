"""The deployments of a platform: which keep their courses when it is declared anew, and which come and go."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from lti_app.errors import InputError
from lti_app.models import Course, Deployment, Membership, User
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from tests.factories import School

MOODLE = "http://127.0.0.1:9"


@pytest.fixture
def two(parts: Wiring) -> Wiring:
    """Platform 1 with the deployments 1 and 2, and a course in each: 101 and 102."""
    with parts.store.write() as session:
        new = platforms.NewPlatform.moodle(MOODLE, "c", ["1", "2"])
        row = platforms.add(session, new, parts.clock(), lab=True)
        for deployment in row.deployments:
            context = f"10{deployment.deployment_id}"
            session.add(Course(deployment_id=deployment.id, context_id=context))
    return parts


def rekey(parts: Wiring, *deployment_ids: str, client_id: str = "c") -> None:
    with parts.store.write() as session:
        platforms.rekey(session, 1, client_id, deployment_ids)


def courses(parts: Wiring) -> dict[str, list[str]]:
    """Which courses hang on which deployment."""
    with parts.store.read() as session:
        rows = session.execute(
            select(Deployment.deployment_id, Course.context_id).outerjoin(
                Course, Course.deployment_id == Deployment.id
            )
        )
        found: dict[str, list[str]] = {}
        for deployment, course in rows:
            found.setdefault(deployment, []).extend([course] if course else [])
        return found


AS_BEFORE = {"1": ["101"], "2": ["102"]}


@pytest.mark.parametrize(
    ("given", "then"),
    [
        pytest.param(["1", "2"], AS_BEFORE, id="the same"),
        pytest.param(["2", "1"], AS_BEFORE, id="in another order"),
        pytest.param(["1", "2", "1"], AS_BEFORE, id="one twice"),
        pytest.param(["3", "2", "1"], {**AS_BEFORE, "3": []}, id="one more"),
        pytest.param(["2", "9"], {"9": ["101"], "2": ["102"]}, id="one replaced"),
    ],
)
def test_courses_stay_with_their_deployment(
    two: Wiring, given: Sequence[str], then: dict[str, list[str]]
) -> None:
    rekey(two, *given)
    assert courses(two) == then


def test_the_only_one_is_replaced(parts: Wiring, school: School) -> None:
    before = courses(parts)["1"]
    rekey(parts, "9", client_id="new")
    assert courses(parts) == {"9": before}


def test_several_are_replaced_one_at_a_time(two: Wiring) -> None:
    rekey(two, "10", "2", client_id="new")
    rekey(two, "10", "20", client_id="new")
    assert courses(two) == {"10": ["101"], "20": ["102"]}


@pytest.mark.parametrize(
    ("given", "french", "english"),
    [
        (
            ["2"],
            "a aussi le déploiement 1 .* remove-deployment 1 1",
            "has the deployment 1 as well",
        ),
        (["1", "1"], "a aussi le déploiement 2", "remove-deployment 1 2"),
        (["9"], "avant 1, 2, maintenant 9", "1, 2 before, 9 now"),
        (["8", "9"], "un seul nouvel identifiant", "one new deployment ID at a time"),
        (["1", "8", "9"], "avant 2, maintenant 8, 9", "2 before, 8, 9 now"),
        ([""], "deployment_id est vide", "deployment_id is empty"),
        (["1", "2", " "], "deployment_id est vide", "deployment_id is empty"),
        ([], "Il manque", "missing"),
    ],
)
def test_what_is_not_clear_changes_nothing(
    two: Wiring, given: Sequence[str], french: str, english: str
) -> None:
    with pytest.raises(InputError, match=french) as refused:
        rekey(two, *given, client_id="new")
    assert english in refused.value.english
    assert courses(two) == AS_BEFORE
    with two.store.read() as session:
        assert platforms.found(session, 1).client_id == "c"


def test_no_platform_has_an_empty_client_id(two: Wiring) -> None:
    with pytest.raises(InputError, match="client_id est vide"):
        rekey(two, "1", "2", client_id=" ")


def test_one_is_added_once(two: Wiring) -> None:
    with two.store.write() as session:
        row = platforms.add_deployment(session, 1, "3")
        assert [one.deployment_id for one in row.deployments] == ["1", "2", "3"]
    assert courses(two) == {**AS_BEFORE, "3": []}
    for value, french in (("3", "a déjà le déploiement 3"), ("", "deployment_id est vide")):
        with two.store.write() as session, pytest.raises(InputError, match=french):
            platforms.add_deployment(session, 1, value)


def test_a_platform_is_added_with_each_of_its_deployments_once(parts: Wiring) -> None:
    new = platforms.NewPlatform.moodle(MOODLE, "c", ["1", "1"])
    with parts.store.write() as session:
        row = platforms.add(session, new, parts.clock(), lab=True)
        assert [one.deployment_id for one in row.deployments] == ["1"]
    empty = platforms.NewPlatform.moodle(MOODLE, "d", ["1", ""])
    with parts.store.write() as session, pytest.raises(InputError, match="deployment_id est vide"):
        platforms.add(session, empty, parts.clock(), lab=True)


class TestRemoving:
    """With its courses, and the people who are in no course of another one."""

    @pytest.fixture
    def second(self, parts: Wiring, school: School) -> School:
        """A deployment 2 with one course: one pupil of the school's is in it, and one person more."""
        school.rate(school.pupils[0], "C1.1.03.1", 3)
        with parts.store.write() as session:
            row = platforms.add_deployment(session, school.platform_id, "2")
            session.flush()
            course = Course(deployment_id=row.deployments[1].id, context_id="9")
            other = User(platform_id=school.platform_id, sub="900")
            session.add_all([course, other])
            session.flush()
            for user_id in (school.pupils[0], other.id):
                session.add(Membership(course_id=course.id, user_id=user_id))
        return school

    def test_what_goes_is_counted_first(self, parts: Wiring, second: School) -> None:
        number = second.platform_id
        with parts.store.read() as session:
            new = platforms.deployment_holdings(session, platforms.removable(session, number, "2"))
            old = platforms.deployment_holdings(session, platforms.removable(session, number, "1"))
            whole = platforms.holdings(session, number)
        assert new == platforms.Holdings(1, 0, 1, 0, 0)
        assert (old.courses, old.activities, old.assessments, old.grades) == (2, 2, 1, 1)
        assert old.people == whole.people - 2, "all but the two who are in the other course"

    def test_what_goes_is_gone_and_nothing_else(self, parts: Wiring, second: School) -> None:
        number = second.platform_id
        with parts.store.write() as session:
            platforms.remove_deployment(session, number, "2")
        assert list(courses(parts)) == ["1"]
        with parts.store.read() as session:
            held = platforms.holdings(session, number)
            assert session.get(User, second.pupils[0]) is not None
            assert session.scalars(select(User).where(User.sub == "900")).first() is None
        assert (held.courses, held.assessments, held.people) == (2, 1, 6)

    @pytest.mark.parametrize(
        ("number", "value", "french"),
        [(1, "7", "n’a pas de déploiement 7"), (8, "1", "Aucune plateforme n° 8")],
    )
    def test_what_is_not_there_is_said(
        self, two: Wiring, number: int, value: str, french: str
    ) -> None:
        with two.store.write() as session, pytest.raises(InputError, match=french):
            platforms.remove_deployment(session, number, value)

    def test_the_only_one_stays(self, parts: Wiring, school: School) -> None:
        with parts.store.write() as session, pytest.raises(InputError, match="le seul déploiement"):
            platforms.remove_deployment(session, school.platform_id, "1")
        assert list(courses(parts)) == ["1"]
