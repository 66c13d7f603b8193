"""The RDF/XML of the Moodle plugin tool_lpimportrdf (Achievement Standards Network statements).

*Site administration > Competencies > Import competency framework from RDF*. The plugin
(classes/framework_importer.php) goes by the local names of elements:

- ``StandardDocument``: the framework; its id number is the last segment of ``rdf:about`` after a
  ``/``, its name the ``title``.
- ``Statement``: a competency; id number as above, short name from ``title`` (80 characters),
  parent from ``isChildOf``. A ``statementNotation`` would take the place of *both* id number and
  short name, so there is none: id numbers stay those of the other files and the code begins the
  title.
- Siblings are sorted by short name as text, not by their order in the file; with codes of equal
  width (A4.1.02, A4.1.10) it comes to the same.
- Tags are removed from descriptions, taxonomies and scale are not read: the import form asks for
  the scale. A framework whose id number exists is refused.
"""

from typing import Any, BinaryIO

from exporters.base import ExportOptions, branch
from exporters.wording import full_name, shorten, whole, xml_text
from exporters.xml_stream import xml_to
from referential.model import Referential
from referential.scale import Scale

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DCTERMS = "http://purl.org/dc/terms/"
ASN = "http://purl.org/ASN/schema/core/"
GEM = "http://purl.org/gem/qualifiers/"
ABOUT, RESOURCE = f"{{{RDF}}}about", f"{{{RDF}}}resource"
PREFIXES = {"rdf": RDF, "dcterms": DCTERMS, "asn": ASN, "gemq": GEM}
BASE = "https://competences.invalid/ns/referential/"
"""What the addresses begin with; a domain that never answers (RFC 2606)."""
MAX_NAME = 80
"""Characters the plugin keeps of a title."""


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes one document and its statements in UTF-8, one element at a time."""
    nodes = branch(referential, options.scope)
    title = referential.title if options.french else referential.title_en or referential.title
    document = BASE + referential.code
    with xml_to(out) as xml, xml.element(f"{{{RDF}}}RDF", nsmap=PREFIXES):
        xml.write("\n")
        with xml.element(f"{{{ASN}}}StandardDocument", {ABOUT: document}):
            _text(xml, DCTERMS, "title", shorten(title, 100))
            _text(xml, DCTERMS, "description", referential.source)
            _text(xml, DCTERMS, "language", referential.language)
        xml.write("\n")
        for node in nodes:
            with xml.element(f"{{{ASN}}}Statement", {ABOUT: _address(node.idnumber)}):
                _text(xml, DCTERMS, "title", shorten(full_name(node), MAX_NAME))
                _text(xml, DCTERMS, "description", whole(node))
                _reference(xml, DCTERMS, "isPartOf", document)
                parent = referential.node(node.parent).idnumber if node.parent else ""
                _reference(xml, GEM, "isChildOf", _address(parent) if parent else document)
            xml.write("\n")


def _address(idnumber: str) -> str:
    return BASE + xml_text(idnumber)


def _text(xml: Any, namespace: str, name: str, text: str) -> None:
    with xml.element(f"{{{namespace}}}{name}"):
        xml.write(xml_text(text))


def _reference(xml: Any, namespace: str, name: str, address: str) -> None:
    with xml.element(f"{{{namespace}}}{name}", {RESOURCE: address}):
        pass
