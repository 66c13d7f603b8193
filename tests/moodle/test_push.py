"""The push through a real Moodle: whole, edited over ratings, interrupted, equal to what is imported.

Needs, besides what ``conftest`` asks for, ``MOODLE_WS_TOKEN``: a token of an administrator whose service
has the functions of ``docs/pousser-vers-moodle.md`` and ``core_competency_grade_competency_in_course``.
Moodle never removes a framework with ratings: the one rated here is emptied, but for the rated
competencies, and hidden.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exporters import registry
from exporters.base import ExportOptions
from lti_app.clients.http import Http
from lti_app.clients.moodle_ws import MoodleWs
from lti_app.errors import ServiceUnavailable
from lti_app.services.moodle import course_links, doctor, reading, templates
from lti_app.services.moodle.checks import State
from lti_app.services.moodle.framework import RULE_ALL, Competency, Rule, WantedFramework
from lti_app.services.moodle.plan import make_plan
from lti_app.services.moodle.push import push
from lti_app.services.moodle.site import tuned
from lti_app.services.moodle.steps import Arrange, Create, Move, Relate, SetRule, Update
from lti_app.services.moodle.wanted import from_rows, wanted
from referential.library import load_named, load_named_scale
from tests.moodle.competencies import export_framework, imported, read_tree
from tests.moodle.courses import (
    STUDENT,
    Course,
    Newcomer,
    Person,
    temporary_course,
    temporary_people,
)
from tests.moodle.driver import Moodle, unique
from tests.paths import CONFIG

TOKEN = os.environ.get("MOODLE_WS_TOKEN", "")
pytestmark = pytest.mark.skipif(not TOKEN, reason="no web service: MOODLE_WS_TOKEN not set")


@pytest.fixture(scope="module")
def ws(moodle: Moodle) -> Iterator[MoodleWs]:
    http = Http(lab=True)
    yield tuned(MoodleWs(http, moodle.url, TOKEN))
    http.close()


@pytest.fixture(scope="module")
def bts() -> WantedFramework:
    """The whole BTS SIO under an idnumber of this run."""
    real = wanted(load_named(CONFIG, "bts-sio"), load_named_scale(CONFIG, "bts-sio-4"))
    return dataclasses.replace(real, idnumber=unique("PUSH-"))


def rows_of(name: str, count: int = 10_000) -> list[list[str]]:
    """The import file of the BTS SIO under another idnumber, its first lines."""
    content = registry.get("moodle-framework").render(
        load_named(CONFIG, "bts-sio"), load_named_scale(CONFIG, "bts-sio-4")
    )
    head, framework, *rest = csv.reader(io.StringIO(content.decode()))
    framework[1] = name
    return [head, framework, *rest[:count]]


def as_file(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@pytest.fixture(scope="module")
def scale(moodle: Moodle) -> Iterator[None]:
    """A site scale with our levels, brought by the import of a small framework that stays meanwhile."""
    rows = rows_of(unique("SCALE-"), count=1)
    with imported(moodle, as_file(rows)):
        yield


@pytest.fixture
def removed(ws: MoodleWs) -> Iterator[Callable[[str], None]]:
    """``removed(idnumber)``: that framework is deleted at the end."""
    names: list[str] = []
    yield names.append
    for name in names:
        for record in reading.frameworks(ws, name):
            if record["idnumber"] == name:
                ws.call("core_competency_delete_competency_framework", id=record["id"])


def lines(wish: WantedFramework) -> list[tuple[str, str, str, str]]:
    return [
        (one.idnumber, one.shortname, one.description, one.parent or "")
        for one in wish.competencies
    ]


def shown(moodle: Moodle, number: int) -> list[tuple[str, str, str, str]]:
    """What Moodle's own pages show of a framework, in their order."""
    return [
        (one.id_number, one.short_name, one.description, one.parent)
        for one in read_tree(moodle, number)
    ]


