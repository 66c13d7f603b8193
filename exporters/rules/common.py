"""Rules that several targets share."""

import re
from collections.abc import Iterable, Iterator

from exporters.lint_catalogue import note
from exporters.wording import has_control
from referential.findings import Finding, finding
from referential.model import Node, Referential
from referential.scale import Scale

SHOWN = 20
"""How many nodes a rule names before it only counts."""
_NUMERIC = re.compile(r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")
"""What PHP takes for a number, and compares as one (PHP manual, numeric strings)."""
_TAG = re.compile(r"<\S")  # what PHP's strip_tags takes for one


def limited(found: Iterable[Finding]) -> Iterator[Finding]:
    """The first :data:`SHOWN`, then how many more there are."""
    more = 0
    for number, one in enumerate(found):
        if number < SHOWN:
            yield one
        else:
            more += 1
    if more:
        yield note("more", count=more)


def nothing(nodes: tuple[Node, ...]) -> Iterator[Finding]:
    """An export without a single element."""
    if not nodes:
        yield finding("nothing")


def idnumbers(nodes: tuple[Node, ...], target: str, limit: int) -> Iterator[Finding]:
    """Id numbers that are empty, too long or not one node's own."""
    yield from limited(_too_long_idnumbers(nodes, target, limit))
    yield from limited(_repeated(nodes, target))


def _too_long_idnumbers(nodes: tuple[Node, ...], target: str, limit: int) -> Iterator[Finding]:
    for node in nodes:
        if len(node.idnumber) > limit:
            yield too_long(
                node, ("L’identifiant", "The id number"), len(node.idnumber), target, limit
            )


def _repeated(nodes: tuple[Node, ...], target: str) -> Iterator[Finding]:
    first: dict[str, Node] = {}
    for node in nodes:
        other = first.setdefault(node.idnumber.casefold(), node)
        if other is not node:
            same = other.idnumber == node.idnumber
            yield note(
                "duplicate_idnumber" if same else "same_but_case",
                node,
                first=other.code,
                idnumber=node.idnumber,
                target=target,
            )


def vanishing(
    referential: Referential, nodes: tuple[Node, ...], target: str, limit: int
) -> Iterator[Finding]:
    """Rows that Moodle's framework importers drop without a word, with all below them."""
    yield from limited(_vanishing(referential, nodes, target, limit))


def _vanishing(
    referential: Referential, nodes: tuple[Node, ...], target: str, limit: int
) -> Iterator[Finding]:
    for node in nodes:
        missing = None
        if not node.idnumber or node.idnumber == "0":  # PHP's empty()
            missing = ("d’identifiant", "id number")
        elif not node.label:
            missing = ("d’intitulé", "label")
        if missing:
            below = len(referential.descendants(node.code))
            what, what_en = missing
            yield note("vanishes", node, what=what, what_en=what_en, target=target, count=below)
        elif _NUMERIC.fullmatch(node.idnumber):
            yield note("numeric_idnumber", node, idnumber=node.idnumber, target=target)
        if node.parent is not None:
            above = referential.node(node.parent).idnumber
            if len(above) > limit:
                yield note("orphan_parent", node, idnumber=above, target=target)


def scale_names(scale: Scale, language: str, target: str) -> Iterator[Finding]:
    """Levels whose names do not survive being joined by commas."""
    names = [level.name(language) for level in scale.levels]
    for level, name in zip(scale.levels, names, strict=True):
        if "," in name:
            yield note("scale_comma", level=name, target=target)
        if not name or name != name.strip():
            yield note("scale_blank", value=level.value, target=target)
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield note("scale_repeated", level=name, target=target)


def proficient(scale: Scale, target: str) -> Iterator[Finding]:
    """A scale with which nothing is ever acquired."""
    if not scale.proficient:
        yield note("scale_not_proficient", target=target)


def tags(nodes: tuple[Node, ...], target: str) -> Iterator[Finding]:
    """Labels of which the target would remove a part as a tag."""
    yield from limited(
        finding("tags", node.line, node.label, target=target, code=node.code)
        for node in nodes
        if _TAG.search(node.label)
    )


def backslashes(nodes: tuple[Node, ...], target: str) -> Iterator[Finding]:
    """Labels after which PHP's fgetcsv finds no end of the cell."""
    yield from limited(
        finding("backslash", node.line, node.label, target=target, code=node.code)
        for node in nodes
        if misread(node.label)
    )


def misread(text: str) -> bool:
    """Whether PHP's fgetcsv takes a backslash in the text for an escape."""
    return '\\"' in text or text.endswith("\\")


def controls(nodes: tuple[Node, ...]) -> Iterator[Finding]:
    """Labels with characters that XML cannot hold."""
    yield from limited(note("control", node) for node in nodes if has_control(node.label))


def shortened(texts: Iterable[str], limit: int) -> Iterator[Finding]:
    """How many texts are longer than the target takes."""
    count = sum(len(text) > limit for text in texts)
    if count:
        yield finding("shortened", count=count, limit=limit)


def sorted_names(
    referential: Referential, nodes: tuple[Node, ...], names: dict[str, str], target: str
) -> Iterator[Finding]:
    """Siblings whose names, compared byte by byte, do not come in the référentiel's order."""
    yield from limited(_resorted(nodes, names, target))


def _resorted(nodes: tuple[Node, ...], names: dict[str, str], target: str) -> Iterator[Finding]:
    last: dict[str | None, Node] = {}
    for node in nodes:
        if node.code not in names:
            continue
        previous = last.get(node.parent)
        if previous and names[node.code].encode() < names[previous.code].encode():
            yield note("resorted", node, previous=previous.code, target=target)
        else:
            last[node.parent] = node


def too_long(
    node: Node, what: tuple[str, str], length: int, target: str, limit: int, unit: str = "c"
) -> Finding:
    """Something of a node has more characters (or, with unit ``b``, bytes) than is taken."""
    unit_fr, unit_en = ("octets", "bytes") if unit == "b" else ("caractères", "characters")
    return finding(
        "too_long",
        node.line,
        node.label,
        what=what[0],
        what_en=what[1],
        code=node.code,
        length=length,
        unit=unit_fr,
        unit_en=unit_en,
        target=target,
        limit=limit,
    )
