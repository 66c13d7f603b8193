"""What the class grid shows and how: in Moodle's small frame, transposed, filtered, by team, in detail."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from lti_app.demo.run import Running
from lti_app.models import GradeSync, SyncState
from tests.browser.conftest import Visitor
from tests.browser.grid import Grid, own_tab, paste

pytestmark = pytest.mark.browser

ROWS_WHOLLY_SEEN = """() => {
    const box = document.getElementById("grid-box").getBoundingClientRect();
    const rows = [...document.querySelectorAll("#grid tbody tr")];
    return rows.filter((row) => row.getBoundingClientRect().bottom <= box.bottom + 1).length;
}"""

LAYERS = """() => [...document.querySelectorAll("#grid tbody td")].filter((cell) =>
    [null, "::before", "::after"].map((part) => getComputedStyle(cell, part)).some((style) =>
        style.opacity !== "1" || style.position !== "static" || style.willChange !== "auto")).length"""
FROM_NAMES = """() => {
    const [cell, grade] = ["td.c", "td.grade"].map((name) => document.querySelector(`#grid tbody ${name}`));
    return Math.round(cell.getBoundingClientRect().left - grade.getBoundingClientRect().right);
}"""

PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done))))"
AT_THE_END = """() => {
    const box = document.getElementById("grid-box");
    return box.scrollTop > 0 && box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
}"""
SIDEWAYS = "getComputedStyle(document.getElementById('grid-box')).overscrollBehaviorX"
SCROLLED = "() => { const box = document.getElementById('grid-box'); return [box.scrollLeft, box.scrollTop]; }"
HIDDEN_BY = """() => {
    const cell = document.activeElement.getBoundingClientRect();
    const box = document.getElementById("grid-box");
    const { right, bottom } = box.getBoundingClientRect();
    const side = document.querySelector("#grid tbody .pinned").getBoundingClientRect().right;
    const head = document.querySelector("#grid thead").getBoundingClientRect().bottom;
    const seen = [cell.left >= side - 1, cell.top >= head - 1, cell.right <= right + 1, cell.bottom <= bottom + 1];
    return ["side", "head", "right", "bottom"].filter((_name, place) => !seen[place]);
}"""


@pytest.fixture
def grid(person: Callable[[str], Visitor]) -> Grid:
    return Grid(person("Camille Durand"))


def test_students_that_fit_without_scrolling(grid: Grid) -> None:
    """In Moodle's frame beside its open drawer, on a small laptop, in a narrow frame, on a phone."""
    for width, height, rows in ((885, 480, 15), (1280, 620, 15), (390, 480, 6), (390, 800, 13)):
        grid.resize(width, height)
        assert (width, grid.frame.evaluate(ROWS_WHOLLY_SEEN) >= rows) == (width, True)
        assert grid.frame.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_moves_when_something_is_saved(grid: Grid) -> None:
    places = "() => [...document.querySelectorAll('#grid tbody td.c, .toolbar, .foot, .acts')].slice(0, 60).map(e => { const r = e.getBoundingClientRect(); return [r.x, r.y]; })"
    grid.cell(0, 0).click()
    before = grid.frame.evaluate(places)
    grid.press("3", "1")
    during = grid.frame.evaluate(places)
    grid.saved()
    expect(grid.frame.get_by_title("note envoyée à Moodle").first).to_be_visible()
    assert [during, grid.frame.evaluate(places)] == [before, before]


def test_a_cell_is_painted_with_its_row(grid: Grid) -> None:
    """Each cell that were a layer of its own would be walked through at every key: there are thousands."""
    grid.cell(0, 0).click()
    grid.press("Shift+ArrowDown")
    assert grid.frame.locator("td.c.lv0").count() > 0
    assert grid.frame.evaluate(LAYERS) == 0


