"""A CFPackage of 1EdTech CASE 1.0 or 1.1 becomes a tree.

Members and their meaning: https://www.imsglobal.org/spec/case/v1p1 (information model, CFPackage).
Taken are the document's title, ``humanCodingScheme`` as code (built from the place where a registry
has none), ``fullStatement`` as label, ``notes`` as description, the type's name, each ``identifier``
as UUID, and from the ``isChildOf`` associations the tree and its order (``sequenceNumber``). What
:mod:`exporters.case_json` adds (framework code, tiers) is read back; what else a package holds is
counted as left out.

Items without parent, with two, or in a loop are findings: OpenSALT shows such items as orphans, a
reader that dropped them would show a smaller tree.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from referential.collecting import collector_paused
from referential.csv_rows import clean
from referential.decoding import damaged
from referential.findings import Finding, finding, has_errors
from referential.html_text import paragraphs
from referential.json_members import Json, Members, load, member_error, printable, used_up
from referential.model import Tier
from referential.overlay import LETTERS, MAX_TIERS, TAXONOMIES
from referential.rows import (
    CODE,
    FRAMEWORK_CODE,
    MAX_CODE,
    MAX_DESCRIPTION,
    MAX_LABEL,
    MAX_NODES,
    Head,
    Known,
    Row,
    adapted,
    adapted_framework,
    assemble,
    limit_errors,
)
from referential.text import Parsed

EXTENSION = "competences"
TIER_FIELDS = ("letter", "name_fr", "name_en", "plural_fr", "plural_en", "taxonomy")
MAX_ASSOCIATIONS = 5 * MAX_NODES
_TAKEN = (
    "identifier uri fullStatement humanCodingScheme notes CFItemType CFItemTypeURI CFDocumentURI "
    "language lastChangeDateTime"
)
TAKEN = frozenset(_TAKEN.split())
"""Members of an item of which nothing is lost."""


def looks_like(data: bytes) -> bool:
    """Whether this may be a package: JSON with a document or items near its beginning."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"{")


@collector_paused()
def read(data: bytes | str, known: Known | None = None, name: str = "") -> Parsed:
    """Reads one package."""
    known = known or Known()
    findings: list[Finding] = []
    package = load(data, findings)
    tree = _Package(package, findings, known).tree() if package is not None else None
    limit_errors(findings)
    return Parsed(tree, tuple(findings), name)


class _Package(Members):
    def __init__(self, package: Json, findings: list[Finding], known: Known) -> None:
        super().__init__(package, findings)
        self.known = known
        self.document = self.object(package, "CFPackage", "CFDocument")
        self.top = str(self.document.get("identifier", "")).lower()
        self.left: Counter[str] = Counter()  # what is not taken

    def tree(self) -> Any:
        items = self.array("CFItems", MAX_NODES, required=True)
        associations = self.array("CFAssociations", MAX_ASSOCIATIONS)
        self.idnumbers = self._idnumbers()
        if has_errors(self.findings):
            return None
        rows = {row.key: row for row in self._rows(items)}
        self._hang(rows, associations)
        self._report_left()
        if has_errors(self.findings):
            return None
        head = self._head()
        siblings = self._siblings(rows)
        return assemble(head, siblings, self.findings, ("identifier", "isChildOf"), self.known.like)

    # -- items

    def _rows(self, items: list[Json]) -> Iterator[Row]:
        codes: set[str] = set()
        seen: dict[str, str] = {}
        for at, item in enumerate(used_up(items)):
            place = f"CFItems[{at}]"
            for member in item.keys() - TAKEN:
                if item[member]:
                    self.left[f"CFItems.{member}"] += 1
            uuid = self.uuid(item, place)
            label = paragraphs(self.text(item, place, "fullStatement", required=True))
            label = label.replace("\n", " ")
            notes = paragraphs(self.text(item, place, "notes"))
            for member, text, limit in (
                ("fullStatement", label, MAX_LABEL),
                ("notes", notes, MAX_DESCRIPTION),
            ):
                if len(text) > limit:
                    what = {"column": f"{place} {member}", "length": len(text), "limit": limit}
                    self.findings.append(finding("cell_long", None, "", **what))
            self.findings.extend(damaged(0, label))
            key = str(uuid)
            if uuid and key in seen:
                first = {"first": seen[key], "first_en": seen[key]}
                column = f"{place} identifier"
                self.findings.append(
                    finding("value_twice", None, "", column=column, value=key, **first)
                )
            elif uuid:
                seen[key] = place
                yield Row(
                    key=key,
                    parent="",
                    code=self._code(item, place, codes),
                    label=label,
                    place=place,
                    description=notes,
                    uuid=uuid,
                    idnumber=self.idnumbers.get(key, ""),
                    kind=self._kind(item, place),
                )

    def _code(self, item: Json, place: str, codes: set[str]) -> str:
        value = self.text(item, place, "humanCodingScheme")
        code = adapted(value)
        if code and code != value:
            number = 1
            while code in codes:
                number += 1
                code = f"{adapted(value)[:96]}_{number}"
            self.findings.append(finding("code_adapted", value=value, code=code, idnumber=code))
        if code and not CODE.fullmatch(code):
            self.findings.append(
                member_error(place, "humanCodingScheme", value, "un code", "a code")
            )
        codes.add(code)
        return code

    def _kind(self, item: Json, place: str) -> str:
        kind = self.text(item, place, "CFItemType")
        uri = item.get("CFItemTypeURI")
        if not kind and isinstance(uri, dict):
            kind = self.text(uri, f"{place} CFItemTypeURI", "title")
        return kind[:100]

    # -- associations

    def _hang(self, rows: dict[str, Row], associations: list[Json]) -> None:
        """Gives each row its parent and its place among its siblings."""
        self.sequence: dict[str, float] = {}
        parents: dict[str, str] = {}
        for at, one in enumerate(used_up(associations)):
            kind = one.get("associationType")
            if kind != "isChildOf":
                self.left[f"CFAssociations {kind}"] += 1
                continue
            place = f"CFAssociations[{at}]"
            child, parent = (
                self._end(one, place, member, rows)
                for member in ("originNodeURI", "destinationNodeURI")
            )
            row = rows.get(child)
            if row is None or not parent:
                if child and row is None:
                    what = ("un élément de CFItems", "an item of CFItems")
                    self.findings.append(member_error(place, "originNodeURI", child, *what))
                continue
            if parents.setdefault(child, parent) != parent:
                first = parents[child]
                code = {"code": row.shown, "first": first}
                self.findings.append(finding("case_two_parents", None, "", place=place, **code))
                continue
            row.parent = "" if parent == self.top else parent
            number = one.get("sequenceNumber")
            if isinstance(number, int | float) and not isinstance(number, bool):
                self.sequence[child] = number
            elif number is not None:
                what = ("un nombre", "a number")
                self.findings.append(member_error(place, "sequenceNumber", number, *what))
        for key, row in rows.items():
            if key not in parents:
                code = {"place": row.place, "code": row.shown}
                self.findings.append(finding("case_orphan", None, "", **code))

    def _siblings(self, rows: dict[str, Row]) -> list[Row]:
        """The rows with those of one parent together, in their sequence. Their numbers compare among
        siblings only, and rows that stay near those read with them are found again in a big package."""
        below: dict[str, list[Row]] = {}
        for row in rows.values():
            below.setdefault(row.parent, []).append(row)
        for together in below.values():
            together.sort(key=lambda row: self.sequence.get(row.key, 0))
        return list(chain.from_iterable(below.values()))

    def _end(self, association: Json, place: str, member: str, rows: dict[str, Row]) -> str:
        """The UUID of one end as it is in ``rows``; "" after a mistake."""
        end = self.object(association, place, member)
        given = end.get("identifier")
        if isinstance(given, str) and given in rows:
            return given  # spelt as ours are: nothing to check
        if not end:
            return ""
        uuid = self.uuid(end, f"{place} {member}")
        return str(uuid) if uuid else ""

    # -- the document

    def _head(self) -> Head:
        like = self.known.like
        title = self.text(self.document, "CFDocument", "title", required=not self.known.title)
        own, place = self._own(), f"CFDocument.extensions.{EXTENSION}"
        code = self.known.code or self.text(own, place, "code") or (like.code if like else "")
        if code and not FRAMEWORK_CODE.fullmatch(code) and not self.known.code:
            fit = adapted_framework(code)
            self.findings.append(finding("framework_adapted", value=code, code=fit))
            code = fit
        description = self.text(self.document, "CFDocument", "description")
        creator = self.text(self.document, "CFDocument", "creator")
        source = self.text(own, place, "source") if "source" in own else description or creator
        return Head(
            code,
            self.known.title or paragraphs(title).replace("\n", " "),
            paragraphs(source).replace("\n", " "),
            self.text(own, place, "title_en") or (like.title_en if like else ""),
            self.text(self.document, "CFDocument", "language") or "fr",
            tiers=self._tiers(own.get("tiers")),
        )

    def _own(self) -> Json:
        """What our exporter wrote beside the specification; empty in a package of others."""
        extensions = self.document.get("extensions")
        own = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
        return own if isinstance(own, dict) else {}

    def _idnumbers(self) -> dict[str, str]:
        """By UUID: the id numbers that do not follow from the code."""
        value = self._own().get("idnumbers")
        if not isinstance(value, dict):
            return {}
        return {
            key: clean(one, f"idnumbers {key}", None, self.findings)[:MAX_CODE]
            for key, one in value.items()
            if isinstance(one, str)
        }

    def _tiers(self, value: object) -> tuple[Tier, ...]:
        """Our own description of the tiers; empty if there is none."""
        if value is None:
            return ()
        place = f"CFDocument.extensions.{EXTENSION}"
        tiers: list[Tier] = []
        for one in value if isinstance(value, list) else [None]:
            fields = [one.get(key) for key in TIER_FIELDS] if isinstance(one, dict) else [None]
            if (
                not all(isinstance(field, str) and 0 < len(field) <= 100 for field in fields)
                or not LETTERS.fullmatch(str(fields[0]))
                or fields[-1] not in TAXONOMIES
                or len(tiers) == MAX_TIERS
                or fields[0] in [tier.letter for tier in tiers]
            ):
                what = ("la description des niveaux", "a description of the tiers")
                self.findings.append(member_error(place, "tiers", one, *what))
                return ()
            tiers.append(Tier(*map(str, fields)))
        return tuple(tiers)

    # -- what is not taken

    def _report_left(self) -> None:
        rubrics = self.whole.get("CFRubrics")
        if isinstance(rubrics, list) and rubrics:
            self.left["CFRubrics"] += len(rubrics)
        for what, count in sorted(self.left.items())[:20]:
            self.findings.append(finding("case_left", what=printable(what), count=count))
