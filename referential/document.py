"""A référentiel as one JSON document, whole: what a store keeps of a version.

``{"format": 1, "code", "title", "title_en", "source", "language", "tiers": [[…six words…]],
"nodes": [[depth, code, label, description, idnumber, uuid, sort key], …]}``, nodes in preorder, so
that parents and positions follow. The same tree always gives the same bytes.
"""

import json
from hashlib import sha256
from uuid import UUID

from referential.collecting import collector_paused
from referential.model import Node, Referential, Tier

FORMAT = 1


def write(referential: Referential) -> str:
    """The document."""
    tiers = [
        [t.letter, t.name_fr, t.name_en, t.plural_fr, t.plural_en, t.taxonomy]
        for t in referential.tiers
    ]
    nodes = [
        [n.depth, n.code, n.label, n.description, n.idnumber, str(n.uuid), list(n.sort_key)]
        for n in referential.nodes
    ]
    return json.dumps(
        {
            "format": FORMAT,
            "code": referential.code,
            "title": referential.title,
            "title_en": referential.title_en,
            "source": referential.source,
            "language": referential.language,
            "tiers": tiers,
            "nodes": nodes,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


@collector_paused()
def read(document: str) -> Referential:
    """The tree of a document that :func:`write` made. Raises ``ValueError`` for any other."""
    try:
        values = json.loads(document)
        if values["format"] != FORMAT:
            raise ValueError(f"format {values['format']} is not known")
        return Referential(
            values["code"],
            values["title"],
            values["source"],
            tuple(Tier(*tier) for tier in values["tiers"]),
            tuple(_nodes(values["nodes"])),
            values["language"],
            values["title_en"],
        )
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"no document of a référentiel: {error!r}") from error


def fingerprint(document: str) -> str:
    """SHA-256 of the document, in hexadecimal: the same for equal trees only."""
    return sha256(document.encode()).hexdigest()


def _nodes(rows: list[list]) -> list[Node]:  # type: ignore[type-arg]
    nodes: list[Node] = []
    path: list[Node] = []
    counts: list[int] = []
    for depth, code, label, description, idnumber, uuid, key in rows:
        del path[depth:], counts[depth + 1 :]
        if depth == len(counts):
            counts.append(0)
        counts[depth] += 1
        node = Node(
            code,
            label,
            depth,
            path[-1].code if path else None,
            counts[depth],
            tuple(key),
            idnumber,
            UUID(uuid),
            description=description,
        )
        nodes.append(node)
        path.append(node)
    return nodes