def test_the_table_follows_the_cursor_out_of_sight_and_back(grid: Grid) -> None:
    grid.resize(700, 480)
    grid.frame.get_by_label("Partie à afficher").select_option("")
    grid.cell(0, 0).click()
    before = grid.frame.evaluate(SCROLLED)
    for keys in (["ArrowRight"] * 15 + ["3"], ["Control+End"], ["ArrowLeft"] * 9, ["Control+Home"]):
        grid.press(*keys)
        grid.frame.evaluate(PAINTED)
        assert (keys[0], grid.frame.evaluate(HIDDEN_BY)) == (keys[0], [])
    assert grid.frame.evaluate(SCROLLED) == before


def test_a_chosen_part_stands_next_to_the_names(grid: Grid) -> None:
    grid.resize(700, 480)
    part = grid.frame.get_by_label("Partie à afficher")
    for code in ("D1.2", "D1.3", "D1.2"):
        part.select_option(code)
        assert (code, grid.frame.evaluate(FROM_NAMES)) == (code, 0)


def test_past_the_last_student_the_wheel_moves_the_page_of_the_lms(grid: Grid) -> None:
    """A frame that fills a long page is no trap; sideways it stays one, where a swipe would leave the page."""
    grid.resize(885, 480)
    grid.page.evaluate("document.querySelector('main').style.paddingBottom = '3000px'")
    grid.cell(0, 0).hover()
    grid.page.mouse.wheel(0, 5000)
    grid.frame.wait_for_function(AT_THE_END)
    assert grid.page.evaluate("scrollY") == 0
    for _ in range(2):  # the first may have a fraction of a pixel left to go in the grid
        grid.page.wait_for_timeout(1000)  # another turn of the wheel, not the same one
        grid.page.mouse.wheel(0, 300)
    grid.page.wait_for_function("() => scrollY > 0")
    assert grid.frame.evaluate(SIDEWAYS) == "contain"


def test_a_part_that_opens_without_a_head_leaves_the_focus_in_its_place(grid: Grid) -> None:
    """In a short frame only activities and competences have heads; what is shown is chosen above."""
    part = grid.frame.get_by_label("Partie à afficher")
    part.select_option("D1.1")
    columns = grid.frame.locator("#grid thead .leaf").count()
    grid.resize(885, 480)
    grid.frame.get_by_role("button", name=re.compile("^Déplier D1.2")).focus()
    grid.press("Enter")
    expect(grid.frame.locator("#grid thead .leaf")).not_to_have_count(columns)
    focused = grid.frame.locator(":focus")
    expect(focused).to_have_attribute("role", "gridcell")
    grid.press("ArrowRight", "ArrowLeft")  # it is worked with at once
    expect(grid.frame.locator("#foot-code")).to_have_text("C1.1.03.1")
    expect(part).to_have_value("custom")
    part.select_option("D1.1")
    expect(grid.frame.locator("#grid thead .leaf")).to_have_count(columns)