@pytest.mark.usefixtures("scale")
def test_the_whole_referential_is_pushed_and_reads_back_equal(
    moodle: Moodle, ws: MoodleWs, bts: WantedFramework, removed: Callable[[str], None]
) -> None:
    removed(bts.idnumber)
    report = push(ws, bts)
    assert report.applied["Create"] == len(bts.competencies) == 227
    found = reading.read(ws, bts.idnumber, related=True)
    assert found is not None
    assert make_plan(bts, found).steps == ()
    assert sorted(shown(moodle, found.id)) == sorted(lines(bts))
    exported = from_rows(export_framework(moodle, found.id)[1:])
    assert (exported.taxonomies, exported.levels, exported.flags) == (
        bts.taxonomies,
        bts.levels,
        bts.flags,
    )
    assert {one.idnumber: one.related for one in exported.competencies} == {
        one.idnumber: one.related for one in bts.competencies
    }
    assert push(ws, bts).applied == {}


def test_what_was_imported_needs_no_push(moodle: Moodle, ws: MoodleWs) -> None:
    rows = rows_of(unique("IMPORT-"))
    with imported(moodle, as_file(rows)):
        wish = from_rows(rows[1:])
        assert make_plan(wish, reading.read(ws, wish.idnumber, related=True)).steps == ()


@pytest.mark.usefixtures("scale")
def test_rules_by_points_then_all_then_none(ws: MoodleWs, removed: Callable[[str], None]) -> None:
    """Each kind reaches Moodle with real ids and gives way to the next, though REST has no null."""
    tree, scale = load_named(CONFIG, "bts-sio"), load_named_scale(CONFIG, "bts-sio-4")
    name = unique("RULES-")
    removed(name)
    for rule in ("points", "all", "none"):
        options = ExportOptions(scope=("D1.2",), rule=rule)  # type: ignore[arg-type]
        wish = dataclasses.replace(wanted(tree, scale, exact=True, options=options), idnumber=name)
        push(ws, wish)
        found = reading.read(ws, name, related=True)
        assert found is not None
        assert make_plan(wish, found).steps == ()
        assert {one.idnumber: one.content.rule for one in found.competencies} == {
            one.idnumber: one.rule for one in wish.competencies
        }


class Breaking(MoodleWs):
    """A door that closes for good after so many calls."""

    def __init__(self, http: Http, url: str, after: int) -> None:
        super().__init__(http, url, TOKEN)
        self.after = after

    def call(self, function: str, **arguments: Any) -> Any:
        if self.calls >= self.after:
            raise ServiceUnavailable("the cable was pulled")
        return super().call(function, **arguments)


@pytest.mark.usefixtures("scale")
@pytest.mark.parametrize("after", [25, 50], ids=["while creating", "deeper"])
def test_an_interrupted_push_goes_on(
    moodle: Moodle,
    ws: MoodleWs,
    bts: WantedFramework,
    removed: Callable[[str], None],
    after: int,
) -> None:
    part = dataclasses.replace(
        bts, idnumber=unique("CUT-"), competencies=bts.competencies[:60], states_related=False
    )
    removed(part.idnumber)
    http = Http(lab=True)
    with pytest.raises(ServiceUnavailable):
        push(Breaking(http, moodle.url, after), part)
    http.close()
    half = reading.read(ws, part.idnumber)
    assert half is not None
    done = {one.idnumber: one.id for one in half.competencies}
    assert 0 < len(done) < 60
    report = push(ws, part)
    assert report.applied == {"Create": 60 - len(done)}
    whole = reading.read(ws, part.idnumber)
    assert whole is not None
    assert {one.idnumber: one.id for one in whole.competencies if one.idnumber in done} == done
    assert sorted(shown(moodle, whole.id)) == sorted(lines(part))


# -- ten edits over ratings


