"""Competency frameworks: imported and exported by Moodle's own pages, read by its services."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.moodle.driver import Moodle
from tests.moodle.pages import MoodleError


@dataclass(frozen=True)
class Competency:
    """One node as Moodle keeps it, its parent by id number (empty at the top)."""

    id_number: str
    short_name: str
    description: str
    parent: str


@contextmanager
def imported(admin: Moodle, content: bytes, delimiter: str = "comma") -> Iterator[int]:
    """The number of the framework that the file made; deleted at the end, with the scale it brought."""
    scales = site_scales(admin)
    number = import_framework(admin, content, delimiter)
    try:
        yield number
    finally:
        scale = read_framework(admin, number)["scaleid"]
        admin.ajax("core_competency_delete_competency_framework", id=number)
        if scale not in scales:
            delete_scale(admin, scale)


def import_framework(admin: Moodle, content: bytes, delimiter: str = "comma") -> int:
    """*Site administration > Competencies > Import competency framework*, both steps.

    The columns are confirmed as Moodle proposes them. Raises ``MoodleError`` with Moodle's words.
    """
    page = admin.get("admin/tool/lpimportcsv/index.php")
    item = admin.upload(page, "importfile", "framework.csv", content)
    form = page.form_with("importfile").fill(
        importfile=item, delimiter_name=delimiter, encoding="UTF-8"
    )
    page = admin.submit(form.press("submitbutton"))
    page = admin.submit(page.form_with("importid").press("submitbutton"))
    found = re.search(r"competencyframeworkid(?:=|\D{1,20})(\d+)", page.text)
    if not found:
        raise MoodleError(f"the import said: {page.words[:300]}")
    return int(found[1])


def read_framework(admin: Moodle, number: int) -> dict[str, Any]:
    """The framework's own fields: idnumber, shortname, scaleid, scaleconfiguration, taxonomies…"""
    fields = admin.ajax("core_competency_read_competency_framework", id=number)
    assert isinstance(fields, dict)
    return fields


def scale_levels(admin: Moodle, scale: int) -> list[str]:
    """The names of the levels, lowest first."""
    values = admin.ajax("core_competency_get_scale_values", scaleid=scale)
    return [value["name"] for value in sorted(values, key=lambda value: value["id"])]


def site_scales(admin: Moodle) -> set[int]:
    """The numbers of the site's scales."""
    page = admin.get("grade/edit/scale/index.php")
    links = page.all("//a[contains(@href, 'grade/edit/scale/edit.php')]/@href")
    return {int(found[1]) for link in links if (found := re.search(r"[?&]id=(\d+)", str(link)))}


def delete_scale(admin: Moodle, scale: int) -> None:
    """Moodle keeps a scale that something else has come to use meanwhile."""
    admin.get(
        "grade/edit/scale/index.php",
        **{"action": "delete", "scaleid": scale, "deleteconfirmed": 1, "sesskey": admin.sesskey},
    )


def read_tree(admin: Moodle, number: int) -> list[Competency]:
    """Every competency of the framework, in the order in which Moodle shows the tree."""
    rows = admin.ajax(
        "core_competency_list_competencies",
        filters=[{"column": "competencyframeworkid", "value": str(number)}],
        sort="",
        order="",
        skip=0,
        limit=0,
    )
    id_numbers = {row["id"]: row["idnumber"] for row in rows} | {0: ""}
    below: dict[int, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["sortorder"]):
        below.setdefault(row["parentid"], []).append(row)

    def walk(parent: int) -> Iterator[Competency]:
        for row in below.get(parent, []):
            yield Competency(
                row["idnumber"], row["shortname"], row["description"], id_numbers[row["parentid"]]
            )
            yield from walk(row["id"])

    return list(walk(0))


def export_framework(admin: Moodle, number: int) -> list[list[str]]:
    """Moodle's own export of the framework: its rows, the heads first."""
    form = admin.get("admin/tool/lpimportcsv/export.php").form_with("frameworkid")
    content = admin.download(form.fill(frameworkid=number).press("submitbutton"))
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
