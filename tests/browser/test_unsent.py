"""Entries that did not reach the server: kept, tried again, taken up by the next page, asked about on leaving."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.conftest import Visitor, touch
from tests.browser.grid import Grid, own_tab

pytestmark = pytest.mark.browser
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event("visibilitychange"));
}"""
KEPT = "() => Object.keys(localStorage).filter(name => name.includes('unsent')).length"
PAGE = "<!doctype html><title>Filtrage</title><p>Accès refusé."


@pytest.fixture
def grid(person: Callable[[str], Visitor]) -> Grid:
    return Grid(person("Camille Durand"))


@pytest.fixture
def tabs(grid: Grid, context: BrowserContext) -> Iterator[Callable[[str], Page]]:
    """Opens the activity's pages outside the LMS's frame."""
    base = grid.frame.url.rsplit("/", 1)[0]
    yield lambda page: own_tab(context, f"{base}/{page}")


def unplug(tab: Page) -> None:
    tab.route("**/assessments", lambda route: route.abort())


def plug_in(tab: Page) -> None:
    tab.unroute("**/assessments")


def rate_first(tab: Page, *keys: str) -> None:
    """From the first student's first competence on."""
    tab.locator("#grid td.c").first.click()
    for key in keys:
        tab.keyboard.press(key)
    expect(tab.locator("#saving")).to_contain_text("Hors connexion")


def choose(tab: Page, *codes: str) -> None:
    """The competences of the séance."""
    tab.goto(tab.url.rsplit("/", 1)[0] + "/session/choose")
    for code in codes:
        tab.get_by_label(re.compile(re.escape(code))).check()
    tab.get_by_role("button", name="Commencer la séance").click()
    tab.wait_for_url("**/session")


def level(tab: Page, name: str) -> Locator:
    """The level of that name of the séance's first student."""
    row = tab.locator("li[data-learner]").filter(has_text="ABADIE")
    return row.get_by_role("radio", name=name, exact=True)


def test_the_sitting_sends_what_the_class_page_could_not(
    grid: Grid, tabs: Callable[[str], Page]
) -> None:
    tab = tabs("class")
    choose(tab, "C1.1.03.1", "C1.2.01.2")
    tab.goto(tab.url.replace("/session", "/class"))
    unplug(tab)
    rate_first(tab, "3", "4")  # the second is none of today's
    plug_in(tab)
    tab.goto(tab.url.replace("/class", "/session"))
    expect(tab.locator("#saving")).to_contain_text("2 saisies de votre dernière visite")
    expect(level(tab, "Acquis")).to_be_checked()
    expect(tab.locator("li.pending")).to_have_count(0)
    assert tab.evaluate(KEPT) == 0
    grid.reload()
    assert grid.letters(range(1), range(3)) == ["AM-"]


def test_what_was_touched_in_a_sitting_goes_at_its_next_visit(tabs: Callable[[str], Page]) -> None:
    tab = tabs("class")
    choose(tab, "C1.1.03.1", "C1.2.01.2")
    unplug(tab)
    level(tab, "Acquis").locator("xpath=ancestor::label").click()
    expect(tab.locator("#saving")).to_contain_text("Hors connexion")
    plug_in(tab)
    tab.get_by_role("link", name="Compétence suivante").click()
    expect(tab.locator("#saving")).to_contain_text("1 saisie de votre dernière visite")
    expect(level(tab, "Acquis")).not_to_be_checked()
    tab.goto(tab.url.rsplit("?")[0])
    expect(level(tab, "Acquis")).to_be_checked()


