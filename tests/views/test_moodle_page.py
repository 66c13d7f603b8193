"""The administrator keeps the référentiel of their Moodle up to date from a page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from lti_app.models import Platform
from lti_app.services.moodle import pushes
from tests.factories import School
from tests.services.moodle.builders import ids
from tests.services.moodle.server import TOKEN, FakeMoodle, running
from tests.services.moodle.world import World
from tests.views.conftest import Page

LEVELS = ["Non acquis", "En cours d'acquisition", "Acquis", "Maîtrisé"]
SCALE = "7"


@pytest.fixture
def moodle(school: School) -> Iterator[FakeMoodle]:
    """The Moodle of the school's platform, over HTTP."""
    world = World(scales={int(SCALE): list(LEVELS)}, courses={2: []})
    with running(FakeMoodle(world)) as up:
        with school.parts.store.write() as session:
            session.get_one(Platform, school.platform_id).issuer = up.url
        yield up


class Administrator:
    """``post("plan", prune="1")`` clicks a button; the page that follows is returned."""

    def __init__(self, app: Flask, school: School) -> None:
        app.config["WTF_CSRF_METHODS"] = ()
        self.client, base = school.enter(app, roles=("administrator",))
        self.base = base + "/moodle"

    def page(self) -> Page:
        return Page(self.client.get(self.base))

    def post(self, act: str, **fields: str) -> Page:
        return Page(self.client.post(f"{self.base}/{act}", data=fields, follow_redirects=True))

    def state(self) -> dict[str, object]:
        answer = self.client.get(self.base + "/state").json
        assert isinstance(answer, dict)
        return answer


@pytest.fixture
def administrator(app: Flask, school: School, moodle: FakeMoodle) -> Administrator:
    return Administrator(app, school)


@pytest.fixture
def connected(administrator: Administrator) -> Administrator:
    administrator.post("connect", token=TOKEN)
    return administrator


def notices(page: Page) -> list[str]:
    return page.texts('//p[contains(@class, "notice")]')


def test_without_a_token_the_page_asks_for_one_and_offers_nothing_else(
    administrator: Administrator,
) -> None:
    page = administrator.page()
    assert page.texts("//h2") == ["Services web de Moodle"]
    assert page.values('//input[@id="token"]/@type') == ["password"]


def test_a_token_is_kept_and_not_shown(administrator: Administrator) -> None:
    page = administrator.post("connect", token=TOKEN)
    assert notices(page) == ["Lycée d'essai accepte le jeton\u202f: il est gardé, chiffré."]
    assert TOKEN not in page.response.text
    assert page.texts("//h2") == [
        "Envoyer le référentiel",
        "S’en servir dans Moodle",
        "Services web de Moodle",
    ]


def test_a_wrong_token_is_refused_in_words(administrator: Administrator) -> None:
    (said,) = notices(administrator.post("connect", token="wrong"))
    assert said.startswith("Moodle ne connaît pas ce jeton.")
    assert administrator.page().texts("//h2") == ["Services web de Moodle"]


def test_a_token_can_be_forgotten(connected: Administrator) -> None:
    connected.post("disconnect")
    assert connected.page().texts("//h2") == ["Services web de Moodle"]


def test_the_plan_is_shown_and_nothing_is_changed(
    connected: Administrator, moodle: FakeMoodle
) -> None:
    page = connected.post("plan", scale_id=SCALE)
    assert page.text('//section[@aria-labelledby="plan"]/p[@role="status"]') == (
        "nouveau référentiel, 227 à créer, 2 relations, 0 inchangées"
    )
    assert page.texts("//summary")[:3] == ["Le référentiel (1)", "À créer (227)", "Relations (2)"]
    assert page.values('//form[contains(@action, "/push")]//input[@name="scale_id"]/@value') == [
        SCALE
    ]
    assert moodle.world.frameworks == {}


def test_a_push_is_made_by_a_worker_and_followed(
    connected: Administrator, moodle: FakeMoodle, school: School
) -> None:
    page = connected.post("push", scale_id=SCALE)
    assert page.text('//label[@for="progress"]') == "En attente de départ"
    assert page.values("//script/@src")[-1].endswith("/static/js/push.js")
    assert connected.state() == {"under_way": True, "done": 0, "total": 0}
    assert moodle.world.frameworks == {}
    pushes.run_due(school.parts)
    assert connected.state() == {"under_way": False, "done": 230, "total": 230}
    page = connected.page()
    assert page.texts('//section[@aria-labelledby="pushed"]/p') == [
        "✓ Moodle est comme le référentiel\u202f: 230 étapes, 24 nov. à 09:00."
    ]
    assert len(moodle.world.competencies) == 227
    assert page.values("//script/@src")[-1].endswith("/static/js/frame.js")


