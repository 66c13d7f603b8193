"""The administrator imports a référentiel: the plan on one page, agreed to on the next, and the way back."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from flask import Flask

from lti_app.services.activities.framing import LinkSettings
from lti_app.services.referentials import importing
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.referentials.importing import Author
from lti_app.services.referentials.reading import Upload
from tests.factories import School, platform_row
from tests.services.referentials.samples import ROWS, table, without

NARROW = "\u202f"


class Desk:
    """An administrator's browser on these pages."""

    def __init__(self, app: Flask, school: School) -> None:
        app.config["WTF_CSRF_METHODS"] = ()
        self.parts = school.parts
        self.platform_id = school.platform_id
        self.client, base = school.enter(app, roles=("administrator",))
        self.base = base + "/referentials"

    def get(self, path=""):
        return self.client.get(self.base + path)

    def upload(self, rows=ROWS, *, data=None, name="cap.csv", code="CAP", title="CAP Cuisine"):
        content = data if data is not None else table(rows)
        form = {"file": (io.BytesIO(content), name), "code": code, "title": title}
        return self.client.post(self.base + "/plan", data=form)

    def apply(self, page):
        return self.client.post(self.base + "/apply", data={"draft": hidden(page, "draft")})

    def load(self, rows=ROWS, **more):
        page = self.apply(self.upload(rows, **more))
        assert page.status_code == 303
        return page

    def codes(self, name="CAP", platform_id=None):
        with self.parts.store.read() as session:
            found = Catalogue(session, platform_id or self.platform_id).get(name)
            return [node.code for node in found]


@pytest.fixture
def desk(app: Flask, school: School) -> Desk:
    return Desk(app, school)


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