def test_each_entry_held_back_is_a_line_of_its_own_in_the_sitting(
    grid: Grid, tabs: Callable[[str], Page], person: Callable[[str], Visitor]
) -> None:
    tab = tabs("class")
    choose(tab, "C1.1.03.1", "C1.2.01.2")
    tab.goto(tab.url.replace("/session", "/class"))
    unplug(tab)
    tab.locator("#grid td.c").first.click()
    tab.keyboard.press("c")
    tab.locator("#comment-text").fill("Plan à revoir.")
    tab.keyboard.press("Control+Enter")
    rate_first(tab, "1", "1", "1")
    ines = Grid(person("Inès O'Brien"))
    ines.cell(0, 0).click()
    ines.press("4", "4")
    ines.saved()
    plug_in(tab)
    tab.goto(tab.url.replace("/class", "/session"))
    notes = tab.locator(".row-notes p")
    expect(tab.locator("#saving")).to_contain_text("1 saisie de votre dernière visite")
    expect(notes).to_have_text(
        [
            re.compile("^Inès O'Brien .*Maîtrisé · vous.* Non acquis Plan à revoir"),
            re.compile("^C1.1.03.2 Inès O'Brien .*Maîtrisé · vous.* Non acquis"),
        ]
    )
    expect(level(tab, "Maîtrisé")).to_be_checked()
    ines.cell(0, 0).click()
    ines.press("3")
    expect(notes).to_have_count(3, timeout=6000)  # what she does now wipes nothing away
    expect(level(tab, "Acquis")).to_be_checked()
    notes.nth(1).get_by_role("button", name="Mettre le mien").click()
    notes.first.get_by_role("button", name="Mettre le mien").click()  # not over what she did now
    expect(notes).to_have_text([re.compile("Acquis · vous")])
    notes.get_by_role("button", name="Mettre le mien").click()
    expect(notes).to_have_count(0)
    expect(level(tab, "Non acquis")).to_be_checked()
    expect(tab.locator("li.pending")).to_have_count(0)
    expect(tab.locator("#saving")).to_have_text("Enregistré")
    grid.reload()
    assert grid.letters(range(1), range(3)) == ["NNN"]
    expect(grid.cell(0, 0)).to_have_accessible_name(re.compile("avec un commentaire"))


@pytest.mark.parametrize("page", ["class", "session"])
def test_what_was_left_over_does_not_replace_ones_own_newer(
    grid: Grid, tabs: Callable[[str], Page], page: str
) -> None:
    """Typed here without a network; then on another computer, by the same teacher."""
    tab = tabs("class")
    choose(tab, "C1.1.03.1", "C1.2.01.2")
    tab.goto(tab.url.replace("/session", "/class"))
    unplug(tab)
    rate_first(tab, "1", "1")
    grid.cell(0, 0).click()
    grid.press("4")
    grid.saved()
    plug_in(tab)
    tab.goto(tab.url.replace("/class", f"/{page}"))
    asked = tab.locator("#clash-list li" if page == "class" else ".row-notes p")
    expect(asked).to_have_text(
        re.compile("Vous, sur une autre page .*Maîtrisé.* saisie non envoyée.* ?○?Non acquis")
    )
    expect(tab.locator("#saving")).to_contain_text("1 saisie de votre dernière visite")
    asked.get_by_role("button", name="Garder la plus récente").click()
    expect(asked).to_have_count(0)
    grid.reload()
    assert grid.letters(range(1), range(2)) == ["MN"]


def test_what_is_typed_over_what_was_left_over_is_not_asked_about(
    grid: Grid, tabs: Callable[[str], Page]
) -> None:
    tab = tabs("class")
    unplug(tab)
    rate_first(tab, "1", "1")
    grid.cell(0, 0).click()
    grid.press("4", "4")
    grid.saved()
    tab.goto("about:blank")
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        held.append(route)
        if len(held) > 1:
            route.abort()

    tab.route("**/assessments", hold_the_first)
    tab.go_back()
    first, second = (tab.locator("#grid td.c").nth(place) for place in (0, 1))
    expect(first).to_have_text("N")
    while not held:
        tab.wait_for_timeout(20)
    first.click()
    tab.keyboard.press("2")  # while what was left over is under way
    held[0].abort()
    expect(tab.locator("#saving")).to_contain_text("Hors connexion")
    second.click()
    tab.keyboard.press("2")  # while it waits
    expect(second).to_have_text("E")
    tab.unroute("**/assessments", hold_the_first)
    plug_in(tab)
    expect(tab.locator("#saving")).to_have_text("Enregistré")
    expect(tab.locator("#clashes")).to_be_hidden()
    grid.reload()
    assert grid.letters(range(1), range(2)) == ["EE"]


def test_a_page_in_the_background_keeps_what_it_has_not_sent_and_sends_it_once(
    tabs: Callable[[str], Page],
) -> None:
    tab = tabs("class")
    unplug(tab)
    rate_first(tab, "3")
    tab.evaluate(HIDE, True)
    assert tab.evaluate(KEPT) == 1
    tab.evaluate(HIDE, False)
    plug_in(tab)
    expect(tab.locator("#saving")).to_have_text("Enregistré")
    assert tab.evaluate(KEPT) == 0


