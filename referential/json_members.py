"""A JSON file read member by member, every mistake becoming a finding instead of a traceback."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from referential.csv_rows import clean, table_text
from referential.findings import Finding, finding, has_errors

Json = dict[str, Any]


def load(data: bytes | str, findings: list[Finding]) -> Json | None:
    """The object that the file is, or None and the finding that says why it is none."""
    text = table_text(data, findings, spreadsheet=False)
    if text is None:
        return None
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        findings.append(finding("json_broken", error.lineno, reason=error, reason_en=error))
    except (RecursionError, ValueError) as error:
        reasons = (
            ("trop d’éléments l’un dans l’autre", "too many values inside each other")
            if isinstance(error, RecursionError)
            else ("un nombre a des milliers de chiffres", "a number has thousands of digits")
        )
        findings.append(finding("json_broken", reason=reasons[0], reason_en=reasons[1]))
    else:
        if isinstance(package, dict):
            return package
        findings.append(member_error("CFPackage", "{}", package, "un objet", "an object"))
    return None


def used_up(values: list[Json]) -> Iterator[Json]:
    """Each value in its order; the list gives it up, so that only what is made of it stays in memory."""
    values.reverse()
    while values:
        yield values.pop()


def printable(text: str) -> str:
    """The text with what no encoding takes (JSON may hold half a surrogate pair) spelt out."""
    return text.encode("utf-8", "backslashreplace").decode()


def member_error(
    place: str, member: str, value: object, expected: str, expected_en: str
) -> Finding:
    """The finding for a member whose value cannot be used; absent ones are null."""
    shown = printable("null" if value is None else json.dumps(value, ensure_ascii=False))
    return finding(
        "case_member",
        place=place,
        member=member,
        value=shown if len(shown) <= 60 else shown[:59] + "…",
        expected=expected,
        expected_en=expected_en,
    )


class Members:
    """``whole`` is the file's object; mistakes are added to ``findings``."""

    def __init__(self, whole: Json, findings: list[Finding]) -> None:
        self.whole = whole
        self.findings = findings

    def object(self, holder: Mapping[str, Any], place: str, member: str) -> Json:
        """The object of this name; empty after a mistake."""
        value = holder.get(member)
        if isinstance(value, dict):
            return value
        self.findings.append(member_error(place, member, value, "un objet", "an object"))
        return {}

    def array(self, member: str, limit: int, required: bool = False) -> list[Json]:
        """The list of objects of this name in the whole; a finding if it is none."""
        value = self.whole.get(member)
        if value is None and not required:
            return []
        if not isinstance(value, list):
            self.findings.append(member_error("CFPackage", member, value, "une liste", "a list"))
            return []
        if len(value) > limit:
            self.findings.append(finding("too_many_nodes", limit=limit))
            return []
        for at, one in enumerate(value):
            if not isinstance(one, dict):
                place = f"{member}[{at}]"
                self.findings.append(member_error(place, "{}", one, "un objet", "an object"))
        return value

    def text(self, holder: Json, place: str, member: str, required: bool = False) -> str:
        """The text of this name, trimmed; "" if it is absent or a mistake."""
        value = holder.get(member)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            self.findings.append(member_error(place, member, value, "un texte", "a text"))
            return ""
        before = len(self.findings)
        text = clean(value, f"{place} {member}", None, self.findings)
        return text if not has_errors(self.findings[before:]) else ""

    def uuid(self, holder: Json, place: str, member: str = "identifier") -> UUID | None:
        """The UUID of this name; None after a mistake."""
        value = holder.get(member)
        try:
            return UUID(value) if isinstance(value, str) else UUID("")
        except ValueError:
            self.findings.append(member_error(place, member, value, "un UUID", "a UUID"))
            return None
