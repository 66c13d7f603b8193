"""A CFPackage of 1EdTech CASE 1.1 (Competencies and Academic Standards Exchange), as JSON.

Read by OpenSALT (*Import framework > CASE file*), by CASE Networks and registries. What stands
where follows the specification's information model
(https://www.imsglobal.org/spec/case/v1p1, CFPackage) and, because OpenSALT checks against the
schema of version 1.0, uses nothing that 1.0 forbids:

- Every object has a UUID. Nodes keep theirs (:mod:`referential.identifiers`); the document, the
  item types and the associations have UUIDs derived from them. OpenSALT updates what it knows by
  UUID and *deletes* the items of the document that the file lacks.
- The tree is in the associations: ``isChildOf`` from child to parent or document, with
  ``sequenceNumber`` for the order. Competences of identical wording are ``isRelatedTo``.
- URIs are ``urn:uuid:…``: they identify, and do not pretend that anything answers there.
- What CASE has no field for (code of the framework, tiers, English title) is in the document's
  ``extensions``, which 1.1 allows; with it a package reads back into an equal référentiel.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO
from uuid import UUID, uuid5

from exporters.base import ExportOptions, branch
from exporters.related import groups
from exporters.streams import compact, text_of, write_array
from referential import identifiers
from referential.identifiers import NAMESPACE
from referential.model import Node, Referential
from referential.scale import Scale

VERSION = "1.1"
EXTENSION = "competences"
"""The member of ``extensions`` that is ours."""

Json = dict[str, Any]


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the package in UTF-8, one item and one association a line."""
    nodes = branch(referential, options.scope)
    changed = options.moment.isoformat(timespec="seconds")
    document = document_uuid(referential.code)
    with text_of(out) as text:
        text.write('{"CFDocument":' + compact(_document(referential, options, changed)))
        text.write(',\n"CFItems":')
        write_array(text, _items(referential, nodes, document, changed))
        text.write(',\n"CFAssociations":')
        write_array(text, _associations(referential, nodes, options, changed))
        text.write(',\n"CFDefinitions":{"CFItemTypes":')
        write_array(text, _item_types(referential, document, changed))
        text.write("}}\n")


def document_uuid(framework: str) -> UUID:
    """The UUID of the document of a framework, the same for ever."""
    return uuid5(NAMESPACE, framework)


def _urn(uuid: UUID) -> str:
    return f"urn:uuid:{uuid}"


def _link(uuid: UUID, title: str) -> Json:
    return {"title": title, "identifier": str(uuid), "uri": _urn(uuid)}


def _document(referential: Referential, options: ExportOptions, changed: str) -> Json:
    uuid = document_uuid(referential.code)
    return {
        "identifier": str(uuid),
        "uri": _urn(uuid),
        "creator": referential.source or referential.title,
        "title": referential.title,
        "lastChangeDateTime": changed,
        "description": referential.source,
        "language": referential.language,
        "caseVersion": VERSION,
        "extensions": {
            EXTENSION: {
                "code": referential.code,
                "title_en": referential.title_en,
                "source": referential.source,
                **_idnumbers(referential),
                "tiers": [
                    {
                        "letter": tier.letter,
                        "name_fr": tier.name_fr,
                        "name_en": tier.name_en,
                        "plural_fr": tier.plural_fr,
                        "plural_en": tier.plural_en,
                        "taxonomy": tier.taxonomy,
                    }
                    for tier in referential.tiers
                ],
            }
        },
    }


def _idnumbers(referential: Referential) -> Json:
    """Moodle's id numbers by UUID, of the nodes whose is not made from their code."""
    found = {
        str(node.uuid): node.idnumber
        for node in referential.nodes
        if node.idnumber != identifiers.idnumber(referential.code, node.code)
    }
    return {"idnumbers": found} if found else {}


def _type_uuid(document: UUID, letter: str) -> UUID:
    return uuid5(document, f"CFItemType/{letter}")


def _tier_name(referential: Referential, depth: int) -> str:
    tier = referential.tiers[depth]
    return tier.name_fr if referential.language == "fr" else tier.name_en


def _item_types(referential: Referential, document: UUID, changed: str) -> Iterator[Json]:
    for depth, tier in enumerate(referential.tiers):
        uuid = _type_uuid(document, tier.letter)
        name = _tier_name(referential, depth)
        yield {
            "identifier": str(uuid),
            "uri": _urn(uuid),
            "title": name,
            "description": name,
            "hierarchyCode": str(depth + 1),
            "typeCode": tier.letter,
            "lastChangeDateTime": changed,
        }


def _items(
    referential: Referential, nodes: tuple[Node, ...], document: UUID, changed: str
) -> Iterator[Json]:
    names = [_tier_name(referential, depth) for depth in range(len(referential.tiers))]
    types = [
        _link(_type_uuid(document, tier.letter), name)
        for tier, name in zip(referential.tiers, names, strict=True)
    ]
    for node in nodes:
        yield {
            "identifier": str(node.uuid),
            "uri": _urn(node.uuid),
            "fullStatement": node.label,
            "humanCodingScheme": node.code,
            **({"notes": node.description} if node.description else {}),
            "CFItemType": names[node.depth],
            "CFItemTypeURI": types[node.depth],
            "language": referential.language,
            "lastChangeDateTime": changed,
        }


def _associations(
    referential: Referential, nodes: tuple[Node, ...], options: ExportOptions, changed: str
) -> Iterator[Json]:
    top = _link(document_uuid(referential.code), referential.title)
    for node in nodes:
        parent = referential.node(node.parent) if node.parent else None
        yield _association(
            uuid5(node.uuid, "isChildOf"),
            "isChildOf",
            node,
            _link(parent.uuid, parent.code) if parent else top,
            changed,
            node.position,
        )
    if not options.related:
        return
    for first, *others in groups(nodes):
        for other in others:
            yield _association(
                uuid5(first.uuid, f"isRelatedTo/{other.uuid}"),
                "isRelatedTo",
                first,
                _link(other.uuid, other.code),
                changed,
            )


def _association(
    uuid: UUID,
    kind: str,
    origin: Node,
    destination: Json,
    changed: str,
    sequence: int | None = None,
) -> Json:
    order = {} if sequence is None else {"sequenceNumber": sequence}
    return {
        "identifier": str(uuid),
        "associationType": kind,
        **order,
        "uri": _urn(uuid),
        "originNodeURI": _link(origin.uuid, origin.code),
        "destinationNodeURI": destination,
        "lastChangeDateTime": changed,
    }