def test_one_tab_leaves_another_tabs_and_takes_them_when_that_is_gone(
    grid: Grid, tabs: Callable[[str], Page]
) -> None:
    first = tabs("class")
    unplug(first)
    rate_first(first, "3")
    first.evaluate(HIDE, True)
    second = tabs("class")
    second.locator("#grid td.c").nth(1).click()
    second.keyboard.press("4")
    expect(second.locator("#saving")).to_have_text("Enregistré")
    assert second.evaluate(KEPT) == 1
    expect(second.locator("#grid td.c").first).to_have_text("")
    first.close()  # dropped by the browser: it hears of nothing
    expect(second.locator("#saving")).to_contain_text("1 saisie de votre dernière visite")
    expect(second.locator("#grid td.c").first).to_have_text("A")
    assert second.evaluate(KEPT) == 0
    grid.reload()
    assert grid.letters(range(1), range(3)) == ["AM-"]


@pytest.mark.parametrize(
    ("status", "body"), [(200, PAGE), (200, '{"students": ['), (403, PAGE), (401, PAGE)]
)
def test_an_answer_that_is_not_the_servers_refuses_nothing(
    grid: Grid, status: int, body: str
) -> None:
    grid.page.route("**/assessments", lambda route: route.fulfill(status=status, body=body))
    grid.cell(0, 0).click()
    grid.press("3", "4")
    expect(grid.frame.locator("#saving")).to_contain_text("Hors connexion\u202f: 2 saisies")
    assert grid.letters(range(1), range(3)) == ["AM-"]
    grid.page.unroute("**/assessments")
    grid.saved()
    grid.reload()
    assert grid.letters(range(1), range(3)) == ["AM-"]


def test_an_answer_that_never_comes_is_not_waited_for(
    context: BrowserContext, person: Callable[[str], Visitor]
) -> None:
    context.add_init_script(
        "const wait = setTimeout; window.setTimeout = (act, ms) => wait(act, Math.min(ms ?? 0, 2000));"
    )
    grid = Grid(person("Camille Durand"))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    grid.page.route("**/assessments", hold)
    grid.cell(0, 0).click()
    grid.press("3")
    expect(grid.frame.locator("#saving")).to_contain_text("Hors connexion")
    grid.page.unroute("**/assessments")
    grid.saved()


@pytest.mark.parametrize("page", ["class", "session"])
def test_an_older_browser_saves_too(
    tabs: Callable[[str], Page], context: BrowserContext, page: str
) -> None:
    """Safari 15: an iPad that gets no newer one."""
    tab = tabs("class")
    choose(tab, "C1.1.03.1", "C1.2.01.2")
    context.add_init_script(
        "delete AbortSignal.timeout; delete AbortSignal.any; delete Navigator.prototype.locks;"
    )
    tab.goto(tab.url.replace("/session", f"/{page}"))
    if page == "class":
        tab.locator("#grid td.c").first.click()
        tab.keyboard.press("3")
    else:
        touch(level(tab, "Acquis"))
    expect(tab.locator("#saving")).to_have_text("Enregistré")


def test_an_older_browser_goes_to_the_student_chosen(
    tabs: Callable[[str], Page], context: BrowserContext
) -> None:
    context.add_init_script("delete HTMLFormElement.prototype.requestSubmit;")
    tab = tabs("students")
    tab.wait_for_url("**/students/*")
    choice = tab.locator("#learner")
    other = choice.locator("option").nth(1).get_attribute("value")
    choice.select_option(other)
    tab.wait_for_url(f"**/students/{other}")


class TestLeaving:
    """Whether the browser asks, the tool being in the LMS's frame."""

    @pytest.fixture
    def asked(self, grid: Grid) -> list[str]:
        asked: list[str] = []

        def leave(dialog: object) -> None:
            asked.append(dialog.type)  # type: ignore[attr-defined]
            dialog.accept()  # type: ignore[attr-defined]

        grid.page.on("dialog", leave)
        return asked

    def leave(self, grid: Grid) -> None:
        grid.page.goto(f"{grid.visitor.site.lms_url}/my/")

    def test_it_asks_while_entries_wait(
        self, grid: Grid, asked: list[str], context: BrowserContext
    ) -> None:
        unplug(grid.page)
        grid.cell(0, 0).click()
        grid.press("3")
        expect(grid.frame.locator("#saving")).to_contain_text("Hors connexion")
        self.leave(grid)
        assert asked == ["beforeunload"]

    def test_it_does_not_once_they_are_saved(self, grid: Grid, asked: list[str]) -> None:
        grid.cell(0, 0).click()
        grid.press("3")
        grid.saved()
        self.leave(grid)
        assert asked == []
