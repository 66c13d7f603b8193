"""Identifiers already stand in people's Moodle: these values never change."""

import pytest

from referential import identifiers
from referential.library import load_named
from tests.paths import CONFIG

PINNED = {
    "P1": ("BTSSIO-P1", "22dacd36-cfe0-5758-bd1e-81b7d9d7536b"),
    "D1.1": ("BTSSIO-D1.1", "5e3b6abb-28c1-58d9-80ef-bfd79c223ccf"),
    "A1.1.03": ("BTSSIO-A1.1.03", "f918ea9a-c6a1-5302-8c82-7aca87255e48"),
    "C1.1.03.1": ("BTSSIO-C1.1.03.1", "23c4ceeb-9082-5c9f-8adc-91403f22abaa"),
    "A4.1.10": ("BTSSIO-A4.1.10", "25285aad-fec8-5237-a370-8b8265d0930b"),
    "C5.2.04.2": ("BTSSIO-C5.2.04.2", "14a14d2d-6eca-5432-b919-52aedbd5f35d"),
}


@pytest.fixture(scope="module")
def bts():
    return load_named(CONFIG, "bts-sio")


@pytest.mark.parametrize("code", PINNED)
def test_idnumber_and_uuid_are_pinned(bts, code):
    node = bts.node(code)
    assert (node.idnumber, str(node.uuid)) == PINNED[code]


def test_the_namespace_is_pinned():
    assert str(identifiers.NAMESPACE) == "e30b90fa-b07e-5b69-b625-ecf66b84dd01"


def test_uuids_are_of_version_5(bts):
    assert {node.uuid.version for node in bts.nodes} == {5}


def test_every_idnumber_begins_with_a_letter_and_is_unique(bts):
    numbers = [node.idnumber for node in bts.nodes]
    assert len(set(numbers)) == len(numbers) == 227
    assert all(number[0].isalpha() for number in numbers)


def test_another_framework_has_other_identifiers():
    assert identifiers.uuid("BTSSIO", "P1") != identifiers.uuid("BTSX", "P1")
    assert identifiers.idnumber("BTSX", "P1") == "BTSX-P1"
