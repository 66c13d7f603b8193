"""An administrator brings a diploma in from the LMS's frame, sees its plan, applies it and goes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, expect

from tests.browser.conftest import Visitor, open_pages
from tests.browser.test_accessibility import SCREENS, troubles
from tests.services.referentials.samples import ROWS, table, without

pytestmark = pytest.mark.browser

ADMINISTRATOR = "Dominique Administratrice"


def upload(frame: Frame, path: Path, rows, title: str = "CAP Cuisine") -> None:
    path.write_bytes(table(rows))
    frame.locator("#file").set_input_files(path)
    frame.get_by_label("Code du référentiel").fill("CAP")
    frame.get_by_label("Titre du référentiel").fill(title)
    frame.get_by_role("button", name="Voir le plan").click()


@pytest.mark.parametrize(("screen", "scheme"), SCREENS)
def test_an_import_and_the_way_back(
    person: Callable[[str], Visitor], tmp_path: Path, screen, scheme
) -> None:
    visitor = person(ADMINISTRATOR)
    visitor.page.set_viewport_size(screen)
    visitor.page.emulate_media(color_scheme=scheme)
    tool = visitor.open()
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = troubles(tool)
        if tool.evaluate("document.documentElement.scrollWidth") > screen["width"]:
            found[name].append("wider than the screen")

    open_pages(tool)
    tool.get_by_role("link", name="Plateforme").click()
    tool.locator("section", has=tool.get_by_role("heading", name="Référentiels")).get_by_role(
        "link", name="Ouvrir"
    ).first.click()
    expect(tool.get_by_role("heading", name="Importer un référentiel")).to_be_visible()
    look("index")

    path = tmp_path / "cap.csv"
    upload(tool, path, [*ROWS, ("C9", "B9", "Seul", "")])
    expect(tool.get_by_text("n’est pas importé")).to_be_visible()
    look("errors")

    upload(tool, path, ROWS)
    expect(tool.get_by_text("5 à ajouter")).to_be_visible()
    look("plan")
    tool.get_by_role("button", name="Appliquer ce plan").click()
    expect(tool.get_by_text("la version 1 compte désormais")).to_be_visible()

    tool.get_by_role("link", name="Retour aux référentiels").click()
    upload(tool, path, without(ROWS, "C2"))
    tool.get_by_role("button", name="Appliquer ce plan").click()
    expect(tool.get_by_text("la version 2 compte désormais")).to_be_visible()
    look("versions")
    tool.get_by_role("button", name="Revenir à la version 1").click()
    expect(tool.get_by_text("C2 Émincer")).to_be_visible()
    tool.get_by_role("button", name="Appliquer ce plan").click()
    expect(tool.get_by_text("La version 1 compte à nouveau.")).to_be_visible()

    assert found == {"index": [], "errors": [], "plan": [], "versions": []}
    assert [one for one in visitor.troubles if "422" not in one] == []
