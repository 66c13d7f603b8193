"""The two XML formats, read the way the Moodle plugins do.

Sources: classes/framework_importer.php of tool_lpimportrdf (by local names, ids from the last
segment of addresses, title cut at 80, siblings sorted by short name) and of
tool_lpimportreferentiel (three levels, code before description, codes unique, ``bareme``).
"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from exporters import registry
from exporters.wording import xml_text
from tests.exporters.samples import anything, printable, scale, tree

RDF = registry.get("lpimportrdf")
REFERENTIEL = registry.get("referentiel-xml")
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


def parsed(data: bytes):
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    return etree.fromstring(data, PARSER)


def last(address: str) -> str:
    return address.split("/")[-1]


def local(element) -> str:
    return etree.QName(element).localname


def attribute(element, name: str) -> str:
    return next(value for key, value in element.attrib.items() if key.endswith(name))


class Rdf:
    """What tool_lpimportrdf makes of a file."""

    def __init__(self, data: bytes) -> None:
        root = parsed(data)
        [document] = [e for e in root.iter() if local(e) == "StandardDocument"]
        self.idnumber = last(attribute(document, "about"))
        self.title = next(child.text for child in document if local(child) == "title")
        records = {}
        for element in (e for e in root.iter() if local(e) == "Statement"):
            texts = {local(child): child.text or "" for child in element}
            assert "statementNotation" not in texts  # it would replace id number and name
            parents = [last(attribute(c, "resource")) for c in element if local(c) == "isChildOf"]
            idnumber = last(attribute(element, "about"))
            assert idnumber not in records
            records[idnumber] = (texts["title"], texts["description"], parents)
        self.rows = []
        self._walk(None, records)

    def _walk(self, parent, records):
        children = [
            (title.encode(), idnumber)
            for idnumber, (title, _, parents) in records.items()
            if ([p for p in parents if p in records] or [None]) == [parent]
        ]
        for _, idnumber in sorted(children):
            title, description, _ = records[idnumber]
            assert 0 < len(title) <= 80
            self.rows.append((idnumber, description, parent))
            self._walk(idnumber, records)


def idnumbers(referential):
    return {node.code: node.idnumber for node in referential.nodes} | {None: None}


def test_rdf_brings_the_whole_tree_in_order(bts, scale):
    """The BTS SIO's codes have equal widths, so sorting by name changes nothing."""
    rdf = Rdf(RDF.render(bts, scale))
    own = idnumbers(bts)
    assert (rdf.idnumber, rdf.title) == ("BTSSIO", "BTS Services informatiques aux organisations")
    assert rdf.rows == [(node.idnumber, node.label, own[node.parent]) for node in bts.nodes]


@given(st.lists(anything, min_size=1, max_size=9), st.integers(1, 4))
@settings(deadline=None)
def test_rdf_brings_any_wording_that_xml_can_hold(labels, depth):
    made = tree(labels, depth)
    own = idnumbers(made)
    rows = sorted(Rdf(RDF.render(made, scale())).rows)
    assert rows == sorted(
        # XML readers make one line end of each (XML 1.0, section 2.11)
        (n.idnumber, xml_text(n.label), own[n.parent])
        for n in made.nodes
    )


class Plugin:
    """What tool_lpimportreferentiel makes of a file."""

    def __init__(self, data: bytes) -> None:
        root = parsed(data)
        assert root.tag == "referentiel"
        self.head = {child.tag: child.text for child in root if not len(child)}
        bareme = root.find("bareme")
        self.bareme = None if bareme is None else {c.tag: c.text for c in bareme}
        self.rows = []
        for domain in root.findall("domaine"):
            self._take(domain, "code_domaine", "description_domaine", None)
            for competence in domain.findall("competence"):
                above = domain[0].text
                self._take(competence, "code_competence", "description_competence", above)
                for item in competence.findall("item"):
                    self._take(item, "code", "description_item", competence[0].text)
        codes = [code for code, _, _ in self.rows]
        assert len(set(codes)) == len(codes)

    def _take(self, element, code, description, above):
        assert [element[0].tag, element[1].tag] == [code, description]
        assert element[1].text  # without a description the element is lost
        self.rows.append((element[0].text, element[1].text, above))


def test_referentiel_keeps_the_last_three_tiers_and_names_the_first(bts, scale):
    plugin = Plugin(REFERENTIEL.render(bts, scale))
    own = idnumbers(bts)
    assert plugin.head["code_referentiel"] == "BTSSIO"
    expected = []
    for node in bts.nodes:
        if node.depth == 0:
            continue
        words = f"{node.code} {node.label}"
        if node.depth == 1:
            above = bts.node(node.parent)
            words = f"{above.code} {above.label} › {words}"
        parent = own[node.parent] if node.depth > 1 else None
        expected.append((node.idnumber, words, parent))
    assert plugin.rows == expected
    assert len(plugin.rows) == 222


@pytest.mark.parametrize(
    ("code", "bareme"),
    [
        (
            "bts-sio-4",
            ("Non acquis,En cours d'acquisition,Acquis,Maîtrisé", "3", "4"),
        ),
        ("acquis-2", None),  # b_seuil = b_max would name the level twice
    ],
)
def test_referentiel_carries_a_scale_that_the_plugin_can_use(bts, code, bareme):
    plugin = Plugin(REFERENTIEL.render(bts, scale(code)))
    found = plugin.bareme and tuple(plugin.bareme[key] for key in ("b_scale", "b_seuil", "b_max"))
    assert found == bareme


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_referentiel_fills_the_outer_levels_of_a_shallow_tree(depth, scale):
    made = tree(["Un", "Deux", "Trois"] * 2, depth)
    own = idnumbers(made)
    plugin = Plugin(REFERENTIEL.render(made, scale))
    assert plugin.rows == [
        (node.idnumber, f"{node.code} {node.label}", own[node.parent]) for node in made.nodes
    ]


@given(st.lists(printable, min_size=1, max_size=9), st.integers(1, 5))
@settings(deadline=None)
def test_referentiel_brings_any_wording(labels, depth):
    """What is above the last three tiers stands before the wording of the first of them."""
    made = tree(labels, depth)
    top = max(0, depth - 3)
    expected = []
    for node in made.nodes[top:]:
        if node.depth >= top:
            above = made.ancestors(node.code) if node.depth == top else ()
            words = " › ".join(f"{n.code} {n.label}" for n in (*above, node))
            expected.append((node.idnumber, words))
    plugin = Plugin(REFERENTIEL.render(made, scale()))
    assert [(idnumber, text) for idnumber, text, _ in plugin.rows] == expected


@pytest.mark.parametrize("exporter", [RDF, REFERENTIEL], ids=lambda one: one.identifier)
def test_no_entity_and_no_doctype_is_written(exporter, scale):
    made = tree(['<!DOCTYPE x [<!ENTITY e "y">]>', "&e;", "]]>"])
    data = exporter.render(made, scale)
    assert not re.search(rb"<!(DOCTYPE|ENTITY)", data)
    assert b"&amp;e;" in data
