"""The doctor at a real Moodle, by the command an administrator types: all well, then one thing at a time wrong."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from pathlib import Path

import pytest

from tests.moodle.driver import Moodle, unique
from tests.moodle.product import COMMAND, Product, free_port
from tests.moodle.tools import Tool, temporary_tool

TOKEN = os.environ.get("MOODLE_WS_TOKEN", "")
pytestmark = pytest.mark.skipif(not TOKEN, reason="no web service: MOODLE_WS_TOKEN not set")


def command(product: Product, *words: str, entered: str = "") -> tuple[int, list[str]]:
    """Exit status and lines of a command, errors among them."""
    done = subprocess.run(
        [str(COMMAND), *words],
        env=product.environment | {"LANG": "en_GB.UTF-8"},
        input=entered.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode().splitlines()


def marks(lines: list[str]) -> dict[str, str]:
    """What was found, by the title of the check."""
    return {
        line[2:].split("  ")[0]: line[0] for line in lines if line[:2] in ("✓ ", "✗ ", "! ", "? ")
    }


def test_a_moodle_that_is_ready_is_said_to_be(product: Product, tool: Tool) -> None:
    assert command(product, "moodle", "connect", "1", "--token-file", "-", entered=TOKEN)[0] == 0
    status, lines = command(product, "moodle", "doctor", "1")
    found = marks(lines)
    assert {title: mark for title, mark in found.items() if mark == "✗"} == {}
    assert status == 0
    assert [found[title] for title in ("Tool declared in Moodle", "Moodle reaches the tool")] == [
        "✓",
        "✓",
    ]
    assert TOKEN not in "\n".join(lines)


def test_the_token_is_not_in_the_database_as_it_is(product: Product, tool: Tool) -> None:
    command(product, "moodle", "connect", "1", "--token-file", "-", entered=TOKEN)
    kept = b"".join(path.read_bytes() for path in product.folder.glob("competences.sqlite3*"))
    assert b"moodle_connections" in kept
    assert TOKEN.encode() not in kept


def test_keys_that_moodle_cannot_read_are_told(
    product: Product, moodle: Moodle, tmp_path: Path
) -> None:
    addresses = product.addresses()
    nowhere = f"http://localhost:{free_port()}/lti/jwks"
    wrong = dataclasses.replace(addresses, jwks_url=nowhere)
    with temporary_tool(moodle, unique("Sans clés "), wrong) as registered:
        other = Product(tmp_path)
        other.add_platform(moodle.url, registered)
        status, lines = command(other, "moodle", "doctor", "1")
    found = marks(lines)
    assert (status, found["Tool declared in Moodle"], found["Moodle reaches the tool"]) == (
        1,
        "✓",
        "✗",
    )


def test_a_tool_that_moodle_does_not_know_is_told(moodle: Moodle, tmp_path: Path) -> None:
    other = Product(tmp_path)
    other.run("platform", "add", moodle.url, "--client-id", unique("x"), "--deployment-id", "1")
    status, lines = command(other, "moodle", "doctor", "1")
    found = marks(lines)
    assert (status, found["Tool declared in Moodle"], found["Token"]) == (1, "✗", "✗")
