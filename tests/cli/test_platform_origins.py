"""Where a platform is, besides its issuer's address, is said by commands."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lti_app.models import Platform
from lti_app.models.store import Store
from tests.cli.conftest import Type

CANVAS = "https://93.184.215.14"  # an address, so that no name is looked up
SCHOOL = "https://93.184.215.15"


@pytest.fixture
def run(competences: Type) -> Type:
    """Runs ``competences platform …``."""
    return lambda *arguments: competences("platform", *arguments)


def test_a_platform_is_added_with_its_other_addresses_and_given_others(run, tmp_path) -> None:
    ids = ("--client-id", "c", "--deployment-id", "1")
    assert run("add", CANVAS, *ids, "--origin", SCHOOL + "/login").exit_code == 0
    store = Store(f"sqlite:///{tmp_path / 'data' / 'competences.sqlite3'}")
    with store.read() as session:
        assert session.scalars(select(Platform.origins)).all() == [SCHOOL]
    store.dispose()
    assert run("origins", "1").output == f"1\t{CANVAS}\t\n"
    assert run("origins", "1", SCHOOL, SCHOOL, CANVAS).output.endswith(f"{SCHOOL} {CANVAS}\n")


@pytest.mark.parametrize(
    "address", ["school.example.fr", "http://93.184.215.15", "https://10.0.0.1"]
)
def test_an_address_that_may_not_be_called_is_named(run, address: str) -> None:
    ids = ("--client-id", "c", "--deployment-id", "1")
    for command in (("add", CANVAS, *ids), ("invite",)):
        refused = run(*command, "--origin", address)
        assert refused.exit_code == 1
        assert address.removeprefix("https://") in refused.output
    assert run("list").output == ""
