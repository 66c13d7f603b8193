"""The CASE package, checked against the rules of CASE 1.1 and of OpenSALT.

Sources of the rules:
- 1EdTech CASE Service 1.1, Information Model and REST/JSON binding
  (https://www.imsglobal.org/sites/default/files/spec/case/v1p1/), classes CFPackage,
  CFPckgDocument, CFPckgItem, CFPckgAssociation, CFItemType, LinkURI, LinkGenURI: which members
  there are, which must be there, and their types.
- OpenSALT, core/config/schema/case-v1p0-cfpackage-schema.json: which of these classes may have no
  other member.
"""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporters import registry
from exporters.case_json import document_uuid
from tests.exporters.samples import anything, options, scale, tree

EXPORTER = registry.get("case")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
URI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")  # RFC 3986, as much as we write
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
ASSOCIATIONS = {
    "isChildOf",
    "isPeerOf",
    "isPartOf",
    "exactMatchOf",
    "precedes",
    "isRelatedTo",
    "replacedBy",
    "exemplar",
    "hasSkillLevel",
    "isTranslationOf",
}


def text(value):
    assert isinstance(value, str)


def uuid(value):
    assert UUID.fullmatch(value)


def uri(value):
    assert URI.fullmatch(value)


def moment(value):
    assert datetime.fromisoformat(value).tzinfo is not None  # xsd:dateTime with a zone


def kind(value):
    assert value in ASSOCIATIONS


def number(value):
    assert type(value) is int
    assert -(2**31) <= value < 2**31


def language(value):
    assert LANGUAGE.fullmatch(value)


def version(value):
    assert value == "1.1"


def link(value):
    check(value, LINK)


def extensions(value):
    assert isinstance(value, dict)


# member: (check, required)
LINK = {"title": (text, True), "identifier": (uuid, True), "uri": (uri, True)}
DOCUMENT = {
    "identifier": (uuid, True),
    "uri": (uri, True),
    "creator": (text, True),
    "title": (text, True),
    "lastChangeDateTime": (moment, True),
    "description": (text, False),
    "language": (language, False),
    "caseVersion": (version, False),
    "extensions": (extensions, False),
}
ITEM = {
    "identifier": (uuid, True),
    "uri": (uri, True),
    "fullStatement": (text, True),
    "lastChangeDateTime": (moment, True),
    "humanCodingScheme": (text, False),
    "CFItemType": (text, False),
    "CFItemTypeURI": (link, False),
    "language": (language, False),
    "notes": (text, False),
}
ASSOCIATION = {
    "identifier": (uuid, True),
    "associationType": (kind, True),
    "uri": (uri, True),
    "originNodeURI": (link, True),
    "destinationNodeURI": (link, True),
    "lastChangeDateTime": (moment, True),
    "sequenceNumber": (number, False),
}
ITEM_TYPE = {
    "identifier": (uuid, True),
    "uri": (uri, True),
    "title": (text, True),
    "description": (text, True),
    "hierarchyCode": (text, True),
    "lastChangeDateTime": (moment, True),
    "typeCode": (text, False),
}


def check(value, members):
    """Every member is known and right, and none that is required is missing."""
    assert set(value) <= set(members)
    assert {name for name, (_, required) in members.items() if required} <= set(value)
    for name, part in value.items():
        members[name][0](part)


def checked(data: bytes):
    package = json.loads(data)
    assert set(package) == {"CFDocument", "CFItems", "CFAssociations", "CFDefinitions"}
    check(package["CFDocument"], DOCUMENT)
    for item in package["CFItems"]:
        check(item, ITEM)
    for association in package["CFAssociations"]:
        check(association, ASSOCIATION)
    assert set(package["CFDefinitions"]) == {"CFItemTypes"}
    for one in package["CFDefinitions"]["CFItemTypes"]:
        check(one, ITEM_TYPE)
    return package


