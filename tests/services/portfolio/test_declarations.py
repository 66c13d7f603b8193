"""From a draft to an answer: who may change what, and what a teacher's answer writes."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from lti_app.errors import InputError, NotFound
from lti_app.models import Assessment, Declaration, Evidence, EvidenceFile, GradeSync, Situation
from lti_app.services.current import CurrentLaunch
from lti_app.services.portfolio import declarations, evidence, requests, situations, uploads
from lti_app.services.portfolio.declarations import Told
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.uploads import PDF

CODE = "C1.1.03.1"
WORDS = Told("J’ai installé le serveur.", ask=True)


@pytest.fixture(autouse=True)
def words(app: Flask):
    """Refusals are sentences in the page's language."""
    with app.test_request_context():
        yield


@pytest.fixture
def student(school: School) -> CurrentLaunch:
    return school.launch(school.pupils[0], ("learner",))[0]


@pytest.fixture
def teacher(school: School) -> CurrentLaunch:
    return school.launch()[0]


def save(parts: Wiring, launch: CurrentLaunch, told: Told, code: str = CODE) -> int:
    with parts.store.write() as session:
        return declarations.save(session, launch, code, told, parts.clock()).id


def state(parts: Wiring) -> tuple[str, list[str]]:
    """Of the only declaration: where it stands, and the steps that led there."""
    with parts.store.read() as session:
        only = session.scalars(select(Declaration)).one()
        return only.state, [step.kind for step in only.steps]


def waiting(parts: Wiring, launch: CurrentLaunch) -> int:
    with parts.store.read() as session:
        assert requests.count(session, launch) == len(requests.view(session, launch).pending)
        return requests.count(session, launch)


def test_a_draft_is_its_authors_alone(parts: Wiring, student, teacher):
    save(parts, student, Told("Un brouillon."))
    assert state(parts) == ("draft", [])
    assert waiting(parts, teacher) == 0


def test_asking_puts_it_before_the_teachers(parts: Wiring, student, teacher):
    save(parts, student, WORDS)
    assert state(parts) == ("asked", ["asked"])
    assert waiting(parts, teacher) == 1


def test_asking_needs_something_to_look_at(parts: Wiring, student):
    with pytest.raises(InputError, match="quelques mots"):
        save(parts, student, Told("", ask=True))


def test_what_was_asked_does_not_change_until_it_is_withdrawn(parts: Wiring, student):
    save(parts, student, WORDS)
    with pytest.raises(InputError, match="retirer"):
        save(parts, student, Told("Autre chose."))
    with parts.store.write() as session:
        declarations.withdraw(session, student, CODE, parts.clock())
    save(parts, student, Told("Autre chose."))
    assert state(parts) == ("draft", ["asked", "withdrawn"])


def test_accepting_assesses_and_grades_in_one_go(parts: Wiring, school: School, student, teacher):
    key = save(parts, student, WORDS)
    with parts.store.write() as session:
        requests.accept(session, teacher, key, 3, "Bien vu.", parts.clock())
    with parts.store.read() as session:
        assessment = session.scalars(select(Assessment)).one()
        declaration = session.scalars(select(Declaration)).one()
        sync = session.scalars(select(GradeSync)).one()
        step = declaration.steps[-1]
        assert (assessment.learner_id, assessment.level, assessment.comment) == (
            school.pupils[0],
            3,
            "Bien vu.",
        )
        assert (declaration.state, step.kind, step.level, step.assessment_id) == (
            "accepted",
            "accepted",
            3,
            assessment.id,
        )
        assert (sync.learner_id, sync.state) == (school.pupils[0], "waiting")


def test_accepting_with_a_level_outside_the_scale_writes_nothing(parts: Wiring, student, teacher):
    key = save(parts, student, WORDS)
    with pytest.raises(InputError), parts.store.write() as session:
        requests.accept(session, teacher, key, 9, "", parts.clock())
    assert state(parts) == ("asked", ["asked"])


