"""Every other Moodle format of ``competences export``, imported by Moodle's own pages and read back:
the rules and relations of a framework, a whole course from its backup, and the class's grades in it.

The référentiel is the real BTS SIO under a framework code of its own (see test_files_into_moodle).
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from exporters import registry
from exporters.base import ExportOptions
from exporters.results import Column, Learner, Results
from exporters.results import Grade as GivenGrade
from lti_app.config_files import config_dir
from referential.library import load_named, load_named_scale
from referential.model import Referential
from tests.moodle.browsing import Visitor
from tests.moodle.competencies import export_framework, imported
from tests.moodle.courses import (
    EDITING_TEACHER,
    STUDENT,
    Course,
    Newcomer,
    Person,
    temporary_people,
)
from tests.moodle.driver import Moodle, unique
from tests.moodle.grade_imports import give_id_number, import_csv, import_xml
from tests.moodle.gradebook import Grade, awaited, grade_of
from tests.moodle.outcomes import export_outcomes
from tests.moodle.product import COMMAND, Product
from tests.moodle.restoring import activities, course_competencies, restored, sections
from tests.moodle.tools import Activity, Tool

ID_NUMBER, TYPE, OUTCOME, CONFIG, RELATED, EXPORTED_ID = 1, 7, 8, 9, 10, 11
TOTAL = "P1 Production de services"
LEVEL = "C1.1.03.1 Recenser et caractériser les exigences liées à la qualité attendue du service à produire"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's configuration, with another code for the framework."""
    folder = tmp_path_factory.mktemp("config") / "config"
    shutil.copytree(config_dir(), folder)
    overlay = folder / "referentials" / "bts-sio.toml"
    text = overlay.read_text()
    for line, new in (
        ('code = "BTSSIO"', f'code = "{unique("FORMATS_")}"'),
        ('title = "BTS Services informatiques aux organisations"', f'title = "{unique("Essai ")}"'),
    ):
        text, changed = re.subn(f"^{line}", new, text, flags=re.M)
        assert changed == 1
    overlay.write_text(text)
    return folder


@pytest.fixture(scope="module")
def referential(config: Path) -> Referential:
    return load_named(config, "bts-sio")


def export(config: Path, *words: str) -> bytes:
    """What ``competences export`` writes to standard output."""
    environment = os.environ | {"COMPETENCES_CONFIG": str(config)}
    command = [str(COMMAND), "export", *words]
    return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout


@pytest.fixture(scope="module")
def framework_file(config: Path) -> bytes:
    return export(config, "moodle-framework", "--rule", "points", "--rule-share", "67")


@pytest.fixture(scope="module")
def framework(moodle: Moodle, framework_file: bytes) -> Iterator[int]:
    with imported(moodle, framework_file) as number:
        yield number


def test_rules_and_relations_arrive(moodle: Moodle, framework: int, framework_file: bytes) -> None:
    """Moodle's own export names the same rules, points and cross-references."""
    theirs = export_framework(moodle, framework)[1:]

    ours = list(csv.reader(io.StringIO(framework_file.decode())))[1:]

    assert sorted(map(_rule, theirs)) == sorted(map(_rule, ours))
    assert sorted(_points(theirs)) == sorted(_points(ours))
    assert len(_points(ours)) == 74
    assert len([row for row in theirs if row[RELATED]]) == 4


def _rule(row: list[str]) -> list[str]:
    outcome = row[OUTCOME].replace("0", "")
    return [row[ID_NUMBER], row[TYPE], outcome, row[RELATED]]


def _points(rows: list[list[str]]) -> list[tuple[str, int, list[tuple[str, int, int]]]]:
    """Each rule of points: whose, how many are needed, and each child's by its id number."""
    names = {row[EXPORTED_ID]: row[ID_NUMBER] for row in rows}
    found = []
    for row in rows:
        if row[TYPE].endswith("points"):
            config = json.loads(row[CONFIG])
            children = [
                (names[str(one["id"])], int(one["points"]), int(one["required"]))
                for one in config["competencies"]
            ]
            found.append((row[ID_NUMBER], int(config["base"]["points"]), children))
    return found


@dataclass(frozen=True)
class Restored:
    course: Course
    teacher: Person
    pupil: Person
    other: Person


@pytest.fixture(scope="module")
def backup(
    moodle: Moodle,
    framework: int,
    config: Path,
    referential: Referential,
    tool: Tool,
    product: Product,
) -> Iterator[Restored]:
    """The course of the backup, its framework imported and the tool registered before, with people."""
    url = product.addresses().tool_url
    words = ("--tool-url", url, "--site", moodle.url, "--tool", tool.deployment_id)
    content = export(config, "moodle-backup", *words)
    newcomers = [
        Newcomer("Hélène", "Durand", EDITING_TEACHER),
        Newcomer("Zoé", "Arc", STUDENT),
        Newcomer("Œdipe", "Çelik", STUDENT),
    ]
    with (
        restored(moodle, content) as course,
        temporary_people(moodle, course, newcomers) as people,
    ):
        for person in people[1:]:
            give_id_number(moodle, person, person.user_name.upper())
        yield Restored(course, *people)


