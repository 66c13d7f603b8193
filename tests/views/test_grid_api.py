"""What the grid's scripts ask for: what is new, entries that meet a colleague's, one cell, kept sentences."""

from __future__ import annotations

from typing import Any

import pytest

from lti_app.models import Declaration, DeclarationState, Evidence, NodeKey, Situation
from lti_app.services.activities.framing import LinkSettings
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.factories import School
from tests.views.conftest import Enter, Visitor
from tests.views.states import settle

FIRST, SECOND = "C1.1.03.1", "C1.1.03.2"


def entry(learner: int, level: int | None = 3, code: str = FIRST, **more: Any) -> dict[str, Any]:
    return {"learner": learner, "code": code, "level": level, **more}


@pytest.fixture
def colleague(enter: Enter, school: School) -> Visitor:
    return enter(school.assistant_id)


class TestChanges:
    def since(self, visitor: Visitor) -> int:
        return visitor.get("/class").data["since"]

    def test_a_colleagues_entry_is_told_with_the_grade_that_follows(
        self, teacher: Visitor, colleague: Visitor, school: School
    ):
        since = self.since(teacher)
        first = school.pupils[0]
        colleague.send("/assessments", {"entries": [entry(first, 4, comment="Bravo.")]})
        found = teacher.json(f"/changes.json?since={since}")
        assert found["cells"] == [[first, 0, "4", 1]]
        assert found["students"] == [{"id": first, "grade": "0,13", "state": "waiting"}]
        assert found["authors"] == [["Inès O'Brien", 1]]

    def test_what_was_seen_is_not_told_again(
        self, teacher: Visitor, colleague: Visitor, school: School
    ):
        colleague.send("/assessments", {"entries": [entry(school.pupils[0])]})
        seen = teacher.json("/changes.json?since=0")
        again = teacher.json(f"/changes.json?since={seen['since']}")
        assert (again["cells"], again["authors"], again["since"]) == ([], [], seen["since"])

    def test_ones_own_entries_come_without_a_name(self, teacher: Visitor, school: School):
        teacher.send("/assessments", {"entries": [entry(school.pupils[0])]})
        found = teacher.json("/changes.json?since=0")
        assert (found["cells"], found["authors"]) == ([[school.pupils[0], 0, "3", 0]], [])

    def test_marks_and_levels_taken_back_are_told(self, teacher: Visitor, school: School):
        first, second, _third = school.pupils
        school.rate(first, FIRST, 2)
        school.rate(first, FIRST, None)
        teacher.send("/assessments", {"entries": [entry(second, None, mark="exempt")]})
        found = teacher.json("/changes.json?since=0")
        assert found["cells"] == [[first, 0, "0", 0], [second, 0, "y", 0]]

    def test_competences_outside_the_activity_are_not(
        self, enter: Enter, school: School, parts: Wiring
    ):
        school.rate(school.pupils[0], FIRST, 2)
        settle(parts, school, LinkSettings(scope=("D1.2",)))
        assert enter().json("/changes.json?since=0")["cells"] == []

    def test_a_page_on_other_settings_or_another_class_list_is_told_so(
        self, teacher: Visitor, school: School, parts: Wiring
    ):
        page = teacher.get("/class").data
        same = teacher.json("/changes.json?since=0")
        settle(parts, school, LinkSettings(scope=("P1",)))
        changed = teacher.json("/changes.json?since=0")
        assert [same[name] == page[name] for name in ("settings", "people")] == [True, True]
        assert [changed[name] == page[name] for name in ("settings", "people")] == [False, True]

    @pytest.mark.parametrize("since", ["", "x", "-1"])
    def test_a_place_that_is_none_is_refused(self, teacher: Visitor, since):
        answer = teacher.client.get(f"{teacher.base}/changes.json?since={since}")
        assert answer.status_code == 400