def test_sending_back_says_why_and_assesses_nothing(parts: Wiring, student, teacher):
    key = save(parts, student, WORDS)
    with pytest.raises(InputError, match="ce qui manque"), parts.store.write() as session:
        requests.send_back(session, teacher, key, "", parts.clock())
    with parts.store.write() as session:
        requests.send_back(session, teacher, key, "Ajoutez le journal.", parts.clock())
    assert state(parts) == ("review", ["asked", "review"])
    save(parts, student, Told("Le voici.", ask=True))
    assert state(parts) == ("asked", ["asked", "review", "asked"])
    with parts.store.read() as session:
        assert session.scalars(select(Assessment)).all() == []


def test_a_request_is_answered_once(parts: Wiring, student, teacher):
    key = save(parts, student, WORDS)
    with parts.store.write() as session:
        requests.accept(session, teacher, key, 3, "", parts.clock())
    with pytest.raises(InputError, match="déjà"), parts.store.write() as session:
        requests.send_back(session, teacher, key, "Non.", parts.clock())


@pytest.mark.parametrize("asked", [True, False], ids=["another-course", "a-draft"])
def test_what_a_teacher_may_not_answer_is_not_found(parts: Wiring, school: School, student, asked):
    key = save(parts, student, Told("Des mots.", ask=asked))
    teacher, _ = school.launch(link_id=school.other_link_id if asked else school.link_id)
    with pytest.raises(NotFound), parts.store.write() as session:
        requests.accept(session, teacher, key, 3, "", parts.clock())


def test_an_answered_declaration_stays(parts: Wiring, student, teacher):
    key = save(parts, student, WORDS)
    with parts.store.write() as session:
        requests.send_back(session, teacher, key, "Encore.", parts.clock())
    with pytest.raises(InputError, match="déjà répondu"), parts.store.write() as session:
        declarations.remove(session, student, CODE, parts.clock())


def test_a_removed_draft_takes_its_files_along(parts: Wiring, student):
    save(parts, student, Told("", upload=uploads.checked("a.pdf", PDF)))
    with parts.store.write() as session:
        declarations.remove(session, student, CODE, parts.clock())
    with parts.store.read() as session:
        left = [session.scalars(select(table)).all() for table in (Declaration, EvidenceFile)]
    assert left == [[], []]


def test_a_situation_is_cited_and_its_evidence_counts(parts: Wiring, student, teacher):
    key = save(parts, student, Told("", new_situation="Stage chez Néovia", ask=True))
    with parts.store.read() as session:
        (found,) = requests.view(session, teacher).pending
        assert (found.declaration.id, found.declaration.situation.title) == (
            key,
            "Stage chez Néovia",
        )
    with parts.store.read() as session:
        situation = session.scalars(select(Situation)).one()
    with pytest.raises(InputError, match="cite"), parts.store.write() as session:
        situations.remove(session, student, situation.id)


def test_nobody_cites_or_changes_someone_elses_situation(parts: Wiring, school: School, student):
    with parts.store.write() as session:
        mine = situations.add(session, student, situations.Draft("La mienne"), parts.clock()).id
    other, _ = school.launch(school.pupils[1], ("learner",))
    with pytest.raises(NotFound):
        save(parts, other, Told("", situation_id=mine))
    with pytest.raises(NotFound), parts.store.write() as session:
        situations.change(session, other, mine, situations.Draft("La sienne"))


def test_situations_stand_from_the_latest_to_the_oldest(parts: Wiring, student):
    with parts.store.write() as session:
        for title, ends in (("ancienne", date(2025, 1, 1)), ("récente", date(2026, 1, 1))):
            draft = situations.Draft(title, ends_on=ends)
            situations.add(session, student, draft, parts.clock())
        situations.add(session, student, situations.Draft("sans date"), parts.clock())
        titles = [one.title for one in situations.own(session, student)]
    assert titles == ["sans date", "récente", "ancienne"]