class TestTransposed:
    @pytest.fixture
    def turned(self, grid: Grid) -> Grid:
        grid.setting("Compétences en lignes, étudiants en colonnes").check()
        grid.frame.locator("#search").click()  # closes the menu
        return grid

    def test_keys_rate_along_the_students(self, turned: Grid) -> None:
        turned.cell(1, 0).click()
        turned.press("3", "m", "1")
        assert turned.letters(range(3), range(4)) == ["----", "AMN-", "----"]
        expect(turned.frame.locator("#foot-name")).to_have_text("BÉNARD Noah")
        turned.saved()

    def test_a_students_name_chooses_the_column(self, turned: Grid) -> None:
        turned.frame.get_by_role("button", name="Choisir toute la colonne ABADIE Chloé").click()
        expect(turned.frame.locator("#foot-name")).to_have_text("34 cases choisies")

    def test_activities_fold(self, turned: Grid) -> None:
        before = turned.frame.locator("#grid tbody tr").count()
        turned.frame.get_by_role("button", name=re.compile("Replier A1.2.01")).click()
        expect(turned.frame.locator("#grid tbody tr")).to_have_count(before - 2)
        turned.frame.get_by_role("button", name=re.compile("Déplier A1.2.01")).click()
        expect(turned.frame.locator("#grid tbody tr")).to_have_count(before)

    @pytest.fixture
    def unsent(self, turned: Grid, site: Running) -> Grid:
        """The second student's grade could not be sent."""
        turned.cell(0, 1).click()
        turned.press("3", "ArrowLeft")
        expect(turned.frame.get_by_title("note envoyée à Moodle")).to_be_visible()
        with site.parts.store.write() as session:
            row = session.query(GradeSync).one()
            row.state, row.error = SyncState.FAILED.value, "unauthorized"
        turned.reload()
        return turned

    def test_a_click_on_the_mark_of_an_unsent_grade_says_why(self, unsent: Grid) -> None:
        unsent.frame.get_by_title("note non envoyée\u202f: voir pourquoi").click()
        expect(unsent.frame.get_by_role("dialog", name="Note non envoyée")).to_be_visible()
        assert unsent.visitor.troubles == []

    def test_the_mark_of_an_unsent_grade_is_reached_by_keyboard(self, unsent: Grid) -> None:
        focused = unsent.frame.locator(":focus")
        name, mark = (
            "Choisir toute la colonne AÏT-SAÏD Rayan",
            "note non envoyée\u202f: voir pourquoi",
        )
        unsent.cell(0, 1).click()
        unsent.press("ArrowUp")
        expect(focused).to_have_attribute("aria-label", mark)
        unsent.press("ArrowUp")
        expect(focused).to_have_attribute("aria-label", name)
        unsent.press("ArrowDown", "Enter")
        dialog = unsent.frame.get_by_role("dialog", name="Note non envoyée")
        expect(dialog).to_be_visible()
        unsent.press("Escape")
        expect(focused).to_have_attribute("aria-label", mark)
        unsent.press("ArrowDown")
        expect(focused).to_have_attribute("role", "gridcell")
        unsent.press("ArrowUp", "Enter")
        dialog.get_by_role("button", name="Renvoyer").click()
        expect(unsent.frame.get_by_title("note envoyée à Moodle")).to_be_visible()
        expect(focused).to_have_attribute("role", "gridcell")  # where one was, the mark being gone
        assert unsent.visitor.troubles == []

    def test_it_is_remembered(self, turned: Grid) -> None:
        """By the server: this browser gives a frame of another site no storage."""
        with turned.page.expect_response("**/preferences"):
            turned.setting(re.compile("^Lignes")).select_option("comfortable")
        turned.reload()
        expect(turned.frame.locator("#grid")).to_have_class("transposed")
        expect(turned.frame.locator("body")).to_have_attribute("data-density", "comfortable")