class TestTwoTeachers:
    def test_an_entry_made_without_seeing_the_colleagues_is_held_back(
        self, teacher: Visitor, colleague: Visitor, school: School, clock: Clock
    ):
        first = school.pupils[0]
        base = teacher.get("/class").data["since"]
        colleague.send("/assessments", {"entries": [entry(first, 4, comment="Vu en stage.")]})
        answer = teacher.send("/assessments", {"entries": [entry(first, 1, base=base)]}).get_json()
        (clash,) = answer["clashes"]
        assert clash.pop("id") > base
        assert clash == {
            "learner": first,
            "code": FIRST,
            "value": "4",
            "comment": "Vu en stage.",
            "author": "Inès O'Brien",
            "at": "24 nov. à 09:00",
            "own": False,
        }
        assert teacher.get("/class").data["students"][0]["levels"][0] == "4"

    def test_it_goes_through_once_the_colleagues_was_seen(
        self, teacher: Visitor, colleague: Visitor, school: School
    ):
        first = school.pupils[0]
        colleague.send("/assessments", {"entries": [entry(first, 4)]})
        seen = teacher.get("/class").data["since"]
        answer = teacher.send("/assessments", {"entries": [entry(first, 1, base=seen)]}).get_json()
        assert answer["clashes"] == []
        assert teacher.get("/class").data["students"][0]["levels"][0] == "1"

    @pytest.mark.parametrize(
        ("theirs", "mine"),
        [
            pytest.param({"level": 3}, {"level": 3}, id="both-say-the-same"),
            pytest.param({"level": 3, "code": SECOND}, {"level": 1}, id="another-competence"),
            pytest.param(
                {"level": None, "mark": "absent"},
                {"level": None, "mark": "absent"},
                id="the-same-absence",
            ),
        ],
    )
    def test_what_does_not_contradict_is_recorded(
        self, teacher: Visitor, colleague: Visitor, school: School, theirs, mine
    ):
        first = school.pupils[0]
        base = teacher.get("/class").data["since"]
        colleague.send("/assessments", {"entries": [entry(first, **theirs)]})
        answer = teacher.send("/assessments", {"entries": [entry(first, base=base, **mine)]})
        assert answer.get_json()["clashes"] == []

    def test_the_others_of_the_same_request_are_recorded(
        self, teacher: Visitor, colleague: Visitor, school: School
    ):
        first, second, _third = school.pupils
        base = teacher.get("/class").data["since"]
        colleague.send("/assessments", {"entries": [entry(first, 4)]})
        body = {"entries": [entry(first, 1, base=base), entry(second, 1, base=base)]}
        answer = teacher.send("/assessments", body).get_json()
        assert [clash["learner"] for clash in answer["clashes"]] == [first]
        levels = [student["levels"][0] for student in teacher.get("/class").data["students"]]
        assert levels == ["4", "1", "0"]

    def test_a_comment_over_a_comment_is_held_back_too(
        self, teacher: Visitor, colleague: Visitor, school: School
    ):
        first = school.pupils[0]
        school.rate(first, FIRST, 3, "À deux.")
        base = teacher.get("/class").data["since"]
        colleague.send("/assessments", {"entries": [entry(first, 3, comment="Seul.")]})
        body = {"entries": [entry(first, 3, comment="En trio.", base=base)]}
        (clash,) = teacher.send("/assessments", body).get_json()["clashes"]
        assert (clash["value"], clash["comment"]) == ("3", "Seul.")

    def test_ones_own_later_entry_is_no_clash(self, teacher: Visitor, school: School):
        """An answer that got lost on the way is sent again with the base it had."""
        first = school.pupils[0]
        base = teacher.get("/class").data["since"]
        for level in (2, 3):
            body = {"entries": [entry(first, level, base=base)]}
            assert teacher.send("/assessments", body).get_json()["clashes"] == []

    @pytest.mark.parametrize("seen", [False, True], ids=["alone", "over-a-colleagues"])
    def test_what_an_earlier_page_left_does_not_replace_ones_own_newer(
        self, teacher: Visitor, colleague: Visitor, school: School, seen
    ):
        """Kept by one computer in the morning; the same teacher rated the same cell on another since."""
        first = school.pupils[0]
        base = teacher.get("/class").data["since"]
        if seen:
            colleague.send("/assessments", {"entries": [entry(first, 2)]})
        teacher.send("/assessments", {"entries": [entry(first, 4)]})
        body = {"entries": [entry(first, 1, base=base, left=True)]}
        (clash,) = teacher.send("/assessments", body).get_json()["clashes"]
        assert (clash["value"], clash["own"]) == ("4", True)
        assert teacher.get("/class").data["students"][0]["levels"][0] == "4"

    def test_nor_ones_own_newer_words(self, teacher: Visitor, school: School):
        first = school.pupils[0]
        base = teacher.get("/class").data["since"]
        teacher.send("/assessments", {"entries": [entry(first, 3, comment="Le soir.")]})
        body = {"entries": [entry(first, 3, comment="Le matin.", base=base, left=True)]}
        (clash,) = teacher.send("/assessments", body).get_json()["clashes"]
        assert (clash["value"], clash["comment"], clash["own"]) == ("3", "Le soir.", True)

    def test_it_still_meets_a_colleagues(
        self, teacher: Visitor, colleague: Visitor, school: School
    ):
        first = school.pupils[0]
        base = teacher.get("/class").data["since"]
        colleague.send("/assessments", {"entries": [entry(first, 4)]})
        body = {"entries": [entry(first, 1, base=base, left=True)]}
        (clash,) = teacher.send("/assessments", body).get_json()["clashes"]
        assert (clash["value"], clash["own"]) == ("4", False)

    def test_what_was_left_and_had_arrived_all_the_same_is_no_clash(
        self, teacher: Visitor, school: School
    ):
        first = school.pupils[0]
        base = teacher.get("/class").data["since"]
        sent = entry(first, 2, comment="Vu.", base=base)
        for left in (False, True):
            body = {"entries": [{**sent, "left": left}]}
            assert teacher.send("/assessments", body).get_json()["clashes"] == []

    def test_a_form_never_overwrites_unseen(
        self, teacher: Visitor, colleague: Visitor, school: School
    ):
        first = school.pupils[0]
        page = teacher.get(f"/students/{first}")
        (base,) = page.values('//input[@name="base"]/@value')
        colleague.send("/assessments", {"entries": [entry(first, 4)]})
        teacher.submit(f"/students/{first}", {"base": base, f"level:{FIRST}": "1"})
        page = teacher.get(f"/students/{first}")
        assert page.texts('//p[contains(@class, "notice") and not(ancestor::noscript)]') == [
            f"{FIRST}\u202f: Inès O'Brien a mis «\u202fMaîtrisé\u202f» (24 nov. à 09:00) pendant votre "
            "saisie. Ce niveau reste\u202f; la page le montre, et vous pouvez le changer."
        ]
        assert page.values(f'//input[@name="level-was:{FIRST}"]/@value') == ["4"]


