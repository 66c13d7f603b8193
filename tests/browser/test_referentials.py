"""An administrator brings a diploma in from the LMS's frame, sees its plan, applies it and goes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, expect

from tests.browser.conftest import PHONE, Visitor, follow, open_pages
from tests.browser.looking import look
from tests.services.referentials.samples import ROWS, table, without

pytestmark = pytest.mark.browser

ADMINISTRATOR = "Dominique Administratrice"


def upload(frame: Frame, path: Path, rows, title: str = "CAP Cuisine") -> None:
    path.write_bytes(table(rows))
    frame.locator("#file").set_input_files(path)
    frame.get_by_label("Code du référentiel").fill("CAP")
    frame.get_by_label("Titre du référentiel").fill(title)
    follow(frame, frame.get_by_role("button", name="Voir le plan"))


def test_an_import_and_the_way_back(person: Callable[[str], Visitor], tmp_path: Path) -> None:
    visitor = person(ADMINISTRATOR)
    visitor.page.set_viewport_size(PHONE)
    tool = visitor.open()
    found = {}
    open_pages(tool)
    follow(tool, tool.get_by_role("link", name="Plateforme"))
    section = tool.locator("section", has=tool.get_by_role("heading", name="Référentiels"))
    follow(tool, section.get_by_role("link", name="Ouvrir").first)
    expect(tool.get_by_role("heading", name="Importer un référentiel")).to_be_visible()
    found["index"] = look(visitor, tool)

    path = tmp_path / "cap.csv"
    upload(tool, path, [*ROWS, ("C9", "B9", "Seul", "")])
    expect(tool.get_by_text("n’est pas importé")).to_be_visible()
    found["errors"] = look(visitor, tool)

    upload(tool, path, ROWS)
    expect(tool.get_by_text("5 à ajouter")).to_be_visible()
    found["plan"] = look(visitor, tool)
    follow(tool, tool.get_by_role("button", name="Appliquer ce plan"))
    expect(tool.get_by_text("la version 1 compte désormais")).to_be_visible()

    follow(tool, tool.get_by_role("link", name="Retour aux référentiels"))
    upload(tool, path, without(ROWS, "C2"))
    follow(tool, tool.get_by_role("button", name="Appliquer ce plan"))
    expect(tool.get_by_text("la version 2 compte désormais")).to_be_visible()
    found["versions"] = look(visitor, tool)
    follow(tool, tool.get_by_role("button", name="Revenir à la version 1"))
    expect(tool.get_by_text("C2 Émincer")).to_be_visible()
    follow(tool, tool.get_by_role("button", name="Appliquer ce plan"))
    expect(tool.get_by_text("La version 1 compte à nouveau.")).to_be_visible()

    assert found == {"index": {}, "errors": {}, "plan": {}, "versions": {}}
    assert [one for one in visitor.troubles if "422" not in one] == []