class TestFilters:
    def who(self, grid: Grid) -> Locator:
        return grid.frame.get_by_label("Étudiants à afficher")

    def test_students_in_difficulty(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("1", "2", "3")  # two of three not acquired
        grid.cell(1, 0).click()
        grid.press("3", "3", "1")
        grid.cell(2, 0).click()
        grid.press("1")  # one judgement says nothing yet
        self.who(grid).select_option("difficulty")
        assert grid.names == ["ABADIE Chloé"]

    def test_whoever_is_rated_stays_until_the_filter_is_chosen_again(self, grid: Grid) -> None:
        grid.frame.get_by_role("button", name="Choisir toute la colonne C1.1.03.1").click()
        grid.press("3")
        grid.frame.get_by_label("Partie à afficher").select_option("D1.1")
        self.who(grid).select_option("missing")
        everybody = len(grid.names)
        grid.cell(0, 1).click()
        grid.press("3")
        assert len(grid.names) == everybody
        self.who(grid).select_option("")
        self.who(grid).select_option("missing")
        assert len(grid.names) == everybody - 1

    def test_competences_that_nobody_was_assessed_on(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("3")
        grid.frame.get_by_label("Partie à afficher").select_option("open")
        expect(grid.frame.locator("#grid thead .leaf")).to_have_count(33)


class TestTeams:
    @pytest.fixture
    def teamed(self, grid: Grid) -> Grid:
        """Two teams of two: the first and third student, the second and fourth."""
        base = grid.frame.url.rsplit("/", 1)[0]
        grid.frame.goto(base + "/groups")
        grid.frame.get_by_label("Nombre d’équipes à créer").fill("2")
        grid.frame.get_by_role("button", name="Créer").first.click()
        selects = grid.frame.locator("table.places select")
        for place, team in enumerate(["Équipe 1", "Équipe 2", "Équipe 1", "Équipe 2"]):
            selects.nth(place).select_option(label=team)
        places = grid.frame.locator("form:has(table.places)")
        places.get_by_role("button", name="Enregistrer").click()
        expect(grid.frame.locator("p.success")).to_be_visible()
        grid.frame.goto(base + "/class")
        grid.setting("Une saisie vaut pour toute l’équipe").check()
        return grid

    def test_one_entry_rates_the_team_and_each_member_can_still_be_changed(
        self, teamed: Grid
    ) -> None:
        assert teamed.names[:4] == [
            "ABADIE Chloé",
            "BARTHÉLÉMY Émilie",
            "AÏT-SAÏD Rayan",
            "BÉNARD Noah",
        ]
        teamed.cell(0, 0).click()
        teamed.press("3")
        rated = teamed.letters(range(4), range(1))
        teamed.setting("Une saisie vaut pour toute l’équipe").uncheck()
        teamed.cell(2, 0).click()  # again by name: Barthélémy
        teamed.press("4")
        assert (rated, teamed.letters(range(4), range(1))) == (
            ["A", "A", "-", "-"],
            ["A", "-", "M", "-"],
        )
        teamed.saved()

    def test_a_team_is_shown_alone(self, teamed: Grid) -> None:
        teamed.frame.get_by_label("Étudiants à afficher").select_option(label="Équipe 2")
        assert teamed.names == ["AÏT-SAÏD Rayan", "BÉNARD Noah"]

    def test_one_undo_takes_the_teams_entry_back(self, teamed: Grid) -> None:
        teamed.cell(0, 0).click()
        teamed.press("3", "Control+z")
        assert teamed.letters(range(4), range(1)) == ["-", "-", "-", "-"]

    def test_what_is_pasted_reaches_mates_who_are_given_nothing_else(self, teamed: Grid) -> None:
        teamed.cell(0, 0).click()
        paste(teamed, "A\nM\nE\n")
        assert teamed.letters(range(4), range(1)) == ["A", "M", "E", "E"]
        teamed.saved()

    def test_a_blocks_comment_reaches_mates(self, teamed: Grid) -> None:
        teamed.cell(0, 0).click()
        teamed.press("Shift+ArrowRight", "c")
        expect(teamed.frame.locator("#comment-about")).to_contain_text("4 cases")
        teamed.frame.get_by_label("L’étudiant lira ce commentaire.").fill("À deux.")
        teamed.press("Control+Enter")
        teamed.saved()
        expect(teamed.frame.locator("#grid td.words")).to_have_count(4)

    def test_the_panels_comment_reaches_mates(self, teamed: Grid) -> None:
        teamed.cell(0, 0).click()
        teamed.press("h")
        teamed.frame.get_by_label("Commentaire (l’étudiant le lira)").fill("À deux.")
        teamed.frame.get_by_role("button", name="Enregistrer le commentaire").click()
        teamed.saved()
        expect(teamed.cell(1, 0)).to_have_class(re.compile("words"))


class TestDetails:
    def test_the_panel_follows_the_cell_and_keeps_its_comment(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("3", "ArrowLeft", "h")
        panel = grid.frame.get_by_role("complementary")
        expect(panel.locator("#panel-history li")).to_contain_text("Acquis")
        panel.get_by_label("Commentaire (l’étudiant le lira)").fill("Dossier clair.")
        panel.get_by_role("button", name="Enregistrer le commentaire").click()
        expect(panel.locator("#panel-history li")).to_have_count(2)
        expect(grid.cell(0, 0)).to_have_class(re.compile("words"))
        expect(grid.cell(0, 0)).to_have_attribute("aria-label", "Acquis, avec un commentaire")
        grid.cell(0, 1).click()
        expect(panel.locator("#panel-code")).to_have_text("C1.1.03.2")
        expect(panel.locator("#panel-history")).to_have_text("Aucune évaluation pour l’instant.")
        expect(panel.locator("textarea")).to_have_value("")

    def test_it_says_where_the_grade_stands_and_why_it_is_so(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("3", "ArrowLeft", "h")
        expect(grid.frame.locator("#panel-state")).to_have_text("note envoyée à Moodle")
        grid.frame.get_by_role("link", name="Pourquoi cette note").click()
        grid.frame.wait_for_url("**/why#C1.1.03.1")

    def test_a_sentence_is_kept_and_used_again(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("3", "ArrowLeft", "c")
        words = grid.frame.get_by_label("L’étudiant lira ce commentaire.")
        words.fill("Relire l’énoncé.")
        box = grid.frame.locator("#comment-stock")
        box.get_by_role("button", name="Garder cette phrase").click()
        expect(box.get_by_role("status")).to_have_text("Phrase gardée.")
        expect(box.locator("option")).to_have_count(2)
        words.fill("")
        box.locator("select").select_option(label="Relire l’énoncé.")
        expect(words).to_have_value("Relire l’énoncé.")

    def test_a_sentence_that_could_not_be_kept_says_so(
        self, grid: Grid, context: BrowserContext
    ) -> None:
        grid.cell(0, 0).click()
        grid.press("c")
        grid.frame.get_by_label("L’étudiant lira ce commentaire.").fill("Relire.")
        context.set_offline(True)
        box = grid.frame.locator("#comment-stock")
        box.get_by_role("button", name="Garder cette phrase").click()
        expect(box.get_by_role("status")).to_contain_text("n’a pas marché")
        expect(grid.frame.get_by_label("L’étudiant lira ce commentaire.")).to_have_value("Relire.")

    def test_a_comment_goes_to_other_students_too(self, grid: Grid) -> None:
        grid.cell(0, 0).click()
        grid.press("c")
        dialog = grid.frame.get_by_role("dialog")
        dialog.get_by_label("L’étudiant lira ce commentaire.").fill("À deux.")
        dialog.get_by_text("L’envoyer aussi à d’autres étudiants").click()
        dialog.get_by_label("BÉNARD Noah").check()
        dialog.get_by_role("button", name=re.compile("^Enregistrer")).click()
        grid.saved()
        grid.reload()
        marked = grid.frame.locator("#grid td.words")
        expect(marked).to_have_count(2)
        expect(grid.cell(3, 0)).to_have_class(re.compile("words"))


def test_a_session_that_ended_costs_no_entry(grid: Grid, context: BrowserContext) -> None:
    """Where even the server does not know the session any more, and the browser lets the page keep something:
    unsent entries wait there and go at the next visit. (Else the server keeps them: test_ended_session.)"""
    url = grid.frame.url
    tab = own_tab(context, url)
    tab.locator("#grid td.c").first.click()
    ended = {"error": "session_expired", "kept": False}
    tab.route("**/assessments", lambda route: route.fulfill(status=401, json=ended))
    tab.keyboard.press("3")
    tab.keyboard.press("4")
    expect(tab.locator("#saving")).to_contain_text("Saisies gardées")
    tab.unroute("**/assessments")
    tab.goto(url)
    expect(tab.locator("#grid td.c.pending")).to_have_count(0)
    expect(tab.locator("#saving")).to_contain_text("Enregistré")
    grid.reload()
    assert grid.letters(range(1), range(3)) == ["AM-"]