class TestOneCell:
    def test_it_is_told_in_full(self, teacher: Visitor, school: School):
        first = school.pupils[0]
        school.rate(first, FIRST, 3, "Clair.")
        cell = teacher.json(f"/students/{first}/cell.json?code={FIRST}")
        assert cell["above"] == [
            ["P1", "Production de services"],
            ["D1.1", "Analyse de la demande"],
            ["A1.1.03", "Étude des exigences liées à la qualité attendue d’un service"],
        ]
        assert (cell["value"], cell["shown"]) == ("3", None)
        assert cell["why"] == f"{teacher.base}/students/{first}/why#{FIRST}"

    @pytest.mark.parametrize("code", ["", "C9.9.99.9", "D1.1"])
    def test_what_is_no_competence_here_is_not_found(self, teacher: Visitor, school: School, code):
        path = f"{teacher.base}/students/{school.pupils[0]}/cell.json?code={code}"
        assert teacher.client.get(path).status_code == 404

    @pytest.mark.parametrize(
        ("state", "seen"),
        [
            pytest.param(DeclarationState.DRAFT, False, id="a-draft-is-the-students-own"),
            pytest.param(DeclarationState.ASKED, True, id="a-request-is-shown"),
        ],
    )
    def test_a_students_evidence(
        self, teacher: Visitor, school: School, parts: Wiring, clock: Clock, state, seen
    ):
        first = school.pupils[0]
        school.rate(first, FIRST, 2)
        with parts.store.write() as session:
            node = session.query(NodeKey).filter_by(code=FIRST).one()
            situation = Situation(
                course_id=school.course_id,
                learner_id=first,
                title="Stage",
                created_at=clock(),
            )
            declaration = Declaration(
                course_id=school.course_id,
                learner_id=first,
                node_id=node.id,
                words="J’ai tout installé.",
                state=state.value,
                changed_at=clock(),
                situation=situation,
            )
            link = Evidence(
                title="Dépôt",
                url="https://example.org/depot",
                created_at=clock(),
                declaration=declaration,
            )
            session.add_all([situation, declaration, link])
        shown = teacher.json(f"/students/{first}/cell.json?code={FIRST}")["shown"]
        assert shown == (
            {
                "state": "asked",
                "words": "J’ai tout installé.",
                "situation": "Stage",
                "pieces": [{"title": "Dépôt", "url": "https://example.org/depot"}],
            }
            if seen
            else None
        )