class TestEvidence:
    """Files and links: limits, and who reads them."""

    def piece(self, parts: Wiring, launch: CurrentLaunch, ask: bool) -> int:
        save(parts, launch, Told("Voici.", upload=uploads.checked("a.pdf", PDF), ask=ask))
        with parts.store.read() as session:
            return session.scalars(select(Evidence.id)).one()

    @pytest.mark.parametrize(
        ("ask", "who", "reads"),
        [
            pytest.param(False, "student", True, id="author-draft"),
            pytest.param(True, "student", True, id="author-request"),
            pytest.param(True, "teacher", True, id="teacher-request"),
            pytest.param(False, "teacher", False, id="teacher-draft"),
            pytest.param(True, "classmate", False, id="classmate"),
            pytest.param(True, "other-course", False, id="teacher-of-another-course"),
        ],
    )
    def test_who_reads_a_file(self, parts: Wiring, school: School, student, ask, who, reads):
        key = self.piece(parts, student, ask)
        launches = {
            "student": lambda: student,
            "teacher": lambda: school.launch()[0],
            "classmate": lambda: school.launch(school.pupils[1], ("learner",))[0],
            "other-course": lambda: school.launch(link_id=school.other_link_id)[0],
        }
        launch = launches[who]()
        with parts.store.read() as session:
            if reads:
                assert evidence.read(session, launch, key)[1] == PDF
            else:
                with pytest.raises(NotFound):
                    evidence.read(session, launch, key)

    @pytest.mark.parametrize("cited", [True, False])
    def test_a_teacher_reads_a_situations_files_once_a_request_cites_it(
        self, parts: Wiring, student, teacher, cited
    ):
        with parts.store.write() as session:
            situation = situations.add(session, student, situations.Draft("S"), parts.clock())
            upload = uploads.checked("a.pdf", PDF)
            key = evidence.add_file(session, situation, upload, "", parts.clock()).id
            situation_id = situation.id
        save(parts, student, Told("x", situation_id=situation_id, ask=cited))
        with parts.store.read() as session:
            if cited:
                assert evidence.read(session, teacher, key)[1] == PDF
            else:
                with pytest.raises(NotFound):
                    evidence.read(session, teacher, key)

    def test_only_its_author_removes_a_piece_and_not_while_asked(
        self, parts: Wiring, school: School, student
    ):
        key = self.piece(parts, student, True)
        classmate, _ = school.launch(school.pupils[1], ("learner",))
        with pytest.raises(NotFound), parts.store.write() as session:
            evidence.remove(session, classmate, key)
        with pytest.raises(InputError), parts.store.write() as session:
            evidence.remove(session, student, key)

    def test_ten_pieces_are_enough(self, parts: Wiring, student):
        for number in range(evidence.MAX_PIECES):
            save(parts, student, Told("", url=f"https://exemple.fr/{number}"))
        with pytest.raises(InputError, match="Dix"):
            save(parts, student, Told("", url="https://exemple.fr/onze"))

    def test_the_room_of_one_student_is_limited(self, parts: Wiring, student, monkeypatch):
        monkeypatch.setattr(evidence, "MAX_BYTES", 2 * len(PDF))
        for code in (CODE, "C1.1.03.2"):
            save(parts, student, Told("", upload=uploads.checked("a.pdf", PDF)), code)
        with pytest.raises(InputError, match="place"):
            save(parts, student, Told("", upload=uploads.checked("b.pdf", PDF)), "C1.2.01.1")

    @pytest.mark.parametrize(
        "url",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "//exemple.fr",
            "https://",
            "https://banque.fr@pirate.example/",
            "https://exemple.fr/ espace",
            "https://[::1",
            "https://exemple.fr/" + "x" * 2000,
        ],
    )
    def test_links_lead_to_the_web(self, url):
        with pytest.raises(InputError):
            evidence.checked_url(url)
