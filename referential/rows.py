"""Rows become a tree: what every file has in common once its columns or members are known.

A row names its parent; parents may come later, siblings keep the order of the rows. Duplicates,
unknown parents, loops and excess are findings: if one is an error there is no tree, rather than a
smaller one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Final
from uuid import UUID

from referential import identifiers
from referential.findings import Finding, Severity, finding, has_errors
from referential.model import Node, Referential, Tier
from referential.overlay import MAX_TIERS
from referential.text import MAX_ERRORS
from referential.tiers import tiers_of

MAX_NODES: Final = 200_000
MAX_LABEL: Final = 2000
MAX_DESCRIPTION: Final = 20_000
"""Characters of a label and of a description."""
MAX_CODE: Final = 100
FRAMEWORK_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
CODE: Final = re.compile(rf"[^\s,\x00-\x1f\x7f]{{1,{MAX_CODE}}}")
"""A scope is a list of codes parted by spaces or commas, so a code holds neither."""
_LAST_NUMBER: Final = re.compile(r"[0-9]{1,9}$")
_SHOWN: Final = 5
UNIQUE: Final = ("key", "code", "idnumber", "uuid")
"""What no two rows share."""


@dataclass(slots=True)
class Row:
    """One node as its file tells it.

    ``key`` is what ``parent`` of others refers to; a ``parent`` of "" means the top. An empty
    ``code`` is built from the place in the tree, ``idnumber`` and ``uuid`` from the code. ``kind``
    is the file's word for the tier. ``line`` counts from 1; a file without lines has a ``place``.
    """

    key: str
    parent: str
    code: str
    label: str
    line: int | None = None
    place: str = ""
    description: str = ""
    idnumber: str = ""
    uuid: UUID | None = None
    kind: str = ""

    def where(self) -> dict[str, str]:
        """The blanks ``first`` and ``first_en`` of a wording."""
        if self.line:
            return {"first": f"ligne {self.line}", "first_en": f"on line {self.line}"}
        return {"first": self.place, "first_en": self.place}

    @property
    def shown(self) -> str:
        """What messages call it."""
        return self.code or self.key


@dataclass(frozen=True, slots=True)
class Head:
    """The référentiel around the rows. ``taxonomies`` and ``tiers``: what the file says of them."""

    code: str
    title: str
    source: str = ""
    title_en: str = ""
    language: str = "fr"
    taxonomies: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the file: ``code`` and ``title`` that a person gave, which win over the
    file's, and ``like``, the version already here, which fills what the file does not tell."""

    code: str = ""
    title: str = ""
    like: Referential | None = None


def sort_key(above: tuple[int, ...], code: str, position: int) -> tuple[int, ...]:
    """The parent's key and the last number of the code; its position if it ends with none."""
    last = _LAST_NUMBER.search(code)
    return (*above, int(last[0]) if last else position)


def adapted(code: str) -> str:
    """The code without what a code cannot hold: ``B3,C 9`` becomes ``B3_C_9``."""
    return re.sub(r"[\s,\x00-\x1f\x7f]+", "_", code.strip())[:MAX_CODE]


