"""Fixtures of the drives through a real Moodle.

They need ``MOODLE_URL``, ``MOODLE_ADMIN_USER`` and ``MOODLE_ADMIN_PASSWORD``; without them every test
here skips and says so. Nothing is left behind: each run makes its own course, people, tool and
framework under names of its own and deletes them. Moodle must be able to reach this machine's
localhost (docs/connecter-moodle.md, « Réseau local »), and have French installed: people of the tests
speak it.

``COMPETENCES_TEST_PICTURES`` names a folder for screenshots of the tool inside Moodle.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.moodle.browsing import DESKTOP, PHONE, Visitor, chromium, visitor
from tests.moodle.courses import Person
from tests.moodle.driver import Moodle, unique
from tests.moodle.product import Product, running_product
from tests.moodle.tools import Activity, Tool, temporary_tool

NEEDED = ("MOODLE_URL", "MOODLE_ADMIN_USER", "MOODLE_ADMIN_PASSWORD")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [name for name in NEEDED if not os.environ.get(name)]
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.moodle)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"no Moodle: {', '.join(missing)} not set"))


@pytest.fixture(scope="session")
def moodle() -> Iterator[Moodle]:
    """The administrator's session at the Moodle that the environment names."""
    url, user, password = (os.environ[name] for name in NEEDED)
    with Moodle(url) as session:
        yield session.login(user, password)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product, installed in a folder of its own and running."""
    with running_product(tmp_path_factory.mktemp("competences")) as running:
        yield running


@pytest.fixture(scope="session")
def tool(moodle: Moodle, product: Product) -> Iterator[Tool]:
    """The product registered in Moodle by hand, and Moodle in the product."""
    with temporary_tool(moodle, unique("Compétences "), product.addresses()) as registered:
        product.add_platform(moodle.url, registered)
        yield registered


@pytest.fixture(scope="session")
def browser(moodle: Moodle) -> Iterator[Browser]:
    with chromium(moodle.url) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, moodle: Moodle) -> Iterator[Callable[..., Visitor]]:
    """``visit(person)``: that person logged in at Moodle, in a browser profile of their own."""
    with ExitStack() as stack:

        def enter(person: Person, **options: Any) -> Visitor:
            return stack.enter_context(visitor(browser, moodle.url, person, **options))

        yield enter


@pytest.fixture
def picture(visit: Callable[..., Visitor]) -> Callable[[Person, Activity, str], None]:
    """Keeps what a person sees of an activity in a window of each width, if pictures are wanted."""

    def take(person: Person, activity: Activity, name: str) -> None:
        folder = os.environ.get("COMPETENCES_TEST_PICTURES")
        if not folder:
            return
        for size in (DESKTOP, PHONE):
            seen = visit(person, size=size)
            seen.open(activity)
            seen.page.wait_for_load_state("networkidle")
            seen.picture(Path(folder), f"{name}-{size[0]}")

    return take