class TestKeptSentences:
    def test_they_are_kept_once_and_dropped(self, teacher: Visitor):
        for text in ("Relire l’énoncé.", "Bravo.", " Bravo. "):
            answer = teacher.send("/stock", {"text": text}).get_json()
        assert [text for _id, text in answer["stock"]] == ["Bravo.", "Relire l’énoncé."]
        assert teacher.get("/class").data["stock"] == answer["stock"]
        dropped = teacher.send("/stock", {"drop": answer["stock"][0][0]}).get_json()
        assert [text for _id, text in dropped["stock"]] == ["Relire l’énoncé."]

    def test_they_are_ones_own(self, teacher: Visitor, colleague: Visitor):
        ((mine, _text),) = teacher.send("/stock", {"text": "Bravo."}).get_json()["stock"]
        assert colleague.send("/stock", {"drop": mine}).status_code == 404
        assert colleague.send("/stock", {"text": "Oui."}).get_json()["stock"][0][1] == "Oui."

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            pytest.param({"text": "  "}, "La phrase est vide.", id="empty"),
            pytest.param(
                {"text": "a" * 1001}, "La phrase a 1001 caractères, au plus 1000.", id="long"
            ),
            pytest.param([], "L’envoi n’a pas la forme attendue. Rechargez la page.", id="list"),
        ],
    )
    def test_what_is_no_sentence_is_refused_in_words(self, teacher: Visitor, body, message):
        answer = teacher.send("/stock", body)
        assert (answer.status_code, answer.get_json()["message"]) == (400, message)


class TestAClassListOnItsWay:
    @pytest.fixture
    def unread(self, school: School, parts: Wiring) -> School:
        """A course whose list was never read, and has nobody yet."""
        from lti_app.models import Course, Membership

        with parts.store.write() as session:
            session.get_one(Course, school.course_id).roster_at = None
            for membership in session.query(Membership).filter_by(course_id=school.course_id):
                membership.active = False
        return school

    def test_the_page_waits_for_it_and_says_so(self, teacher: Visitor, unread: School):
        page = teacher.get("/class")
        assert page.text("//section/h2") == "La liste de la classe arrive"
        assert page.values("//noscript/meta/@content") == ["3"]
        assert teacher.json("/roster.json") == {"read": False, "failed": False}

    def test_a_failure_ends_the_waiting(self, teacher: Visitor, unread: School):
        teacher.submit("/roster", {})
        assert teacher.json("/roster.json") == {"read": False, "failed": True}
        assert teacher.get("/class").text("//section/h2") == "Aucun étudiant pour l’instant"


class TestPreferences:
    def test_they_are_remembered_for_oneself(self, teacher: Visitor, colleague: Visitor):
        for value in ("compact", "auto"):
            teacher.send("/preferences", {"name": "density", "value": value})
        teacher.send("/preferences", {"name": "show:12", "value": "D1.2"})
        assert teacher.get("/class").data["preferences"] == {"density": "auto", "show:12": "D1.2"}
        assert colleague.get("/class").data["preferences"] == {}

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({"name": "<b>", "value": "x"}, id="name"),
            pytest.param({"name": "density", "value": "x" * 41}, id="long"),
            pytest.param({"name": "density", "value": 1}, id="number"),
            pytest.param([], id="list"),
        ],
    )
    def test_what_no_page_sends_is_refused(self, teacher: Visitor, body):
        assert teacher.send("/preferences", body).status_code == 400
