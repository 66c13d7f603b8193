"""Promises of the documentation, held by the code: settings, commands, links and Make targets."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from lti_app.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])


def test_every_setting_is_documented_and_nothing_else() -> None:
    code = "".join(
        (ROOT / "lti_app" / name).read_text() for name in ("settings.py", "config_files.py")
    )
    named = set(
        re.findall(
            r'PREFIX \+ "([A-Z_]+)"|COMPETENCES_([A-Z_]+)|_flag\(env, "([A-Z]+)"|_choice\(env, "([A-Z]+)"',
            code,
        )
    )
    in_code = {"".join(match) for match in named} - {"", "_"}
    documented = set(
        re.findall(r"^\| `COMPETENCES_([A-Z_]+)`", (ROOT / "docs/settings.md").read_text(), re.M)
    )
    assert documented == in_code


def commands(group: click.Command, path: str = "competences") -> list[str]:
    if not isinstance(group, click.Group):
        return [path]
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += commands(command, f"{path} {name}")
    return found


def test_every_command_explains_itself_and_is_documented() -> None:
    documented = (ROOT / "docs/commands.md").read_text()
    missing = [name for name in commands(main) if f"`{name}" not in documented]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_names_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {a or b for a, b in re.findall(r"`make ([a-z]+)`|^    make ([a-z]+)", README, re.M)}
    assert named <= targets
