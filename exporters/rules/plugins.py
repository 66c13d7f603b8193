"""What the two Moodle plugins do; read in their classes/framework_importer.php."""

from collections.abc import Iterator

from exporters import lpimportrdf, referentiel_xml
from exporters.base import ExportOptions, branch
from exporters.lint_catalogue import note
from exporters.moodle_framework import MAX_NAME
from exporters.rules import common
from exporters.wording import full_name, shorten
from referential.findings import Finding
from referential.model import Referential
from referential.scale import Scale


def rdf(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """tool_lpimportrdf"""
    target = "tool_lpimportrdf"
    nodes = branch(referential, options.scope)
    names = {node.code: shorten(full_name(node), lpimportrdf.MAX_NAME) for node in nodes}
    yield from common.nothing(nodes)
    yield from common.shortened(map(full_name, nodes), lpimportrdf.MAX_NAME)
    yield from common.tags(nodes, target)
    yield from common.controls(nodes)
    yield from common.idnumbers(nodes, target, MAX_NAME)
    yield from common.vanishing(referential, nodes, target, MAX_NAME)
    yield from common.sorted_names(referential, nodes, names, target)
    yield note("scale_lost", target=target)
    yield from common.limited(
        note(
            "idnumber_form",
            node,
            idnumber=node.idnumber,
            what="une barre oblique",
            what_en="a slash",
            target=target,
        )
        for node in nodes
        if "/" in node.idnumber
    )


def referentiel(
    referential: Referential, scale: Scale, options: ExportOptions
) -> Iterator[Finding]:
    """tool_lpimportreferentiel"""
    target = "tool_lpimportreferentiel"
    top = referentiel_xml.flattened(referential)
    nodes = tuple(node for node in branch(referential, options.scope) if node.depth >= top)
    yield from common.nothing(nodes)
    yield from common.tags(nodes, target)
    yield from common.controls(nodes)
    yield from common.idnumbers(nodes, target, MAX_NAME)
    yield from common.vanishing(referential, nodes, target, MAX_NAME)
    names = {node.code: node.idnumber for node in nodes}
    yield from common.sorted_names(referential, nodes, names, target)
    yield from common.scale_names(scale, options.language, target)
    yield note("names_lost", target=target)
    if top:
        folded = referential.tiers[:top]
        yield note(
            "flattened",
            target=target,
            limit=len(referentiel_xml.LEVELS),
            tiers=", ".join(tier.plural_fr for tier in folded),
            tiers_en=", ".join(tier.plural_en for tier in folded),
        )
    if not scale.proficient or referentiel_xml.threshold(scale) is None:
        yield note("scale_left_out", target=target)
