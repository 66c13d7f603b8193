"""Files for Moodle, from the web pages: the same bytes as from the command line."""

from __future__ import annotations

import pytest

from exporters import registry
from exporters.base import ExportOptions
from lti_app.services.activities.framing import LinkSettings, named_scale
from lti_app.services.referentials.catalogue import installed
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.views.conftest import Enter, Visitor
from tests.views.states import settle

REFERENTIAL, SCALE = installed("bts-sio"), named_scale("bts-sio-4")


@pytest.mark.parametrize("identifier", ["moodle-framework", "moodle-outcomes"])
def test_a_download_is_the_exporters_file_under_its_name(teacher: Visitor, identifier):
    exporter = registry.get(identifier)
    answer = teacher.client.get(f"{teacher.base}/exports/{identifier}")
    assert answer.data == exporter.render(REFERENTIAL, SCALE)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename=BTSSIO-{identifier}.csv"
    )


def test_the_activitys_part_alone(enter: Enter, school: School, parts: Wiring):
    settle(parts, school, LinkSettings(scope=("D1.2",)))
    teacher = enter()
    answer = teacher.client.get(f"{teacher.base}/exports/moodle-outcomes?part=1")
    expected = registry.get("moodle-outcomes").render(
        REFERENTIAL, SCALE, ExportOptions(scope=("D1.2",))
    )
    assert answer.data == expected


def test_semicolons_for_french_sites(teacher: Visitor):
    answer = teacher.client.get(f"{teacher.base}/exports/moodle-framework?delimiter=semicolon")
    assert answer.data == registry.get("moodle-framework").render(
        REFERENTIAL, SCALE, ExportOptions(delimiter="semicolon")
    )


def test_the_page_lists_every_format_with_its_help(teacher: Visitor):
    page = teacher.get("/exports")
    offered = registry.all(needs=("results", "tool_url"))
    tree = [one.identifier for one in offered if "results" not in one.needs]
    of_class = [one.identifier for one in offered if "results" in one.needs]
    assert of_class == ["moodle-grades-xml", "moodle-grades-csv"]
    assert page.values("//section/@aria-labelledby") == tree + of_class
    assert page.texts("//section/h3")[:2] == [
        "Référentiel de compétences Moodle (CSV)",
        "Objectifs Moodle (CSV)",
    ]


@pytest.mark.parametrize("identifier", ["nothing-like-it", "moodle_outcomes"])
def test_what_is_not_offered_is_not_found(teacher: Visitor, identifier):
    assert teacher.get(f"/exports/{identifier}").status == 404


def test_every_format_on_the_page_can_be_downloaded(teacher: Visitor):
    links = teacher.get("/exports").values("//a[@download]/@href")
    sizes = {link: len(teacher.client.get(link).data) for link in links}
    assert [link for link, size in sizes.items() if size < 500] == []
