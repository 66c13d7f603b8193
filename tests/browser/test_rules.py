"""Rules in a real Chromium: set, previewed, applied, and seen in the gradebook; nothing that axe-core minds."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, expect

from tests.browser.conftest import Visitor, follow
from tests.browser.looking import look

pytestmark = pytest.mark.browser

PART = "P1 Production de services"


def grid(visitor: Visitor) -> Frame:
    tool = visitor.open(PART)
    expect(tool.locator("#grid td.c").first).to_be_visible()
    return tool


def rate(visitor: Visitor, tool: Frame, key: str) -> None:
    """The first student's first competence, saved."""
    tool.locator("#grid td.c").first.click()
    visitor.page.keyboard.press(key)
    expect(tool.locator("#saving")).to_have_text("Enregistré")
    expect(tool.locator("td.pending")).to_have_count(0)


def first_letter(tool: Frame) -> str:
    return tool.locator("#grid td.c").first.inner_text().strip()[-1:]


def set_rules(tool: Frame) -> None:
    """A mean of the judgements, a mean of the levels, what is not assessed left out, a column a domain."""
    follow(tool, tool.get_by_role("link", name="Règles"))
    tool.get_by_text("La moyenne", exact=True).click()
    tool.get_by_text("Moyenne des niveaux", exact=True).click()
    tool.get_by_text("ne compte pas", exact=True).click()
    tool.get_by_label("Arrondi à").select_option("0.5")
    tool.get_by_text("Une de plus par domaine", exact=True).click()
    follow(tool, tool.get_by_role("button", name="Voir ce qui changerait"))


def test_a_rule_is_previewed_applied_and_arrives(person: Callable[[str], Visitor]) -> None:
    teacher = person("Camille Durand")
    tool = grid(teacher)
    rate(teacher, tool, "1")
    set_rules(tool)
    expect(tool.locator("main > h2")).to_have_text("Aucune note ne changerait")
    expect(tool.locator("main > .lead-in")).to_contain_text("1 note s’ajouterait.")
    follow(tool, tool.get_by_role("button", name="Appliquer et envoyer à Moodle"))
    expect(tool.locator("p.notice.success")).to_contain_text("Les règles sont changées.")

    colleague = person("Inès O'Brien")
    tool = grid(colleague)
    assert first_letter(tool) == "N"
    rate(colleague, tool, "4")
    expect(tool.locator("#grid td.c").first).to_contain_text("A")  # the mean of 1 and 4, not 4
    follow(tool, tool.get_by_role("link", name="Étudiant"))
    tool.get_by_text("Pourquoi cette note ?").click()
    follow(tool, tool.get_by_role("link", name="Le détail, compétence par compétence"))
    expect(tool.locator(".big")).to_contain_text("13,5 / 20")
    expect(tool.locator(".said small")).to_have_text(
        [re.compile("O'Brien.*compte pour 50"), re.compile("Durand.*compte pour 50")]
    )
    for _ in range(60):
        if "13,50" in (seen := colleague.gradebook()):
            break
        colleague.page.wait_for_timeout(500)
    assert "D1.1 Analyse de la demande" in seen
    assert seen.count("13,50") == 2  # the activity's column, and the domain's
    assert teacher.troubles + colleague.troubles == []


def test_only_what_the_chosen_rule_needs_is_asked(person: Callable[[str], Visitor]) -> None:
    tool = grid(person("Camille Durand"))
    follow(tool, tool.get_by_role("link", name="Règles"))
    needed = {
        "Part acquise": [],
        "Part acquise, avec coefficients": ["coefficients"],
        "Moyenne des niveaux": ["coefficients", "level_value"],
        "Points et compétences obligatoires": ["coefficients", "required"],
    }
    for title, names in needed.items():
        tool.get_by_text(title, exact=True).click()
        shown = [
            name
            for name in ("coefficients", "level_value", "required")
            if tool.locator(f'[name="{name}"]').first.is_visible()
        ]
        assert (title, shown) == (title, names)


def test_pages_for_everybody(person: Callable[[str], Visitor]) -> None:
    visitor = person("Camille Durand")
    tool = grid(visitor)
    rate(visitor, tool, "3")
    base = tool.url.rsplit("/", 1)[0]
    found = {}
    tool.goto(base + "/rules")
    for title in ("La moyenne décroissante", "Points et compétences obligatoires"):
        tool.get_by_text(title, exact=True).click()
    tool.get_by_text("Une de plus pour chaque partie choisie").click()
    found["rules"] = look(visitor, tool)
    tool.goto(base + "/rules")
    set_rules(tool)
    expect(tool.locator("table.changes")).to_be_visible()
    found["preview"] = look(visitor, tool)
    tool.goto(base + "/students")
    tool.goto(tool.url + "/why")
    tool.locator(".why-lines summary").first.click()
    found["why"] = look(visitor, tool)
    tool.goto(base + "/grades/check")
    found["check"] = look(visitor, tool)
    assert found == {"rules": {}, "preview": {}, "why": {}, "check": {}}


def test_columns_that_are_no_longer_wanted_are_removed(person: Callable[[str], Visitor]) -> None:
    teacher = person("Camille Durand")
    tool = grid(teacher)
    rate(teacher, tool, "1")
    set_rules(tool)
    follow(tool, tool.get_by_role("button", name="Appliquer et envoyer à Moodle"))
    expect(tool.locator("p.notice.success")).to_contain_text("Les règles sont changées.")
    for _ in range(60):  # until the worker has made the columns
        if "D1.4" in teacher.gradebook():
            break
        teacher.page.wait_for_timeout(500)
    tool = grid(teacher)
    follow(tool, tool.get_by_role("link", name="Règles"))
    tool.get_by_text("Une seule colonne", exact=True).click()
    follow(tool, tool.get_by_role("button", name="Voir ce qui changerait"))
    follow(tool, tool.get_by_role("button", name="Appliquer"))
    columns = tool.locator("section.outgrown li")
    expect(columns).to_have_count(4)
    columns.first.locator("summary").click()
    assert look(teacher, tool) == {}
    columns.first.get_by_role("button", name="Supprimer la colonne et ses notes").click()
    expect(tool.locator("p.notice.success")).to_contain_text("est supprimée de Moodle")
    expect(columns).to_have_count(3)
