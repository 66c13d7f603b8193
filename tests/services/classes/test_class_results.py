"""The class as a grade file takes it: people by what the school knows them by, grades and levels."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree
from sqlalchemy import select

from exporters import registry
from exporters.base import ExportOptions
from lti_app.models import LineItem
from lti_app.services.classes import class_results, classroom
from tests.services.campus import Campus


def test_people_come_with_their_number_at_school(campus: Campus) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    results = class_results.of_class(campus.parts, launch, " COL-1 ")
    chloe = next(one for one in results.learners if one.id == "5")
    assert (chloe.name, chloe.idnumber, chloe.username) == ("Chloé Abadie", "ELEVE1", "eleve1")
    assert results.columns[0].idnumber == "COL-1"
    assert results.grade(chloe, 0).value == Decimal("0.13")
    assert results.levels == {("5", "C1.1.03.1"): 3}
    assert len(results.grades) == 1, "who was never rated has no grade to import"


def test_a_column_of_levels_takes_the_number_of_the_level(campus: Campus) -> None:
    launch = campus.teach()
    with campus.parts.store.write() as session:
        item = session.scalars(select(LineItem)).one()
        item.kind, item.levels = "scale", 4
    campus.rate(launch, 5, "C1.1.03.1", 3)
    results = class_results.of_class(campus.parts, launch)
    column = results.columns[0]
    assert (column.by_level, column.maximum) == (True, 4)
    assert [grade.value for grade in results.grades.values()] == [1]  # the others count as level 1


def test_without_a_roster_people_keep_their_lms_number(campus: Campus) -> None:
    launch = campus.teach()
    campus.lms.faults.add("status", path="memberships", status=500, times=9)
    results = class_results.of_class(campus.parts, launch)
    assert {one.idnumber for one in results.learners} == {""}
    assert "5" in {one.id for one in results.learners}


def test_the_xml_addresses_grade_and_outcome(campus: Campus) -> None:
    launch = campus.teach()
    campus.rate(launch, 5, "C1.1.03.1", 3)
    results = class_results.of_class(campus.parts, launch, "COL-1")
    with campus.parts.store.read() as session:
        framing = classroom.framing_of(session, launch)
    data = registry.get("moodle-grades-xml").render(
        framing.referential, framing.scale, ExportOptions(results=results)
    )
    rows = [
        tuple(row.findtext(name) for name in ("assignment", "student", "score"))
        for row in etree.fromstring(data)
    ]
    assert rows == [("COL-1", "ELEVE1", "0.13"), ("BTSSIO-C1.1.03.1", "ELEVE1", "3")]
