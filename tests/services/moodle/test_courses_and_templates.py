"""Linking a course and making a template: what is there stays, what is missing is added, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lti_app.clients.moodle_ws import MoodleWs
from lti_app.errors import MoodleRefused
from lti_app.services.moodle.clicks import clicks
from lti_app.services.moodle.course_links import Links, link_course
from lti_app.services.moodle.errors import MoodleInputError
from lti_app.services.moodle.push import push
from lti_app.services.moodle.templates import make_template
from tests.services.moodle.builders import SCALE, TREE, ids, wanted_framework
from tests.services.moodle.refusals import COURSES, TEMPLATES
from tests.services.moodle.world import World

CODES = ["C1", "C2", "C3"]


@pytest.fixture(autouse=True)
def pushed(ws: MoodleWs) -> None:
    push(ws, wanted_framework(*TREE), scale_id=SCALE)


def test_a_course_gets_what_it_lacks_in_the_order_asked_for(ws: MoodleWs, world: World) -> None:
    numbers = ids(world)
    world.courses[2] = [numbers["C4"], numbers["C2"]]
    links = link_course(ws, 2, "REF", CODES)
    url = f"{ws.base_url}/admin/tool/lp/coursecompetencies.php?courseid=2"
    assert links == Links(added=("C1", "C3"), already=("C2",), url=url)
    assert world.courses[2] == [numbers[code] for code in ("C4", "C2", "C1", "C3")]


def test_linking_again_changes_nothing(ws: MoodleWs, world: World) -> None:
    link_course(ws, 2, "REF", CODES)
    before = list(world.courses[2])
    assert link_course(ws, 2, "REF", CODES).added == ()
    assert world.courses[2] == before


def test_progress_is_told(ws: MoodleWs) -> None:
    told: list[tuple[int, int]] = []
    link_course(ws, 2, "REF", CODES, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("framework", "codes", "said"),
    [
        pytest.param(
            "AUTRE",
            ["C1"],
            "The framework AUTRE is not in this Moodle. Push it first.",
            id="no framework",
        ),
        pytest.param(
            "REF",
            ["C1", "Z1", "Z2"],
            "2 competencies are missing in Moodle, Z1 among them. Push the référentiel first.",
            id="missing competencies",
        ),
    ],
)
def test_what_must_come_first_is_told(
    ws: MoodleWs, world: World, framework: str, codes: list[str], said: str
) -> None:
    with pytest.raises(MoodleInputError) as caught:
        link_course(ws, 2, framework, codes)
    assert caught.value.message("en") == said
    assert world.courses[2] == []


def test_a_hidden_framework_is_told_before_moodle_complains(ws: MoodleWs, world: World) -> None:
    next(iter(world.frameworks.values()))["visible"] = False
    with pytest.raises(MoodleInputError) as caught:
        link_course(ws, 2, "REF", CODES)
    assert caught.value.kind == "hidden"


def test_a_course_one_may_not_manage_is_refused(ws: MoodleWs, world: World) -> None:
    world.capabilities -= {COURSES}
    with pytest.raises(MoodleRefused) as caught:
        link_course(ws, 2, "REF", CODES)
    assert caught.value.errorcode == "nopermissions"


def test_a_template_is_made_with_its_competencies(ws: MoodleWs, world: World) -> None:
    due = datetime(2027, 6, 30, tzinfo=UTC)
    made = make_template(ws, "REF", "A1 Activité", CODES, description="a & b < c", due=due)
    (kept,) = world.templates.values()
    assert (kept["shortname"], kept["description"], int(kept["duedate"])) == (
        "A1 Activité",
        "<p>a &amp; b &lt; c</p>",
        int(due.timestamp()),
    )
    assert kept["competencies"] == [ids(world)[code] for code in CODES]
    assert (made.created, made.added, made.already) == (True, ("C1", "C2", "C3"), ())
    assert made.url == (
        f"{ws.base_url}/admin/tool/lp/templatecompetencies.php?templateid={made.id}&pagecontextid=1"
    )


def test_the_same_name_is_the_same_template(ws: MoodleWs, world: World) -> None:
    first = make_template(ws, "REF", "Modèle", CODES[:1])
    second = make_template(ws, "REF", "Modèle", CODES)
    assert (second.id, second.created, second.added) == (first.id, False, ("C2", "C3"))
    assert len(world.templates) == 1


def test_a_long_name_is_cut_and_still_found_again(ws: MoodleWs, world: World) -> None:
    name = "Mot " * 40
    first, second = (make_template(ws, "REF", name, CODES) for _ in range(2))
    assert len(first.name) <= 100
    assert second.id == first.id


def test_templates_need_their_capability(ws: MoodleWs, world: World) -> None:
    world.capabilities -= {TEMPLATES}
    with pytest.raises(MoodleRefused) as caught:
        make_template(ws, "REF", "Modèle", CODES)
    assert (caught.value.errorcode, world.templates) == ("nopermissions", {})


def test_clicks_lead_to_the_course_and_the_template() -> None:
    found = {one.kind: one.url for one in clicks("http://m.example/", course_id=7, template_id=3)}
    assert found == {
        "scale": "http://m.example/grade/edit/scale/edit.php?courseid=0",
        "activity": "http://m.example/course/view.php?id=7",
        "cohort": "http://m.example/admin/tool/lp/template_cohorts.php?id=3&pagecontextid=1",
        "outcomes_on": "http://m.example/admin/search.php?query=enableoutcomes",
        "outcomes": "http://m.example/grade/edit/outcome/import.php?courseid=7",
    }


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_click_says_what_and_how(language: str) -> None:
    for one in clicks("http://m.example"):
        assert one.title(language)
        assert one.how(language).endswith(".")