def words(page):
    """The page's text without tags, all spaces plain."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", page.text)).split())


def lines(page):
    """The lines of the plan, with their signs."""
    found = re.findall(
        r'<li><span class="sign" aria-hidden="true">(.*?)</span> (.*?)</li>', page.text
    )
    return [unescape(f"{sign} {line}") for sign, line in found]


def test_the_plan_comes_first_and_changes_nothing(desk):
    page = desk.upload()
    assert page.status_code == 200
    assert lines(page) == [
        "+ B1 Préparer",
        "+ C1 Éplucher",
        "+ C2 Émincer",
        "+ B2 Cuire",
        "+ C3 Saisir",
    ]
    assert "CAP Cuisine" not in desk.get().text


def test_agreed_to_it_is_the_version_that_counts(desk):
    answer = desk.load()
    assert answer.location.endswith("/referentials/versions/CAP")
    assert desk.codes() == ["B1", "C1", "C2", "B2", "C3"]
    page = words(desk.client.get(answer.location))
    assert "« CAP Cuisine » : la version 1 compte désormais." in page
    assert "Version 1 compte actuellement 5 éléments" in page


def test_a_change_is_shown_with_both_wordings_and_places(desk):
    desk.load()
    rows = [*without(ROWS, "C1", "C3"), ("C1", "B2", "Éplucher vite", "")]
    page = desk.upload(rows, title="")
    assert lines(page) == [
        f"~ C1, intitulé{NARROW}: «{NARROW}Éplucher{NARROW}» → «{NARROW}Éplucher vite{NARROW}»",
        f"~ C1, description{NARROW}: «{NARROW}Laver avant.{NARROW}» → ∅",
        f"> C1 Éplucher vite{NARROW}: B1 → B2",
        "− C3 Saisir",
    ]


def test_a_wrong_file_is_explained_line_by_line(desk):
    page = desk.upload([*ROWS, ("C9", "B9", "Seul", "")])
    assert page.status_code == 422
    said = words(page)
    assert "Le fichier cap.csv n’est pas importé" in said
    assert "Ligne 7 Le parent de C9, « B9 », ne figure pas dans le fichier." in said
    assert 'value="CAP Cuisine"' in page.text, "what was typed stays typed"


def test_what_a_file_holds_is_shown_as_text(desk):
    page = desk.upload([("B1", "", "<script>alert(1)</script>", ""), ("C1", "B1", "R&D", "")])
    assert "<script>alert" not in page.text
    assert lines(page) == ["+ B1 <script>alert(1)</script>", "+ C1 R&D"]


def test_without_a_file_it_asks_for_one(desk):
    page = desk.client.post(desk.base + "/plan", data={"code": "CAP"}, follow_redirects=True)
    assert "Choisissez d’abord un fichier." in words(page)


def test_the_same_again_has_nothing_to_agree_to(desk):
    desk.load()
    page = desk.upload(title="")
    assert "Il n’y a rien à changer" in words(page)
    assert "Appliquer ce plan" not in words(page)


def test_an_assessment_that_would_no_longer_show_is_announced(app, school, desk):
    desk.load()
    with school.parts.store.write() as session:
        from lti_app.models import ResourceLink

        link = session.get_one(ResourceLink, school.link_id)
        link.settings = LinkSettings(referential="CAP").to_json()
    school.rate(school.pupils[0], "C2", 3)
    said = words(desk.upload(without(ROWS, "C2"), title=""))
    assert "C2 Émincer est retiré : 1 élève y est évalué." in said


def test_a_plan_that_is_too_old_is_not_applied(desk):
    old = desk.upload()
    desk.load(without(ROWS, "C3"))
    answer = desk.apply(old)
    assert answer.status_code == 303
    assert "a changé entre-temps" in words(desk.client.get(answer.location))
    assert desk.codes() == ["B1", "C1", "C2", "B2"]


def test_a_draft_is_used_once_and_by_its_owner_alone(app, school, desk):
    page = desk.upload()
    client, base = school.enter(app, school.assistant_id, roles=("administrator",))
    data = {"draft": hidden(page, "draft")}
    assert client.post(base + "/referentials/apply", data=data).status_code == 404
    assert desk.apply(page).status_code == 303
    assert desk.apply(page).status_code == 404


def test_a_draft_expires(desk, clock):
    page = desk.upload()
    clock.forward(hours=13)
    assert desk.client.post(
        desk.base + "/apply", data={"draft": hidden(page, "draft")}
    ).status_code in (401, 404)
    with pytest.raises(Exception, match="n’est pas installé"):
        desk.codes()


def test_an_earlier_version_can_count_again(desk):
    desk.load()
    desk.load(without(ROWS, "C2"), title="")
    plan = desk.client.post(desk.base + "/versions/CAP/plan", data={"number": "1"})
    assert lines(plan) == ["+ C2 Émincer"]
    form = {"number": "1", "base": hidden(plan, "base")}
    assert desk.client.post(desk.base + "/versions/CAP/restore", data=form).status_code == 303
    assert desk.codes() == ["B1", "C1", "C2", "B2", "C3"]
    again = desk.client.post(desk.base + "/versions/CAP/restore", data=form, follow_redirects=True)
    assert "a changé entre-temps" in words(again)


@pytest.mark.parametrize("path", ["/versions/BEP", "/template.ods"])
def test_what_there_is_not_is_a_404(desk, path):
    assert desk.get(path).status_code == 404


def test_an_import_is_for_this_platform_alone(desk, parts, clock):
    desk.load(code="BTSSIO", title="BTS d’ici")
    assert desk.codes("bts-sio") == ["B1", "C1", "C2", "B2", "C3"]
    with parts.store.write() as session:
        other = platform_row(clock(), "http://127.0.0.1:8", "client-2")
        session.add(other)
        session.flush()
        other_id = other.id
    assert len(desk.codes("bts-sio", other_id)) == 227


def test_what_the_service_has_imported_is_said(desk, parts, clock):
    with parts.store.write() as session:
        catalogue = Catalogue(session, None)
        upload = Upload("cap.csv", table())
        proposal = importing.propose(catalogue, upload, "CAP", "CAP Cuisine").proposal
        importing.apply(catalogue, proposal, "cap.csv", Author("root"), clock())
    assert "CAP Cuisine CAP · version 1, pour tout le service" in words(desk.get())


@pytest.mark.parametrize(
    ("kind", "start", "content_type"),
    [
        pytest.param("csv", b"\xef\xbb\xbfcode;parent", "text/csv; charset=utf-8", id="csv"),
        pytest.param(
            "xlsx",
            b"PK\x03\x04",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            id="xlsx",
        ),
    ],
)
def test_the_template_downloads_and_imports(desk, kind, start, content_type):
    answer = desk.get(f"/template.{kind}")
    assert answer.content_type == content_type
    assert answer.data.startswith(start)
    assert desk.upload(data=answer.data, name=f"m.{kind}", code="EX").status_code == 200


@pytest.mark.parametrize("role", ["teacher", "learner"])
def test_only_administrators_come_in(app, school, role):
    client, base = school.enter(app, roles=(role,))
    assert client.get(base + "/referentials").status_code == 403