def edited(bts: WantedFramework) -> WantedFramework:
    """The BTS SIO after a reform, in ten edits."""
    tree = {one.idnumber: one for one in bts.competencies}
    order = [one.idnumber for one in bts.competencies]

    def change(code: str, **fields: Any) -> None:
        tree[code] = dataclasses.replace(tree[code], **fields)

    def insert(one: Competency, after: str) -> None:
        tree[one.idnumber] = one
        order.insert(order.index(after) + 1, one.idnumber)

    rated = first_leaves(bts)
    change(rated[0], shortname="Nom réformé, avec « guillemets » & < 5")  # 1 rename a rated one
    change(rated[1], description="<p>Texte <b>réformé</b></p>")  # 2 describe a rated one anew
    change(rated[2], parent=tree[rated[-1]].parent)  # 3 move a rated one to another activity
    order.remove(rated[2])
    order.insert(order.index(rated[-1]) + 1, rated[2])
    change(order[0], shortname="P1 Processus réformé")  # 4 rename the top
    insert(
        Competency("NEUVE-1", "Nouvelle, en tête", "<p>1</p>", tree[rated[0]].parent),
        tree[rated[0]].parent or "",
    )  # 5
    insert(Competency("NEUVE-2", "Nouvelle activité", "<p>2</p>", None), order[-1])  # 6 at the top
    insert(Competency("NEUVE-3", "Dessous", "<p>3</p>", "NEUVE-2"), "NEUVE-2")  # 7 below a new one
    one, other = rated[3], rated[4]  # 8 two siblings change places
    i, j = order.index(one), order.index(other)
    order[i], order[j] = other, one
    change(rated[5], related=frozenset({rated[6]}))  # 9 relate two
    change(rated[6], related=frozenset({rated[5]}))
    gone = order[-4]  # 10 one leaves the référentiel
    order.remove(gone)
    del tree[gone]
    return dataclasses.replace(bts, competencies=tuple(tree[code] for code in order))


def first_leaves(bts: WantedFramework) -> list[str]:
    """Nine competences without children whose siblings stand beside them, and one far away."""
    parents = {one.parent for one in bts.competencies}
    leaves = [one for one in bts.competencies if one.idnumber not in parents]
    siblings: dict[str | None, list[str]] = {}
    for one in leaves:
        siblings.setdefault(one.parent, []).append(one.idnumber)
    groups = [codes for codes in siblings.values() if len(codes) >= 3][:4]
    return [*groups[0][:3], *groups[1][:2], *groups[2][:2], *groups[3][:2]]


@pytest.fixture
def course(moodle: Moodle) -> Iterator[Course]:
    with temporary_course(moodle, "Évaluer pendant une réforme") as made:
        yield made


@pytest.fixture
def students(moodle: Moodle, course: Course) -> Iterator[list[Person]]:
    pupils = [Newcomer("Chloé", "D’Arc", STUDENT), Newcomer("Yanis", "Abdelli & fils", STUDENT)]
    with temporary_people(moodle, course, pupils) as people:
        yield people


def ratings(moodle: Moodle, course: Course, students: list[Person]) -> dict[tuple[int, int], Any]:
    """Every rating of the course as Moodle reports it: level and proficiency by student and id."""
    found = {}
    for student in students:
        report = moodle.ajax(
            "report_competency_data_for_report", courseid=course.id, userid=student.id, moduleid=0
        )
        for one in report["usercompetencies"]:
            there = one["usercompetencycourse"]
            found[student.id, there["competencyid"]] = (there["grade"], there["proficiency"])
    return found


@pytest.mark.usefixtures("scale")
def test_ten_edits_over_ratings_keep_every_rating(
    moodle: Moodle, ws: MoodleWs, bts: WantedFramework, course: Course, students: list[Person]
) -> None:
    wish = dataclasses.replace(bts, idnumber=unique("RATED-"), states_related=True)
    push(ws, wish)
    rated = first_leaves(wish)
    links = course_links.link_course(ws, course.id, wish.idnumber, rated)
    assert links.added == tuple(rated)
    here = reading.read(ws, wish.idnumber)
    assert here is not None
    numbers = {one.idnumber: one.id for one in here.competencies}
    parent = wish_parent(wish, rated[0])
    ws.call(
        "core_competency_update_competency",
        competency={"id": numbers[parent], "ruletype": RULE_ALL, "ruleoutcome": 2},
    )
    for student in students:
        for place, code in enumerate(rated):
            ws.call(
                "core_competency_grade_competency_in_course",
                courseid=course.id,
                userid=student.id,
                competencyid=numbers[code],
                grade=1 + (place + student.id) % 4,
                note="",
            )
    before = ratings(moodle, course, students)
    assert len([one for one, _ in before.values() if one]) == 2 * len(rated)

    reform = edited(wish)
    plan = make_plan(reform, reading.read(ws, wish.idnumber, related=True))
    counts = [plan.count(kind) for kind in (Create, Update, Move, Arrange, Relate, SetRule)]
    assert counts == [3, 3, 1, 3, 1, 1]
    assert [one.idnumber for one in plan.only_in_moodle] == [
        next(
            one.idnumber
            for one in wish.competencies
            if one not in reform.competencies
            and one.idnumber not in {e.idnumber for e in reform.competencies}
        )
    ]
    push(ws, reform)

    assert ratings(moodle, course, students) == before
    after = reading.read(ws, wish.idnumber, related=True)
    assert after is not None
    assert make_plan(reform, after).steps == ()
    assert {
        one.idnumber: one.id for one in after.competencies if one.idnumber in numbers
    } == numbers
    assert after.by_idnumber[parent].content.rule == Rule(RULE_ALL, 2)
    leave_little(ws, after.id, reform, rated)