def test_after_a_push_the_plan_is_empty(connected: Administrator, school: School) -> None:
    connected.post("push", scale_id=SCALE)
    pushes.run_due(school.parts)
    page = connected.post("plan")
    assert "Il n’y a rien à envoyer." in page.texts('//section[@aria-labelledby="plan"]/p')
    assert page.values('//form[contains(@action, "/push")]/@action') == []


def test_a_push_without_scale_ends_with_what_to_do(
    connected: Administrator, school: School
) -> None:
    connected.post("push")
    pushes.run_due(school.parts)
    said = connected.page().texts('//section[@aria-labelledby="pushed"]/p')
    assert "mais l’échelle n° 7 les a" in said[0]
    assert said[1] == "Rien n’est perdu\u202f: un nouvel envoi reprend où celui-ci s’est arrêté."


def test_a_second_push_waits_its_turn(connected: Administrator) -> None:
    connected.post("push", scale_id=SCALE)
    assert notices(connected.post("push", scale_id=SCALE)) == [
        "L’envoi n° 1 vers ce Moodle est en cours ou en attente. Attendez qu’il se termine."
    ]


def test_removal_is_only_what_was_asked_for(
    connected: Administrator, moodle: FakeMoodle, school: School
) -> None:
    connected.post("push", scale_id=SCALE)
    pushes.run_due(school.parts)
    framework = next(iter(moodle.world.frameworks))
    stranger = {"shortname": "Ajoutée", "idnumber": "X1", "competencyframeworkid": framework}
    moodle.world.do_create_competency(stranger)
    page = connected.post("plan")
    assert page.texts('//section[@aria-labelledby="plan"]//summary') == [
        "Seulement dans Moodle, laissées (1)"
    ]
    page = connected.post("plan", prune="1")
    assert page.texts('//section[@aria-labelledby="plan"]//summary') == ["À supprimer (1)"]
    connected.post("push", prune="1")
    pushes.run_due(school.parts)
    assert "X1" not in ids(moodle.world)


def test_the_activitys_competences_are_linked_to_its_course(
    connected: Administrator, moodle: FakeMoodle, school: School
) -> None:
    connected.post("push", scale_id=SCALE)
    pushes.run_due(school.parts)
    assert notices(connected.post("course")) == ["153 compétences liées au cours."]
    assert len(moodle.world.courses[2]) == 153


def test_before_a_push_linking_says_what_comes_first(connected: Administrator) -> None:
    assert notices(connected.post("course")) == [
        "Le référentiel BTSSIO n’est pas dans ce Moodle. Envoyez-le d’abord."
    ]


def test_a_template_is_made_and_its_cohort_is_a_click_away(
    connected: Administrator, moodle: FakeMoodle, school: School
) -> None:
    connected.post("push", scale_id=SCALE)
    pushes.run_due(school.parts)
    page = connected.post("template", name="Plan de 1re année")
    (number,) = moodle.world.templates
    assert notices(page) == ["Le modèle «\u202fPlan de 1re année\u202f» est prêt dans Moodle."]
    assert (
        f"{moodle.url}/admin/tool/lp/template_cohorts.php?id={number}&pagecontextid=1"
        in page.values('//ul[@class="clicks"]//a/@href')
    )


def test_the_doctors_findings_lead_into_moodle(
    connected: Administrator, moodle: FakeMoodle
) -> None:
    moodle.functions -= {"core_competency_move_up_competency"}
    page = connected.post("examine")
    wrong = page.texts('//li[@class="wrong"]/b')
    assert "Fonctions pour envoyer un référentiel" in wrong
    assert f"{moodle.url}/admin/settings.php?section=externalservices" in page.values(
        '//li[@class="wrong"]/a/@href'
    )


def test_a_moodle_that_is_away_is_a_sentence_not_an_error(
    connected: Administrator, moodle: FakeMoodle
) -> None:
    moodle.maintenance = True
    page = connected.post("plan")
    assert page.status == 200
    assert notices(page)[0].startswith("Moodle n’a pas répondu (")


def test_the_platform_page_leads_here(app: Flask, school: School, moodle: FakeMoodle) -> None:
    client, base = school.enter(app, roles=("administrator",))
    assert f'href="{base}/moodle"' in client.get(base + "/platform").text