def test_the_course_has_a_section_and_an_activity_for_each_process(
    moodle: Moodle, backup: Restored, referential: Referential
) -> None:
    names = [f"{root.code} {root.label}" for root in referential.roots]

    placed = activities(moodle, backup.course)

    assert (backup.course.short_name, backup.course.full_name) == (
        referential.code,
        referential.title,
    )
    assert sections(moodle, backup.course) == names
    assert [(one.name, one.section) for one in placed] == [(name, name) for name in names]
    assert [one.id_number for one in placed] == [root.idnumber for root in referential.roots]
    assert {one.maximum for one in placed} == {"20"}
    assert [one.custom for one in placed] == parameters(referential)
    assert {one.frozen for one in placed} == {False}


def parameters(referential: Referential) -> list[str]:
    return [
        f"referential=bts-sio\nscope={root.code}\nscale=bts-sio-4\nmaximum=20"
        for root in referential.roots
    ]


def test_competences_are_linked_to_the_course_and_its_activities(
    moodle: Moodle, backup: Restored, referential: Referential
) -> None:
    placed = activities(moodle, backup.course)

    linked = course_competencies(moodle, backup.course)

    assert linked == [leaf.idnumber for leaf in referential.leaves()]
    assert [one.competencies for one in placed] == [
        tuple(sorted(leaf.idnumber for leaf in referential.leaves(root.code)))
        for root in referential.roots
    ]


def test_outcomes_are_those_of_the_outcomes_file(
    moodle: Moodle, backup: Restored, config: Path
) -> None:
    ours = csv.DictReader(io.StringIO(export(config, "moodle-outcomes").decode()), delimiter=";")

    theirs = export_outcomes(moodle, backup.course)

    def told(rows: object) -> list[tuple[str, ...]]:
        names = ("outcome_shortname", "outcome_name", "outcome_description", "scale_items")
        return sorted(tuple(row[name] for name in names) for row in rows)  # type: ignore[attr-defined]

    assert len(theirs) == 153
    assert told(theirs) == told(ours)


def results(backup: Restored, referential: Referential) -> Results:
    """What one pupil reached, and that the other has no grade."""
    pupil, other = (
        Learner(str(one.id), one.full_name, one.user_name.upper())
        for one in (backup.pupil, backup.other)
    )
    feedback = "Très bien : « 12,5 » & <b>plus</b>"
    return Results(
        (pupil, other),
        (Column(TOTAL, referential.node("P1").idnumber),),
        {(pupil.id, 0): GivenGrade(Decimal("12.50"), feedback)},
        {(pupil.id, "C1.1.03.1"): 4},
    )


@pytest.mark.parametrize("identifier", ["moodle-grades-xml", "moodle-grades-csv"])
def test_grades_and_levels_are_imported_into_the_restored_course(
    moodle: Moodle, backup: Restored, referential: Referential, config: Path, identifier: str
) -> None:
    """The id numbers of the backup are those of the grade files: nothing is set by hand."""
    scale = load_named_scale(config, "bts-sio-4")
    options = ExportOptions(results=results(backup, referential))
    content = registry.get(identifier).render(referential, scale, options)

    if identifier == "moodle-grades-xml":
        import_xml(moodle, backup.course, content)
    else:
        import_csv(
            moodle,
            backup.course,
            content,
            {TOTAL: TOTAL, f"{TOTAL} (commentaire)": None, LEVEL: LEVEL},
        )

    total = grade_of(moodle, backup.course, TOTAL, backup.pupil)
    assert (total.value, "« 12,5 »" in total.feedback) == ("12.50", True)
    assert grade_of(moodle, backup.course, LEVEL, backup.pupil).value == "Maîtrisé"
    assert grade_of(moodle, backup.course, TOTAL, backup.other) == Grade("-", "")
    assert grade_of(moodle, backup.course, LEVEL, backup.other).value == "-"


def test_a_restored_activity_opens_the_tool_on_its_part_and_gets_its_grade(
    moodle: Moodle, backup: Restored, visit: Callable[..., Visitor], referential: Referential
) -> None:
    """P2 has 28 competences: one acquired is 20 × 1/28."""
    placed = activities(moodle, backup.course)[1]
    frame = visit(backup.teacher).open(Activity(placed.cmid, placed.name, backup.course))
    frame.wait_for_selector("#grid tbody tr")
    leaf = referential.leaves("P2")[0]

    row = frame.locator("#grid tbody tr").filter(has_text=backup.pupil.first_name)
    row.locator("td.c").first.click()
    expect(frame.locator("#foot-code")).to_have_text(leaf.code)
    frame.page.keyboard.press("3")

    def value() -> str:
        return grade_of(moodle, backup.course, placed.name, backup.pupil).value

    assert row.locator("td.c").count() == 28
    assert awaited(value, "0.71") == "0.71"


def test_a_backup_for_no_site_in_particular_finds_the_tool_by_its_address(
    moodle: Moodle,
    framework: int,
    visit: Callable[..., Visitor],
    referential: Referential,
    config: Path,
    tool: Tool,
    product: Product,
) -> None:
    """It opens on its part; but Moodle freezes its parameters."""
    url = product.addresses().tool_url
    with (
        restored(moodle, export(config, "moodle-backup", "--tool-url", url)) as course,
        temporary_people(moodle, course, [Newcomer("Inès", "Ferry", EDITING_TEACHER)]) as [teacher],
    ):
        placed = activities(moodle, course)
        frame = visit(teacher).open(Activity(placed[1].cmid, placed[1].name, course))
        seen = frame.inner_text("header")

    assert [one.custom for one in placed] == parameters(referential)
    assert {one.frozen for one in placed} == {True}
    assert "P2 Fourniture de services" in seen
