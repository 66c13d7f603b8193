"""The XML of the Moodle plugin tool_lpimportreferentiel (from the older *référentiel* module).

*Site administration > Competencies > Import a référentiel*. The plugin
(classes/framework_importer.php) knows exactly three levels: ``domaine`` > ``competence`` >
``item``. What it does with them:

- Each code comes before its description; an element without description is lost. The code is id
  number and short name at once; ids are unique in the whole file.
- Siblings are sorted by code as text.
- ``bareme`` is the scale: ``b_seuil`` is the position of the first proficient level, which also
  becomes the default one, ``b_max`` of the last. With both equal it would name a level twice, so
  a scale with only its highest level proficient is left to the import form.

A référentiel of four tiers or more is *flattened*: the last three tiers are kept, the tiers above
are named in the description of each ``domaine``. One of fewer tiers fills the outer levels.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from exporters.base import ExportOptions, branch
from exporters.moodle_framework import scale_values
from exporters.wording import full_name, xml_text
from exporters.xml_stream import xml_to
from referential.model import Node, Referential
from referential.scale import Scale

LEVELS = (
    ("domaine", "code_domaine", "description_domaine"),
    ("competence", "code_competence", "description_competence"),
    ("item", "code", "description_item"),
)


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the référentiel in UTF-8, one ``domaine`` at a time."""
    nodes = branch(referential, options.scope)
    title = referential.title if options.french else referential.title_en or referential.title
    with xml_to(out) as xml, xml.element("referentiel"):
        xml.write("\n")
        for name, text in (
            ("code_referentiel", referential.code),
            ("description_referentiel", f"{title} – {referential.source}"),
        ):
            xml.write(_element(name, text))
            xml.write("\n")
        if threshold(scale):
            xml.write(_bareme(scale, options.language))
            xml.write("\n")
        for domain in _domains(referential, nodes):
            xml.write(domain)
            xml.write("\n")


def threshold(scale: Scale) -> int | None:
    """The position of the first proficient level, None if the plugin could not use it: the levels
    above are not all proficient, or there is none."""
    first = scale.proficient[0].value
    rising = all(level.proficient for level in scale.levels[first - 1 :])
    return first if rising and first < len(scale.levels) else None


def flattened(referential: Referential) -> int:
    """How many tiers, from the top, are folded into descriptions."""
    return max(0, len(referential.tiers) - len(LEVELS))


def _bareme(scale: Scale, language: str) -> Any:
    bareme = etree.Element("bareme")
    for name, text in (
        ("b_name", scale.title(language)),
        ("b_desc", scale.title(language)),
        ("b_scale", scale_values(scale, language)),
        ("b_seuil", str(threshold(scale))),
        ("b_max", str(len(scale.levels))),
    ):
        bareme.append(_element(name, text))
    return bareme


def _domains(referential: Referential, nodes: tuple[Node, ...]) -> Iterator[Any]:
    """Each ``domaine`` when it is complete; nodes come in preorder."""
    top = flattened(referential)
    path: list[Any] = []
    for node in nodes:
        depth = node.depth - top
        if depth < 0:
            continue
        if depth == 0 and path:
            yield path[0]
        kind, code, description = LEVELS[depth]
        element = etree.Element(kind)
        element.append(_element(code, node.idnumber))
        words = [full_name(node)]
        if depth == 0:
            words = [*map(full_name, referential.ancestors(node.code)), *words]
        text = "\n".join((" › ".join(words), *node.description.splitlines()))
        element.append(_element(description, text))
        if depth:
            path[depth - 1].append(element)
        path[depth:] = [element]
    if path:
        yield path[0]


def _element(name: str, text: str) -> Any:
    element = etree.Element(name)
    element.text = xml_text(text)
    return element