def wish_parent(wish: WantedFramework, code: str) -> str:
    return next(one.parent for one in wish.competencies if one.idnumber == code and one.parent)


def leave_little(ws: MoodleWs, number: int, reform: WantedFramework, rated: list[str]) -> None:
    """Only what is rated, itself or through the rule, stays in a hidden framework."""
    kept = tuple(
        dataclasses.replace(one, parent=None, related=frozenset())
        for one in reform.competencies
        if one.idnumber in rated
    )
    push(ws, dataclasses.replace(reform, competencies=kept), prune=True)
    ws.call(
        "core_competency_update_competency_framework",
        competencyframework={"id": number, "shortname": "(essai terminé)", "visible": False},
    )


# -- courses, templates, the doctor


@pytest.mark.usefixtures("scale")
def test_a_course_is_linked_once(
    ws: MoodleWs, bts: WantedFramework, course: Course, removed: Callable[[str], None]
) -> None:
    part = dataclasses.replace(
        bts, idnumber=unique("LINK-"), competencies=bts.competencies[:12], states_related=False
    )
    removed(part.idnumber)
    push(ws, part)
    codes = [one.idnumber for one in part.competencies[-4:]]
    assert course_links.link_course(ws, course.id, part.idnumber, codes[:2]).added == tuple(
        codes[:2]
    )
    again = course_links.link_course(ws, course.id, part.idnumber, codes)
    assert (again.added, again.already) == (tuple(codes[2:]), tuple(codes[:2]))
    linked = ws.call("core_competency_list_course_competencies", id=course.id)
    assert [one["competency"]["idnumber"] for one in linked] == codes
    for one in linked:
        ws.call(
            "core_competency_remove_competency_from_course",
            courseid=course.id,
            competencyid=one["competency"]["id"],
        )


@pytest.mark.usefixtures("scale")
def test_a_template_is_made_once_and_completed(
    ws: MoodleWs, bts: WantedFramework, removed: Callable[[str], None]
) -> None:
    part = dataclasses.replace(
        bts, idnumber=unique("PLAN-"), competencies=bts.competencies[:12], states_related=False
    )
    removed(part.idnumber)
    push(ws, part)
    codes = [one.idnumber for one in part.competencies[-4:]]
    name = unique("Modèle « essai » & ")
    first = templates.make_template(ws, part.idnumber, name, codes[:2], description="a & b < c")
    second = templates.make_template(ws, part.idnumber, name, codes)
    assert (first.created, second.created, second.id) == (True, False, first.id)
    assert (second.added, second.already) == (tuple(codes[2:]), tuple(codes[:2]))
    inside = ws.call("core_competency_list_competencies_in_template", id=first.id)
    assert [one["idnumber"] for one in inside] == codes
    ws.call("core_competency_delete_template", id=first.id, deleteplans=True)


def test_the_doctor_finds_a_working_moodle_working(ws: MoodleWs, course: Course) -> None:
    before = {record["id"] for record in reading.frameworks(ws)}
    found = {check.kind: check.state for check in doctor.examine(ws, course_id=course.id)}
    fast = found.pop("fast")
    https = found.pop("address")
    assert fast in (State.OK, State.ADVICE)
    assert https in (State.OK, State.ADVICE)
    assert found.pop("outcomes") is State.UNKNOWN
    assert {kind for kind, state in found.items() if state is not State.OK} == set()
    assert {record["id"] for record in reading.frameworks(ws)} == before


def test_paths_of_clicks_exist(moodle: Moodle) -> None:
    """Every page that a click leads to is there."""
    from lti_app.services.moodle.clicks import clicks

    for one in clicks(moodle.url):
        if one.kind != "outcomes":  # there only once outcomes are enabled
            assert moodle.get(one.url.removeprefix(moodle.url)).status == 200, one.kind
