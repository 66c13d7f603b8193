"""An import is planned, then applied whole or not at all; assessments follow their nodes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lti_app.errors import InputError, NotFound
from lti_app.models import Assessment, GradeSync, ReferentialVersion
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.classes import classroom
from lti_app.services.referentials import importing
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.referentials.importing import Author
from lti_app.services.referentials.reading import Upload
from referential.library import load_named
from referential.overlay import load_overlay
from referential.serialize import print_text
from tests.factories import School
from tests.paths import CONFIG
from tests.services.referentials.samples import ROWS, table, without

TEXT = (CONFIG / "referentials" / "bts-sio.txt").read_bytes()
OVERLAY = (CONFIG / "referentials" / "bts-sio.toml").read_bytes()


class Desk:
    """Where imports are made, in one line each."""

    def __init__(self, parts, platform_id=None) -> None:
        self.parts = parts
        self.platform_id = platform_id

    def propose(self, rows=ROWS, code="CAP", title="CAP Cuisine", data=None):
        with self.parts.store.read() as session:
            upload = Upload("cap.csv", data if data is not None else table(rows))
            return importing.propose(Catalogue(session, self.platform_id), upload, code, title)

    def apply(self, proposal, author="root") -> int:
        with self.parts.store.write() as session:
            return importing.apply(
                Catalogue(session, self.platform_id),
                proposal,
                "cap.csv",
                Author(author),
                self.parts.clock(),
            )

    def load(self, rows=ROWS, **more) -> int:
        return self.apply(self.propose(rows, **more).proposal)

    def codes(self, name="CAP") -> list[str]:
        with self.parts.store.read() as session:
            return [node.code for node in Catalogue(session, self.platform_id).get(name)]

    def versions(self, code="CAP"):
        with self.parts.store.read() as session:
            catalogue = Catalogue(session, self.platform_id)
            found = importing.versions(catalogue, code)
            return importing.current_number(catalogue, code), [
                (one.number, one.title, one.nodes, one.source, one.author) for one in found
            ]

    def restore(self, number, code="CAP"):
        with self.parts.store.write() as session:
            catalogue = Catalogue(session, self.platform_id)
            proposal = importing.plan_restore(catalogue, code, number)
            importing.restore(catalogue, code, number, proposal, self.parts.clock())
            return proposal


@pytest.fixture
def desk(parts) -> Desk:
    return Desk(parts)


def test_a_first_import_adds_everything(desk):
    proposal = desk.propose().proposal
    assert (proposal.name, proposal.first, proposal.base) == ("CAP", True, "")
    assert [one.node.code for one in proposal.plan.added] == ["B1", "C1", "C2", "B2", "C3"]
    with pytest.raises(InputError):
        desk.codes()
    assert desk.apply(proposal) == 1
    assert desk.codes() == ["B1", "C1", "C2", "B2", "C3"]
    assert desk.versions() == (1, [(1, "CAP Cuisine", 5, "cap.csv", "root")])


def test_the_next_one_shows_what_changes_and_keeps_identifiers(desk):
    desk.load()
    rows = [*without(ROWS, "C2"), ("C4", "B2", "Mijoter", "")]
    rows[1] = ("C1", "B1", "Éplucher et laver", "")
    proposal = desk.propose(rows, title="").proposal
    plan = proposal.plan
    assert not proposal.first
    assert [one.node.code for one in plan.added] == ["C4"]
    assert [(one.after.code, one.fields) for one in plan.changed] == [
        ("C1", ("label", "description"))
    ]
    assert [node.code for node in plan.removed] == ["C2"]
    assert plan.kept == 4
    assert desk.apply(proposal) == 2
    assert desk.codes() == ["B1", "C1", "B2", "C3", "C4"]


def test_a_file_with_an_error_proposes_nothing(desk):
    outcome = desk.propose([*ROWS, ("C9", "B9", "Seul", "")])
    assert outcome.proposal is None
    assert [found.kind for found in outcome.findings] == ["parent_unknown"]


def test_the_same_again_changes_nothing(desk):
    desk.load()
    assert desk.propose(title="").proposal.plan.empty


def test_an_old_plan_is_not_applied_over_a_newer_version(desk):
    desk.load()
    old = desk.propose(without(ROWS, "C3", "B2")).proposal
    desk.load(without(ROWS, "C2"))
    with pytest.raises(InputError, match="a changé entre-temps"):
        desk.apply(old)
    assert desk.codes() == ["B1", "C1", "B2", "C3"]
    assert desk.versions()[0] == 2


def test_it_is_applied_whole_or_not_at_all(desk, monkeypatch):
    desk.load()
    proposal = desk.propose(without(ROWS, "C2")).proposal

    def fail(*_args):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(importing, "_refresh", fail)
    with pytest.raises(RuntimeError):
        desk.apply(proposal)
    assert desk.codes() == ["B1", "C1", "C2", "B2", "C3"]
    assert desk.versions() == (1, [(1, "CAP Cuisine", 5, "cap.csv", "root")])


def test_versions_are_kept_and_one_can_count_again(desk):
    desk.load()
    desk.load(without(ROWS, "C2"))
    proposal = desk.restore(1)
    assert [one.node.code for one in proposal.plan.added] == ["C2"]
    assert desk.codes() == ["B1", "C1", "C2", "B2", "C3"]
    assert desk.versions()[0] == 1
    desk.load(without(ROWS, "C3"))
    assert [one[0] for one in desk.versions()[1]] == [3, 2, 1]


@pytest.mark.parametrize(("code", "number"), [("CAP", 7), ("CAP", 0), ("BEP", 1)])
def test_what_there_is_not_cannot_count(desk, code, number):
    desk.load()
    with pytest.raises(NotFound):
        desk.restore(number, code)


def bts_rows():
    tree = load_named(CONFIG, "bts-sio")
    return [(n.code, n.parent or "", f'"{n.label}"', "") for n in tree]


def test_a_text_imported_over_the_installed_one_is_compared_with_it(desk, parts):
    """The corrected text of the BTS SIO: only what was corrected changes, and the way back is version 0."""
    grammar = load_overlay(CONFIG / "referentials" / "bts-sio.toml")
    tree = load_named(CONFIG, "bts-sio")
    text = print_text(tree, grammar).replace("Analyse de la demande", "Étude de la demande")
    overlay = OVERLAY.split(b"[[titles]]")[0]
    with parts.store.write() as session:
        catalogue = Catalogue(session, None)
        upload = Upload("bts.txt", text.encode(), overlay=overlay, overlay_name="bts.toml")
        proposal = importing.propose(catalogue, upload).proposal
        assert (proposal.name, proposal.first) == ("bts-sio", False)
        assert [one.after.code for one in proposal.plan.changed] == ["D1.1"]
        assert proposal.plan.kept == 227
        importing.apply(catalogue, proposal, "bts.txt", Author(), parts.clock())
        assert catalogue.get("bts-sio").node("D1.1").label == "Étude de la demande"
        back = importing.plan_restore(catalogue, "BTSSIO", 0)
        importing.restore(catalogue, "BTSSIO", 0, back, parts.clock())
        assert catalogue.get("bts-sio") == tree


def test_a_code_that_is_anothers_name_is_refused(desk):
    header = ("code", "parent", "intitulé", "description")
    assert desk.propose(data=table(ROWS, header), code="bts-sio").proposal.tree.code == "BTSSIO"
    from tests.referential.test_moodle_csv import FRAMEWORK, competency, file

    named = ["", "bts-sio", *FRAMEWORK[2:]]
    outcome = desk.propose(data=file(named, competency("C1")).encode(), code="", title="")
    assert outcome.proposal is None
    assert outcome.findings[-1].kind == "framework_taken"


class TestAssessments:
    """A class assessed on an imported référentiel, which then changes."""

    @pytest.fixture
    def school(self, parts, desk) -> School:
        desk.load()
        return School.create(parts, LinkSettings(referential="CAP"))

    def levels(self, parts, school):
        launch, _secret = school.launch()
        with parts.store.read() as session:
            view = classroom.class_view(session, launch)
        return {student.id: dict(student.levels) for student in view.students if student.levels}

    def wanted(self, parts):
        with parts.store.read() as session:
            rows = session.execute(select(GradeSync.learner_id, GradeSync.score)).all()
            return dict(rows)

    def test_they_follow_a_node_that_moves_and_is_reworded(self, parts, desk, school):
        school.rate(school.pupils[0], "C1", 3)
        rows = [*without(ROWS, "C1"), ("C1", "B2", "Éplucher vite", "")]
        desk.load(rows)
        assert self.levels(parts, school) == {school.pupils[0]: {"C1": 3}}

    def test_a_removed_node_is_reported_and_keeps_them(self, parts, desk, school):
        for pupil in school.pupils[:2]:
            school.rate(pupil, "C2", 4)
        proposal = desk.propose(without(ROWS, "C2")).proposal
        assert [(one.node.code, one.learners) for one in proposal.removed] == [("C2", 2)]
        desk.apply(proposal)
        assert self.levels(parts, school) == {}
        with parts.store.read() as session:
            assert session.scalar(select(func.count()).select_from(Assessment)) == 2
        desk.restore(1)
        assert self.levels(parts, school) == {pupil: {"C2": 4} for pupil in school.pupils[:2]}

    def test_grades_follow_the_version_that_counts(self, parts, desk, school):
        school.rate(school.pupils[0], "C1", 4)
        assert self.wanted(parts) == {school.pupils[0]: Decimal("6.67")}
        desk.load(without(ROWS, "C2"))
        assert self.wanted(parts) == {school.pupils[0]: Decimal("10.00")}

    def test_labels_that_slid_under_assessments_are_reported(self, parts, desk, school):
        school.rate(school.pupils[0], "C1", 4)
        rows = [list(row) for row in ROWS]
        rows[1][2], rows[2][2] = "Laver", "Éplucher"
        proposal = desk.propose(rows).proposal
        assert [(one.node.label, one.learners) for one in proposal.slid] == [("Éplucher", 1)]

    def test_an_activity_that_would_lose_its_part_is_named(self, parts, desk):
        desk.load()
        School.create(parts, LinkSettings(referential="CAP", scope=("B2",)))
        proposal = desk.propose(without(ROWS, "B2", "C3")).proposal
        assert [(one.course, one.activity, one.codes) for one in proposal.broken] == [
            ("BTS SIO 1re année", "Compétences", ("B2",)),
            ("BTS SIO 2e année", "Compétences", ("B2",)),
        ]

    def test_assessments_elsewhere_are_nobodys_business(self, parts, desk, school):
        school.rate(school.pupils[0], "C2", 4)
        there = Desk(parts, school.platform_id)
        assert len(there.propose(without(ROWS, "C2")).proposal.removed) == 1
        with parts.store.write() as session:
            from tests.factories import platform_row

            other = platform_row(parts.clock(), "http://127.0.0.1:8", "client-2")
            session.add(other)
            session.flush()
            other_id = other.id
        assert Desk(parts, other_id).propose(without(ROWS, "C2")).proposal.removed == ()


def test_documents_are_read_only_when_needed(parts, desk):
    desk.load()
    with parts.store.read() as session:
        version = session.scalars(select(ReferentialVersion)).one()
        assert "document" not in version.__dict__
