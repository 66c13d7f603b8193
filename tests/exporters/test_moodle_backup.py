"""The course backup, read the way a restore does.

Sources: Moodle 4.5, backup/util/helper/backup_general_helper.class.php (``detect_backup_format``,
``get_backup_information``), backup/moodle2/restore_stepslib.php (gradebook, scales, outcomes,
competencies), mod/lti/backup/moodle2/restore_lti_stepslib.php; and trials that left files out
until a restore failed. tests/moodle restores it for real.
"""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from lxml import etree

from exporters import registry
from lti_app.services.activities.framing import settings_from_custom
from lti_app.services.referentials.catalogue import FILES
from tests.exporters.samples import SITE, TOOL_URL, options, scale, tree

EXPORTER = registry.get("moodle-backup")
NULL = "$@NULL@$"
ROOT = {
    "moodle_backup.xml",
    "roles.xml",
    "questions.xml",
    "files.xml",
    "groups.xml",
    "scales.xml",
    "outcomes.xml",
    "gradebook.xml",
    "course/course.xml",
    "course/inforef.xml",
    "course/roles.xml",
    "course/competencies.xml",
}
SECTION = ("section.xml", "inforef.xml")
ACTIVITY = (
    "lti.xml",
    "module.xml",
    "inforef.xml",
    "grades.xml",
    "roles.xml",
    "competencies.xml",
)


