"""Groups and teams: made here, told by launches, and what the grid gets of them."""

from __future__ import annotations

import pytest

from lti_app.services.classes import groups
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.views.conftest import Enter, Visitor


def known(visitor: Visitor) -> list[tuple[str, bool, list[int]]]:
    """Name, whether it is a team, and members, as the grid gets them."""
    return [
        (group["name"], group["team"], group["members"])
        for group in visitor.get("/class").data["groups"]
    ]


def ids(visitor: Visitor) -> dict[str, int]:
    return {group["name"]: group["id"] for group in visitor.get("/class").data["groups"]}


@pytest.fixture
def arranged(teacher: Visitor, school: School) -> Visitor:
    """Two teams and a group; the first two pupils are team 1, the group holds the last two."""
    teacher.submit("/groups", {"count": "2"})
    teacher.submit("/groups", {"kind": "group", "name": " Groupe  A "})
    found = ids(teacher)
    first, second, third = school.pupils
    teacher.submit(
        "/groups/members",
        {
            "group": list(found.values()),
            f"team:{first}": found["Équipe 1"],
            f"team:{second}": found["Équipe 1"],
            f"team:{third}": "",
            f"in:{found['Groupe A']}": [second, third],
        },
    )
    return teacher


def test_groups_come_before_teams_with_their_members(arranged: Visitor, school: School):
    first, second, third = school.pupils
    assert known(arranged) == [
        ("Groupe A", False, [second, third]),
        ("Équipe 1", True, [first, second]),
        ("Équipe 2", True, []),
    ]


def test_who_joins_a_team_leaves_the_other(arranged: Visitor, school: School):
    first, second, _third = school.pupils
    found = ids(arranged)
    arranged.submit(
        "/groups/members", {"group": found["Équipe 2"], f"team:{second}": found["Équipe 2"]}
    )
    assert known(arranged)[1:] == [("Équipe 1", True, [first]), ("Équipe 2", True, [second])]


def test_more_teams_take_the_next_free_names(arranged: Visitor):
    arranged.submit("/groups", {"count": "9"})
    assert [name for name, team, _ in known(arranged) if team] == [
        f"Équipe {number}" for number in range(1, 12)
    ]


def test_a_group_is_renamed_and_removed(arranged: Visitor):
    group = ids(arranged)["Groupe A"]
    arranged.submit(f"/groups/{group}", {"name": "Option SLAM"})
    assert "Option SLAM" in ids(arranged)
    arranged.submit(f"/groups/{group}/remove", {})
    assert [name for name, _, _ in known(arranged)] == ["Équipe 1", "Équipe 2"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param(" ", "Donnez un nom au groupe.", id="none"),
        pytest.param(
            "groupe a", "Un groupe de ce cours s’appelle déjà «\u202fgroupe a\u202f».", id="taken"
        ),
        pytest.param("x" * 61, "Le nom du groupe a 61 caractères, au plus 60.", id="long"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_words(arranged: Visitor, name, message):
    answer = arranged.submit("/groups", {"kind": "group", "name": name})
    assert answer.status_code == 400
    assert message in answer.text


def test_another_courses_group_or_pupil_is_not_found(
    arranged: Visitor, enter: Enter, school: School
):
    group = ids(arranged)["Groupe A"]
    elsewhere = enter(school.teacher_id, "teacher", link_id=school.other_link_id)
    assert elsewhere.submit(f"/groups/{group}/remove", {}).status_code == 404
    stranger = {"group": group, f"in:{group}": school.stranger_id}
    assert arranged.submit("/groups/members", stranger).status_code == 404
    assert known(arranged)[0][0] == "Groupe A"


class TestToldByLaunches:
    def follow(self, parts: Wiring, school: School, pupil: int, told: str) -> None:
        with parts.store.write() as session:
            ids = groups.told({"group_ids": told}) or ()
            groups.follow(session, school.course_id, pupil, ids)

    def test_a_students_own_groups_are_followed(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        first, second, _third = school.pupils
        self.follow(parts, school, first, "12,7")
        self.follow(parts, school, second, "7")
        self.follow(parts, school, first, "7")
        assert known(teacher) == [
            ("Groupe 7 de Moodle", False, [first, second]),
            ("Groupe 12 de Moodle", False, []),
        ]

    def test_the_name_a_teacher_gives_stays(self, teacher: Visitor, school: School, parts: Wiring):
        self.follow(parts, school, school.pupils[0], "7")
        teacher.submit(f"/groups/{ids(teacher)['Groupe 7 de Moodle']}", {"name": "TP du lundi"})
        self.follow(parts, school, school.pupils[1], "7")
        assert known(teacher) == [("TP du lundi", False, school.pupils[:2])]

    def test_groups_made_here_are_left_alone(
        self, arranged: Visitor, school: School, parts: Wiring
    ):
        before = known(arranged)
        self.follow(parts, school, school.pupils[0], "")
        assert known(arranged) == before

    @pytest.mark.parametrize("told", ["<b>", "1;2", "-3", "9" * 13, "²"])
    def test_what_is_no_id_is_passed_over(
        self, teacher: Visitor, school: School, parts: Wiring, told
    ):
        self.follow(parts, school, school.pupils[0], told)
        assert known(teacher) == []
