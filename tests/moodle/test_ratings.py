"""Ratings travel between the tool and a real Moodle's own competency pages, both ways.

Needs, besides what ``conftest`` asks for, ``MOODLE_WS_TOKEN`` (see ``test_push``). Moodle never removes a
framework with ratings: the small one made here stays, hidden.
"""

from __future__ import annotations

import csv
import io
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Frame, expect

from exporters import registry
from lti_app.clients.http import Http
from lti_app.clients.moodle_ws import MoodleWs
from referential.library import load_named, load_named_scale
from tests.moodle.browsing import Visitor
from tests.moodle.competencies import imported
from tests.moodle.courses import (
    EDITING_TEACHER,
    PASSWORD,
    STUDENT,
    Course,
    Newcomer,
    Person,
    temporary_course,
    temporary_people,
)
from tests.moodle.driver import Moodle, unique
from tests.moodle.gradebook import awaited
from tests.moodle.product import Product
from tests.moodle.test_sync import Desk, class_name
from tests.moodle.tools import Activity, Tool, add_activity
from tests.paths import CONFIG

TOKEN = os.environ.get("MOODLE_WS_TOKEN", "")
pytestmark = pytest.mark.skipif(not TOKEN, reason="no web service: MOODLE_WS_TOKEN not set")
LOG = logging.getLogger(__name__)

SCOPE = "A2.1.01"
CODES = ("C2.1.01.1", "C2.1.01.2", "C2.1.01.3")
IN_PROGRESS, ACQUIRED, MASTERED = 2, 3, 4


@dataclass(frozen=True)
class Class:
    """``numbers`` are Moodle's of the competencies, by code."""

    course: Course
    activity: Activity
    teacher: Person
    colleague: Person
    students: list[Person]
    numbers: dict[str, int]


def framework_rows() -> tuple[list[list[str]], dict[str, str]]:
    """The import file of the activity's competences and what is above them, under a name of its own, and
    their idnumbers by code."""
    tree = load_named(CONFIG, "bts-sio")
    kept = {node.idnumber for node in tree.leaves(SCOPE)} | {tree.node(SCOPE).idnumber}
    kept |= {node.idnumber for node in tree.ancestors(SCOPE)}
    content = registry.get("moodle-framework").render(tree, load_named_scale(CONFIG, "bts-sio-4"))
    head, framework, *rest = csv.reader(io.StringIO(content.decode()))
    framework[1] = unique("RATE-")
    rows = [head, framework, *(row for row in rest if row[1] in kept)]
    return rows, {code: tree.node(code).idnumber for code in CODES}


@pytest.fixture(scope="module")
def school(
    moodle: Moodle, tool: Tool, product: Product, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Class]:
    token = tmp_path_factory.mktemp("token") / "token"
    token.write_text(TOKEN)
    product.run("moodle", "connect", "1", "--token-file", str(token))
    rows, idnumbers = framework_rows()
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    newcomers = [
        Newcomer("Odile", "Ici", EDITING_TEACHER),
        Newcomer("Paul", "D'Ailleurs", EDITING_TEACHER),
        Newcomer("Anne", "Première", STUDENT),
        Newcomer("Brice", "Second", STUDENT),
    ]
    with (
        imported(moodle, out.getvalue().encode()) as number,
        temporary_course(moodle, "Évaluations des deux côtés") as course,
        temporary_people(moodle, course, newcomers) as (teacher, colleague, *students),
    ):
        found = moodle.ajax(
            "core_competency_list_competencies",
            filters=[{"column": "competencyframeworkid", "value": str(number)}],
            sort="",
            order="",
            skip=0,
            limit=0,
        )
        by_name = {one["idnumber"]: one["id"] for one in found}
        numbers = {code: by_name[name] for code, name in idnumbers.items()}
        for competency in numbers.values():
            moodle.ajax(
                "core_competency_add_competency_to_course",
                courseid=course.id,
                competencyid=competency,
            )
        activity = add_activity(moodle, course, tool, "Incidents", custom={"scope": SCOPE})
        yield Class(course, activity, teacher, colleague, students, numbers)
        http = Http(lab=True)
        fields = {"id": number, "shortname": "(essai terminé)", "visible": False}
        MoodleWs(http, moodle.url, TOKEN).call(
            "core_competency_update_competency_framework", competencyframework=fields
        )
        http.close()