def adapted_framework(name: str) -> str:
    """A code for a référentiel that goes by this name: ``BTS SIO 2026 – bloc é`` becomes
    ``BTS_SIO_2026_bloc_e``; "" if there is nothing in it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.-]+", "_", plain).strip("_.-")[:60]


def checked_head(head: Head, findings: list[Finding]) -> Head:
    """The head, with errors among the findings if its code or title is missing or unfit."""
    if not head.code:
        findings.append(finding("framework_missing"))
    elif not FRAMEWORK_CODE.fullmatch(head.code):
        example = adapted_framework(head.code) or "BTSSIO"
        findings.append(finding("framework_form", value=head.code, example=example))
    if not head.title:
        findings.append(finding("title_missing"))
    return head


def assemble(
    head: Head,
    rows: Sequence[Row],
    findings: list[Finding],
    columns: tuple[str, str] = ("code", "parent"),
    like: Referential | None = None,
) -> Referential | None:
    """The tree, or None after an error; what was noticed is added to ``findings``.

    ``columns``: what the file calls the keys and the parents.
    """
    checked_head(head, findings)
    if not rows and not has_errors(findings):
        findings.append(finding("no_rows"))
    if len(rows) > MAX_NODES:
        findings.append(finding("too_many_nodes", limit=MAX_NODES))
        return None
    _check_unique(rows, findings, columns[0])
    ordered = _preorder(rows, findings)
    if has_errors(findings):
        limit_errors(findings)
        return None
    return _build(head, ordered, findings, like)


def limit_errors(findings: list[Finding]) -> None:
    """Leaves :data:`referential.text.MAX_ERRORS` errors at most, and says so."""
    errors = (at for at, found in enumerate(findings) if found.severity is Severity.error)
    beyond = next(islice(errors, MAX_ERRORS, None), None)
    if beyond is not None:
        del findings[beyond:]
        findings.append(finding("too_many", limit=MAX_ERRORS))


def _check_unique(rows: Sequence[Row], findings: list[Finding], key_column: str) -> None:
    numbers = (row.uuid.int for row in rows if row.uuid)  # a UUID is slow to hash
    texts = (map(attrgetter(name), rows) for name in UNIQUE[:-1])
    if not _twice(numbers) and not any(map(_twice, texts)):
        return  # nearly always, and without a table of all values
    seen: dict[tuple[str, object], Row] = {}
    for row in rows:
        for name in UNIQUE:
            value = getattr(row, name)
            if not value:
                continue
            first = seen.setdefault((name, value), row)
            if first is not row:
                findings.append(
                    finding(
                        "value_twice",
                        row.line,
                        row.place or row.label,
                        column=key_column if name == "key" else name,
                        value=value,
                        **first.where(),
                    )
                )
                break


def _twice(values: Iterable[object]) -> bool:
    known: set[object] = set()
    for value in values:
        if value in known:
            return True
        if value != "":
            known.add(value)
    return False


def _preorder(rows: Sequence[Row], findings: list[Finding]) -> list[tuple[Row, int]]:
    """The rows with their depths, parents first; those that hang on nothing are findings."""
    children: dict[str, list[Row]] = {}
    keys = {row.key for row in rows}
    stray: list[Row] = []
    for row in rows:
        if row.parent and row.parent not in keys:
            stray.append(row)
            findings.append(
                finding(
                    "parent_unknown",
                    row.line,
                    row.place or row.label,
                    code=row.shown,
                    parent=row.parent,
                )
            )
        else:
            children.setdefault(row.parent, []).append(row)
    ordered: list[tuple[Row, int]] = []
    reached: set[str] = set()
    stack = [(row, 0) for row in reversed([*children.get("", []), *stray])]
    while stack:
        row, depth = stack.pop()
        if row.key in reached:
            continue  # a duplicate, which is a finding already
        reached.add(row.key)
        ordered.append((row, depth))
        if depth == MAX_TIERS:
            findings.append(
                finding(
                    "too_deep_tree",
                    row.line,
                    row.place or row.label,
                    code=row.shown,
                    depth=depth + 1,
                    limit=MAX_TIERS,
                )
            )
        stack.extend((below, depth + 1) for below in reversed(children.get(row.key, [])))
    if len(reached) < len(keys):
        findings.extend(_loops([row for row in rows if row.key not in reached]))
    return ordered


def _loops(rows: Sequence[Row]) -> Iterator[Finding]:
    """One finding for each loop among rows none of which hangs on the top."""
    by_key = {row.key: row for row in rows}
    done: set[str] = set()
    for start in rows:
        path: dict[str, None] = {}
        key = start.key
        while key not in done and key not in path:
            path[key] = None
            key = by_key[key].parent
        if key in path:
            loop = list(path)[list(path).index(key) :]
            shown = [by_key[one].shown for one in loop[:_SHOWN]]
            codes = " > ".join([*shown, "…" if len(loop) > _SHOWN else shown[0]])
            first = by_key[loop[0]]
            yield finding("parent_cycle", first.line, first.place or first.label, codes=codes)
        done.update(path)


def _build(
    head: Head,
    ordered: Sequence[tuple[Row, int]],
    findings: list[Finding],
    like: Referential | None,
) -> Referential:
    nodes: list[Node] = []
    path: list[Node] = []
    counts = [0] * (MAX_TIERS + 1)
    taken = {row.code for row, _ in ordered}
    built: list[str] = []
    for row, depth in ordered:
        del path[depth:]
        counts[depth] += 1
        counts[depth + 1 :] = [0] * (len(counts) - depth - 1)
        position = counts[depth]
        parent = path[-1] if path else None
        code = row.code
        if not code:
            code = _place_code(parent, position, taken)
            taken.add(code)
            built.append(code)
        node = Node(
            code,
            row.label,
            depth,
            parent.code if parent else None,
            position,
            sort_key(parent.sort_key if parent else (), code, position),
            row.idnumber or identifiers.idnumber(head.code, code),
            row.uuid or identifiers.uuid(head.code, code),
            row.line,
            None,
            row.description,
        )
        nodes.append(node)
        path.append(node)
    if built:
        findings.append(finding("codes_built", count=len(built), code=built[0]))
    deep = max(node.depth for node in nodes)
    tiers = head.tiers
    if len(tiers) <= deep:
        tiers = _tiers(head, nodes, [row for row, _ in ordered], like)
    _report_childless(nodes, tiers, findings)
    return Referential(
        head.code, head.title, head.source, tiers, tuple(nodes), head.language, head.title_en
    )


def _place_code(parent: Node | None, position: int, taken: set[str]) -> str:
    """``E1`` at the top, ``E1.2`` below; another number if a code of the file is the same."""
    stem = f"{parent.code}." if parent else "E"
    while f"{stem}{position}" in taken:
        position += 1
    return f"{stem}{position}"


def _tiers(
    head: Head, nodes: Sequence[Node], rows: Sequence[Row], like: Referential | None
) -> tuple[Tier, ...]:
    count = max(node.depth for node in nodes) + 1
    codes: list[list[str]] = [[] for _ in range(count)]
    kinds: list[set[str]] = [set() for _ in range(count)]
    for node, row in zip(nodes, rows, strict=True):
        codes[node.depth].append(node.code)
        kinds[node.depth].add(row.kind)
    words = [found.pop() if len(found) == 1 else "" for found in kinds]
    return tiers_of(codes, words, head.taxonomies, like)


def _report_childless(
    nodes: Sequence[Node], tiers: Sequence[Tier], findings: list[Finding]
) -> None:
    """Nothing can be assessed in a branch without competences."""
    for node, after in zip(nodes, [*nodes[1:], None], strict=True):
        if node.depth + 1 < len(tiers) and (after is None or after.depth <= node.depth):
            below = tiers[node.depth + 1]
            findings.append(
                finding(
                    "childless",
                    node.line,
                    node.label,
                    code=node.code,
                    tier=below.name_fr,
                    tier_en=below.name_en,
                )
            )
