"""The pages of a declaration and of situations, as a student without JavaScript uses them."""

from __future__ import annotations

import io

import pytest

from lti_app.models import CourseChoices
from lti_app.services.portfolio import uploads
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.uploads import PDF, PNG
from tests.views.conftest import Enter, Visitor

CODE = "C1.1.03.1"
HERE = f"/declarations/{CODE}"


@pytest.fixture
def student(enter: Enter, school: School) -> Visitor:
    """Abdelli, the first of the class."""
    return enter(school.pupils[0], "learner")


def tell(student: Visitor, act: str = "keep", **fields: object):
    """Sends the form, then looks at the page that follows."""
    answer = student.submit(HERE, {"act": act, **fields}, token_at=HERE)
    assert answer.status_code == 303
    return student.get(HERE)


def notice(page) -> list[str]:
    return page.texts('//p[starts-with(@class, "notice")]')


def test_the_page_names_the_competence_and_where_it_stands(student: Visitor, school: School):
    school.rate(school.pupils[0], CODE, 2, "Il manque un test.")
    page = student.get(HERE)
    assert page.text("//h1").startswith("Recenser et caractériser les exigences")
    assert page.texts('//section[@aria-labelledby="standing"]//li/div') == [
        "En cours d’acquisition24 nov. · Camille DurandIl manque un test."
    ]


def test_a_draft_is_kept_and_shown_again(student: Visitor):
    page = tell(student, words="J’ai installé le serveur.\r\nPuis testé.")
    assert notice(page) == ["C’est enregistré."]
    assert page.text('//textarea[@id="words"]') == "J’ai installé le serveur. Puis testé."
    assert page.texts('//span[starts-with(@class, "state")]') == ["✎ Brouillon"]


def test_asking_closes_the_form_until_it_is_withdrawn(student: Visitor):
    page = tell(student, "ask", words="Fait.")
    assert notice(page) == ["Votre demande est envoyée. La réponse apparaîtra ici."]
    assert page.values("//textarea") == []
    student.submit(HERE + "/withdraw", {}, token_at=HERE)
    assert student.get(HERE).text('//textarea[@id="words"]') == "Fait."


def test_words_are_kept_when_the_file_beside_them_is_refused(student: Visitor):
    page = tell(student, "ask", words="Voici.", file=(io.BytesIO(b"MZ\x90\x00"), "rapport.pdf"))
    assert notice(page)[0].startswith("Ce type de fichier n’est pas accepté.")
    assert page.text('//textarea[@id="words"]') == "Voici."
    assert page.texts('//span[starts-with(@class, "state")]') == ["✎ Brouillon"]


def test_too_large_a_file_is_refused_with_words(student: Visitor, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_SIZE", len(PDF) - 1)
    page = tell(student, words="Voici.", file=(io.BytesIO(PDF), "a.pdf"))
    assert notice(page) == ["Ce fichier dépasse 5 Mo. Un lien vers lui convient aussi."]


def test_a_link_shows_where_it_leads(student: Visitor):
    page = tell(student, url="https://forge.exemple.fr/moi", url_title="Mon dépôt <b>")
    assert page.text('//ul[@class="evidence"]//span[@class="what"]') == (
        "Mon dépôt <b> (nouvel onglet) forge.exemple.fr ↗"
    )
    assert page.values('//ul[@class="evidence"]//a/@rel') == ["noopener noreferrer"]


def test_a_file_is_downloaded_under_its_true_type_and_runs_nothing(student: Visitor):
    page = tell(student, file=(io.BytesIO(PDF), "../Rapport d’été.pdf.exe"))
    (href,) = page.values('//ul[@class="evidence"]//a/@href')
    answer = student.client.get(href)
    assert answer.data == PDF
    kept = {
        name: answer.headers[name]
        for name in (
            "Content-Type",
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "Cross-Origin-Resource-Policy",
            "Cache-Control",
        )
    }
    assert kept == {
        "Content-Type": "application/pdf",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
    }
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "Rapport-d%E2%80%99%C3%A9t%C3%A9-pdf-exe.pdf" in answer.headers["Content-Disposition"]


def test_a_piece_is_taken_away(student: Visitor):
    page = tell(student, file=(io.BytesIO(PNG), "écran.png"))
    (action,) = page.values('//form[starts-with(@id, "remove-")]/@action')
    student.submit(action.removeprefix(student.base), {}, token_at=HERE)
    assert student.get(HERE).values('//ul[@class="evidence"]') == []


def test_a_competence_outside_the_activity_is_not_found(student: Visitor):
    assert student.get("/declarations/C9.9.99.9").status == 404


def test_a_situation_is_told_once_and_cited(student: Visitor):
    answer = student.submit("/situations", {"title": "Stage chez Néovia"}, token_at="/situations")
    there = answer.location.removeprefix(student.base)
    fields = {"title": "Stage", "story": "Cinq semaines.", "begins_on": "2026-10-05", "ends_on": ""}
    student.submit(there, {**fields, "file": (io.BytesIO(PNG), "écran.png")}, token_at=there)
    key = there.rpartition("/")[2]
    tell(student, "ask", situation=key)
    page = student.get(there)
    assert page.texts('//section[@aria-labelledby="what"]/p')[0] == (
        "Une demande la cite\u202f: elle ne change pas avant la réponse."
    )
    assert page.texts(
        '//section[@aria-labelledby="shows"]//span[starts-with(@class, "state")]'
    ) == ["→ Demande envoyée"]
    assert student.get("/situations").texts('//section[@class="card-box situation"]/p') == [
        "5 octobre 2026",
        "Cinq semaines.",
        "1 compétence · 1 preuve",
    ]


def test_dates_out_of_order_are_refused_and_the_rest_stays(student: Visitor):
    answer = student.submit("/situations", {"title": "Stage"}, token_at="/situations")
    there = answer.location.removeprefix(student.base)
    fields = {"title": "Autre", "begins_on": "2026-10-05", "ends_on": "2026-10-04"}
    student.submit(there, fields, token_at=there)
    page = student.get(there)
    assert (notice(page), page.text("//h1")) == (
        ["La date de fin précède la date de début."],
        "Stage",
    )


@pytest.mark.parametrize("path", ["/situations/{id}", "/evidence/{id}"])
def test_nothing_of_a_classmate_opens(student: Visitor, enter: Enter, school: School, path):
    tell(student, file=(io.BytesIO(PDF), "a.pdf"), new_situation="La mienne")
    classmate = enter(school.pupils[1], "learner")
    assert student.client.get(student.base + path.format(id=1)).status_code == 200
    assert classmate.get(path.format(id=1)).status == 404


@pytest.mark.parametrize(
    ("informal", "path", "title"),
    [
        (False, "/progress", "Vos compétences"),
        (True, "/progress", "Tes compétences"),
        (True, "/situations", "Tes situations professionnelles"),
    ],
)
def test_pages_say_vous_or_tu(
    student: Visitor, school: School, parts: Wiring, informal, path, title
):
    with parts.store.write() as session:
        session.add(CourseChoices(course_id=school.course_id, informal=informal))
    assert student.get(path).text("//h1") == title


def test_the_services_setting_holds_where_teachers_did_not_choose(
    enter: Enter, school: School, parts: Wiring
):
    object.__setattr__(parts.settings, "informal", True)
    assert enter(school.pupils[0], "learner").get("/progress").text("//h1") == "Tes compétences"
