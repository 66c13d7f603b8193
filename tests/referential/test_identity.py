"""A node found again keeps its UUID and its id number: by UUID, else id number, else code."""

from dataclasses import replace
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referential.identity import identified
from tests.referential.trees import edited, everything, forests, grown, twig

QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
U1, U2, U3 = (UUID(int=number) for number in (1, 2, 3))


def one(code, uuid, idnumber):
    return replace_twig(twig(code), uuid=uuid, idnumber=idnumber)


def replace_twig(branch, **values):
    return replace(branch, **values)


def keys(tree):
    return {node.code: (node.uuid, node.idnumber) for node in tree}


def kept(old, new):
    return keys(identified(grown(new), grown(old)))


def test_a_first_version_keeps_what_its_file_says():
    tree = grown([twig("P1")])
    assert identified(tree, None) is tree


def test_by_uuid_whatever_the_code_and_the_idnumber():
    assert kept([one("P1", U1, "X-1")], [one("Q7", U1, "Y-7")]) == {"Q7": (U1, "X-1")}


def test_else_by_idnumber():
    assert kept([one("P1", U1, "X-1")], [one("Q7", U2, "X-1")]) == {"Q7": (U1, "X-1")}


def test_else_by_code():
    assert kept([one("P1", U1, "X-1")], [one("P1", U2, "Y-1")]) == {"P1": (U1, "X-1")}


def test_the_uuid_wins_over_the_idnumber_and_this_over_the_code():
    old = [one("P1", U1, "X-1"), one("P2", U2, "X-2")]
    new = [one("P2", U1, "X-2"), one("P1", U3, "Y")]
    assert kept(old, new) == {"P2": (U1, "X-1"), "P1": (U3, "Y")}


def test_a_new_node_with_an_idnumber_in_use_gets_another():
    """A1 was recoded to A2 with its UUID; the new A1 would have derived the old one's id number."""
    old = [one("A1", U1, "TEST-A1")]
    new = [one("A1", U2, "TEST-A1"), one("A2", U1, "TEST-A2")]
    assert kept(old, new) == {"A1": (U2, "TEST-A1-2"), "A2": (U1, "TEST-A1")}


@given(st.data())
@QUICK
def test_identifiers_stay_unique_and_those_of_known_nodes_stay(data):
    forest = data.draw(forests())
    changed = data.draw(edited(forest))
    for number, branch in enumerate(everything(changed)):
        if data.draw(st.booleans()):
            branch.uuid = UUID(int=number)
        if data.draw(st.booleans()):
            branch.idnumber = f"Z-{number}"
    old, new = grown(forest), grown(changed)
    result = identified(new, old)
    assert len({node.uuid for node in result}) == len({n.idnumber for n in result}) == len(new)
    pairs = {node.uuid: node.idnumber for node in old}
    assert [pairs[n.uuid] for n in result if n.uuid in pairs] == [
        n.idnumber for n in result if n.uuid in pairs
    ]
    for before in old:
        if before.code in new:
            assert before.uuid in {node.uuid for node in result}
    assert identified(result, old) == result