def rate_in_moodle(school: Class, student: Person, code: str, level: int, note: str) -> None:
    """As the colleague does on Moodle's own page of the student's competency."""
    with Moodle(os.environ["MOODLE_URL"]) as session:
        session.login(school.colleague.user_name, PASSWORD)
        session.ajax(
            "core_competency_grade_competency_in_course",
            courseid=school.course.id,
            userid=student.id,
            competencyid=school.numbers[code],
            grade=level,
            note=note,
        )


def shown_in_moodle(moodle: Moodle, school: Class, student: Person, code: str) -> tuple[str, str]:
    """Level and note of the rating that stands, as Moodle's own page tells them."""
    told = moodle.ajax(
        "tool_lp_data_for_user_competency_summary_in_course",
        userid=student.id,
        competencyid=school.numbers[code],
        courseid=school.course.id,
    )["usercompetencysummary"]
    evidence = told["evidence"]
    return told["usercompetencycourse"]["gradename"], evidence[0]["note"] if evidence else ""


def exchange(frame: Frame) -> str:
    """Presses the page's button and waits; the status line."""
    frame.goto(re.sub(r"/s/([^/]+)/.*", r"/s/\1/exchange", frame.url))
    with frame.expect_navigation():
        frame.get_by_role("button", name="Échanger maintenant").click()
    status = frame.locator("p[role=status]")
    expect(status).not_to_contain_text("en cours", timeout=60_000)
    return status.inner_text()


def history(desk: Desk, person: Person, code: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = desk.frame.evaluate(
        "async (path) => (await (await fetch(path)).json()).history",
        f"students/{desk.ids[class_name(person)]}/cell.json?code={code}",
    )
    return found


def test_ratings_travel_both_ways_and_a_conflict_is_decided(
    school: Class, moodle: Moodle, visit: Callable[..., Visitor]
) -> None:
    anne, brice = school.students
    desk = Desk(visit(school.teacher).open(school.activity))
    rate_in_moodle(school, anne, CODES[0], ACQUIRED, "Vu en TP & noté.")
    desk.rate({class_name(brice): MASTERED}, CODES[1])
    desk.rate({class_name(brice): IN_PROGRESS}, CODES[2])
    rate_in_moodle(school, brice, CODES[2], ACQUIRED, "Repris à l’oral.")

    began = time.monotonic()
    status = exchange(desk.frame)
    LOG.info("an exchange of 2 students and 3 ratings: %.1f s", time.monotonic() - began)
    assert "1 évaluation reçue, 1 envoyée" in status

    sides = desk.frame.locator(".sides > div")
    expect(sides.nth(0)).to_contain_text("En cours d’acquisition")
    expect(sides.nth(0)).to_contain_text("Odile Ici")
    expect(sides.nth(1)).to_contain_text("Paul D'Ailleurs")
    expect(sides.nth(1)).to_contain_text("Repris à l’oral.")
    assert shown_in_moodle(moodle, school, brice, CODES[1]) == (
        "Maîtrisé",
        "Odile Ici (Compétences)",
    )

    sides.nth(0).get_by_role("button").click()  # keep ours
    expect(desk.frame.locator(".sides")).to_have_count(0)
    seen = awaited(lambda: shown_in_moodle(moodle, school, brice, CODES[2])[0][:8], "En cours")
    assert seen == "En cours"

    desk = Desk(visit(school.teacher).open(school.activity))
    assert [(one["author"], one["comment"]) for one in history(desk, anne, CODES[0])] == [
        ("Paul D'Ailleurs, dans Moodle", "Vu en TP & noté.")
    ]
    assert awaited(lambda: desk.states()[class_name(anne)]["state"], "sent") == "sent"
    assert "0 évaluation reçue, 0 envoyée" in exchange(desk.frame), "nothing comes back"