def read(package):
    """The tree as OpenSALT builds it: children sorted by sequence number."""
    items = {item["identifier"]: item for item in package["CFItems"]}
    children: dict[str, list[tuple[int, str]]] = {}
    for one in package["CFAssociations"]:
        if one["associationType"] == "isChildOf":
            parent = one["destinationNodeURI"]["identifier"]
            children.setdefault(parent, []).append(
                (one["sequenceNumber"], one["originNodeURI"]["identifier"])
            )
    found = []

    def walk(parent, above):
        for _, identifier in sorted(children.get(parent, [])):
            item = items[identifier]
            found.append((item["humanCodingScheme"], item["fullStatement"], above))
            walk(identifier, item["humanCodingScheme"])

    walk(package["CFDocument"]["identifier"], None)
    return found


@pytest.fixture(scope="module")
def package(bts, scale):
    return checked(EXPORTER.render(bts, scale))


def test_the_whole_tree_reads_back(bts, package):
    assert read(package) == [(node.code, node.label, node.parent) for node in bts.nodes]


def test_identifiers_are_the_nodes_own_and_all_differ(bts, package):
    assert [item["identifier"] for item in package["CFItems"]] == [str(n.uuid) for n in bts.nodes]
    every = [
        *package["CFItems"],
        *package["CFAssociations"],
        *package["CFDefinitions"]["CFItemTypes"],
        package["CFDocument"],
    ]
    assert len({one["identifier"] for one in every}) == len(every)


def test_the_documents_identifier_never_changes(package):
    """OpenSALT would make a second framework and leave the first."""
    assert package["CFDocument"]["identifier"] == "c2463d5e-c94a-5965-9803-e2133263addd"
    assert str(document_uuid("BTSSIO")) == "c2463d5e-c94a-5965-9803-e2133263addd"
    [first, *_] = package["CFAssociations"]
    assert first["identifier"] == "37e5fdaf-d227-59de-93ab-6fd710e2750c"


def test_item_types_are_the_tiers_and_every_item_has_its_own(bts, package):
    types = {one["identifier"]: one for one in package["CFDefinitions"]["CFItemTypes"]}
    assert [(t["title"], t["typeCode"], t["hierarchyCode"]) for t in types.values()] == [
        ("processus", "P", "1"),
        ("domaine", "D", "2"),
        ("activité", "A", "3"),
        ("compétence", "C", "4"),
    ]
    for node, item in zip(bts.nodes, package["CFItems"], strict=True):
        assert types[item["CFItemTypeURI"]["identifier"]]["title"] == item["CFItemType"]
        assert item["CFItemType"] == bts.tier(node).name_fr


def test_same_wordings_are_related(package):
    pairs = [
        (one["originNodeURI"]["title"], one["destinationNodeURI"]["title"])
        for one in package["CFAssociations"]
        if one["associationType"] == "isRelatedTo"
    ]
    assert pairs == [("C3.2.03.1", "C4.2.04.1"), ("C4.2.01.2", "C4.2.02.3")]


def test_the_moment_is_the_one_given(bts, scale):
    changed = datetime(2026, 11, 24, 8, tzinfo=UTC)
    package = checked(EXPORTER.render(bts, scale, options(moment=changed)))
    assert {item["lastChangeDateTime"] for item in package["CFItems"]} == {
        "2026-11-24T08:00:00+00:00"
    }


def test_what_case_has_no_field_for_is_in_the_extension(bts, package):
    kept = package["CFDocument"]["extensions"]["competences"]
    assert (kept["code"], kept["title_en"]) == ("BTSSIO", "BTS in IT services for organisations")
    assert [tier["letter"] for tier in kept["tiers"]] == ["P", "D", "A", "C"]


@given(st.lists(anything, min_size=1, max_size=12), st.integers(1, 4))
@settings(deadline=None)
def test_any_wording_arrives_whole(labels, depth):
    made = tree(labels, depth)
    package = checked(EXPORTER.render(made, scale()))
    assert read(package) == [(node.code, node.label, node.parent) for node in made.nodes]