class Backup:
    """An archive whose files agree with each other; whatever does not is a failed assertion."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            self.infos = archive.infolist()
            self.raw = {name: archive.read(name) for name in archive.namelist()}
        # detect_backup_format looks for these very bytes at the start
        start = b'<?xml version="1.0" encoding="UTF-8"?>\n<moodle_backup>'
        assert self.raw["moodle_backup.xml"].startswith(start)
        self.xml = {name: etree.fromstring(content) for name, content in self.raw.items()}
        information = self.xml["moodle_backup.xml"].find("information")
        self.information = {child.tag: child.text for child in information}
        self.sections = [self._row(e) for e in information.iterfind("contents/sections/section")]
        self.activities = [
            self._row(e) for e in information.iterfind("contents/activities/activity")
        ]
        self._files()
        self._settings(information)

    @staticmethod
    def _row(element) -> dict[str, str]:
        return {child.tag: child.text or "" for child in element}

    def rows(self, name: str, path: str) -> list[dict[str, str]]:
        return [self._row(e) | dict(e.attrib) for e in self.xml[name].iterfind(path)]

    def _files(self) -> None:
        expected = set(ROOT)
        for places, names in ((self.sections, SECTION), (self.activities, ACTIVITY)):
            expected |= {f"{place['directory']}/{name}" for place in places for name in names}
        assert set(self.raw) == expected

    def _settings(self, information) -> None:
        settings = {
            e.findtext("name"): e.findtext("value")
            for e in information.iterfind("settings/setting")
        }
        for kind, places, number in (
            ("section", self.sections, "sectionid"),
            ("lti", self.activities, "moduleid"),
        ):
            for place in places:
                assert settings[f"{kind}_{place[number]}_included"] == "1"
                assert settings[f"{kind}_{place[number]}_userinfo"] == "0"
        assert (settings["users"], settings["competencies"]) == ("0", "1")


def render(referential, **chosen) -> Backup:
    return Backup(EXPORTER.render(referential, scale(), options(**chosen)))


@pytest.fixture(scope="module")
def backup(bts):
    return render(bts)


def test_there_is_a_section_for_each_process_with_its_activity(bts, backup):
    sections = [backup.rows(f"{s['directory']}/section.xml", ".")[0] | s for s in backup.sections]
    assert [(s["number"], s["name"], s["sequence"]) for s in sections] == [
        ("0", NULL, ""),
        *((str(n), f"{p.code} {p.label}", str(n)) for n, p in enumerate(bts.roots, 1)),
    ]
    modules = [backup.rows(f"{a['directory']}/module.xml", ".")[0] for a in backup.activities]
    numbers = {s["sectionid"]: s["number"] for s in sections}
    assert [numbers[m["sectionid"]] for m in modules] == [m["sectionnumber"] for m in modules]
    assert [(m["id"], m["idnumber"]) for m in modules] == [
        (str(n), p.idnumber) for n, p in enumerate(bts.roots, 1)
    ]


def test_an_activity_says_what_it_covers_as_the_tool_reads_it(bts, backup):
    for root, place in zip(bts.roots, backup.activities, strict=True):
        [lti] = backup.rows(f"{place['directory']}/lti.xml", "lti")
        assert (lti["toolurl"], lti["typeid"], lti["grade"]) == (TOOL_URL, "3", "20")
        assert lti["name"] == f"{root.code} {root.label}"
        custom = dict(line.split("=", 1) for line in lti["instructorcustomparameters"].split("\n"))
        settings = settings_from_custom(custom, FILES)
        assert (settings.referential, settings.scope, settings.scale, settings.maximum) == (
            "bts-sio",
            (root.code,),
            "bts-sio-4",
            20,
        )


def test_competences_are_linked_to_course_and_activity(bts, backup):
    course = backup.rows("course/competencies.xml", "competencies/competency")
    assert [(c["frameworkidnumber"], c["idnumber"]) for c in course] == [
        ("BTSSIO", leaf.idnumber) for leaf in bts.leaves()
    ]
    for root, place in zip(bts.roots, backup.activities, strict=True):
        own = backup.rows(f"{place['directory']}/competencies.xml", "competencies/competency")
        assert [c["idnumber"] for c in own] == [leaf.idnumber for leaf in bts.leaves(root.code)]


def test_each_competence_is_an_outcome_on_the_scale(bts, backup):
    [levels] = backup.rows("scales.xml", "scale")
    assert levels["scale"] == "Non acquis,En cours d'acquisition,Acquis,Maîtrisé"
    outcomes = backup.rows("outcomes.xml", "outcome")
    assert [o["shortname"] for o in outcomes] == [leaf.idnumber for leaf in bts.leaves()]
    assert {o["scaleid"] for o in outcomes} == {levels["id"]}
    [course] = backup.rows("course/course.xml", ".")
    assert {o["courseid"] for o in outcomes} == {levels["courseid"]} == {course["id"]}


def items(backup: Backup) -> list[dict[str, str]]:
    found = backup.rows("gradebook.xml", "grade_items/grade_item")
    for place in backup.activities:
        found += backup.rows(f"{place['directory']}/grades.xml", "grade_items/grade_item")
    numbers = [item["id"] for item in found]
    assert len(set(numbers)) == len(numbers)
    named = [item["idnumber"] for item in found if item["idnumber"] != NULL]
    assert len(set(named)) == len(named)  # the XML of grades finds columns by id number
    return found


def test_outcomes_have_columns_of_their_own_so_that_launches_keep_theirs(bts, backup):
    """With more than one item on an activity, Moodle leaves the column's address out of launches
    (gradebookservices.php, get_launch_parameters)."""
    found = items(backup)
    kinds = [item["itemtype"] for item in found]
    counted = {kind: kinds.count(kind) for kind in kinds}
    assert counted == {"course": 1, "category": 5, "manual": 153, "mod": 5}
    names = {o["id"]: o["shortname"] for o in backup.rows("outcomes.xml", "outcome")}
    categories = {c["id"] for c in backup.rows("gradebook.xml", "grade_categories/grade_category")}
    for item in found:
        if item["itemtype"] == "manual":
            assert names[item["outcomeid"]] == item["idnumber"]
            assert item["categoryid"] in categories
            assert (item["gradetype"], item["grademax"]) == ("2", "4")
    for place, root in zip(backup.activities, bts.roots, strict=True):
        [own] = backup.rows(f"{place['directory']}/grades.xml", "grade_items/grade_item")
        assert (own["itemnumber"], own["grademax"], own["idnumber"]) == ("0", "20", root.idnumber)


def test_outcomes_may_hang_on_their_activities(bts):
    backup = render(bts, attach_outcomes=True)
    assert {item["itemtype"] for item in items(backup)} == {"course", "mod"}
    for place, root in zip(backup.activities, bts.roots, strict=True):
        own = backup.rows(f"{place['directory']}/grades.xml", "grade_items/grade_item")
        hung = bts.leaves(root.code)
        assert [i["itemnumber"] for i in own] == ["0", *(str(1000 + n) for n in range(len(hung)))]
        assert [i["idnumber"] for i in own[1:]] == [leaf.idnumber for leaf in hung]
        inforef = backup.xml[f"{place['directory']}/inforef.xml"]
        listed = [e.text for e in inforef.iterfind("grade_itemref/grade_item/id")]
        assert listed == [i["id"] for i in own]


def test_chosen_parts_become_the_activities(bts):
    backup = render(bts, activities=("C4.2.01.2", "D1.1", "D4.2"))
    modules = [backup.rows(f"{a['directory']}/module.xml", ".")[0] for a in backup.activities]
    assert [(m["idnumber"], m["sectionnumber"]) for m in modules] == [
        ("BTSSIO-D1.1", "1"),
        ("BTSSIO-D4.2", "2"),
        ("BTSSIO-C4.2.01.2-LTI", "2"),  # the outcome's column has the competence's id number
    ]
    sections = [backup.rows(f"{s['directory']}/section.xml", ".")[0] for s in backup.sections]
    assert [s["name"][:2] for s in sections] == ["$@", "P1", "P4"]
    assert [s["sequence"] for s in sections] == ["", "1", "2,3"]
    outcomes = [o["shortname"] for o in backup.rows("outcomes.xml", "outcome")]
    expected = [*bts.leaves("D1.1"), *bts.leaves("D4.2")]
    assert outcomes == [leaf.idnumber for leaf in expected]
    assert len(items(backup)) == 1 + 3 + 3 + len(expected)


def test_a_part_without_competence_is_no_activity():
    made = tree(["P", "D", "C", "Q"], 3)
    backup = render(made, referential_name="essai")
    assert [a["title"] for a in backup.activities] == ["P1 P"]


def test_it_says_it_is_of_a_moodle_older_than_those_that_restore_it(backup):
    assert int(backup.information["moodle_version"]) == 2022112800  # 4.1, still supported


def test_an_activity_names_its_tool_and_the_site_it_is_of(bts, backup):
    """find_existing_lti_type: by number, on the same site, among the tools of the site (course 1);
    backup_is_samesite: by address, the hash being empty."""
    assert backup.information["original_wwwroot"] == SITE
    assert backup.information["original_site_identifier_hash"] is None
    assert backup.information["original_course_id"] != "1"
    for place in backup.activities:
        [tool] = backup.rows(f"{place['directory']}/lti.xml", "lti/ltitype")
        assert (tool["id"], tool["course"], tool["toolproxyid"]) == ("3", "1", NULL)


def test_without_a_tool_nothing_is_taken_for_a_sites_own(bts):
    backup = render(bts, site="", tool="")
    assert backup.information["original_wwwroot"].endswith(".invalid")
    [lti] = backup.rows("activities/lti_1/lti.xml", "lti")
    assert lti["typeid"] == "0"
    assert backup.rows("activities/lti_1/lti.xml", "lti/ltitype") == []


def test_the_course_begins_at_the_moment_given(bts):
    moment = datetime(2026, 9, 1, tzinfo=UTC)
    backup = render(bts, moment=moment)
    [course] = backup.rows("course/course.xml", ".")
    assert course["startdate"] == str(int(moment.timestamp()))
    assert {info.date_time for info in backup.infos} == {(2026, 9, 1, 0, 0, 0)}


def test_english_names(bts):
    backup = render(bts, language="en")
    [course] = backup.rows("course/course.xml", ".")
    assert course["fullname"] == "BTS in IT services for organisations"
    [levels] = backup.rows("scales.xml", "scale")
    assert levels["scale"] == "Not acquired,Being acquired,Acquired,Mastered"
