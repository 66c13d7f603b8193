"""What a référentiel asks of Moodle: read from the very CSV that Moodle's importer takes.

The push and the import can thus never say different things: names, descriptions, taxonomies, scale,
rules, relations and order are those of the ``moodle-framework`` export (see
``exporters.moodle_framework`` for its fourteen columns).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence

from exporters import registry
from exporters.base import ExportOptions
from lti_app.services.moodle.framework import (
    RULE_ALL,
    RULE_POINTS,
    Competency,
    LevelFlags,
    Rule,
    Share,
    WantedFramework,
)
from referential.model import Referential
from referential.scale import Scale

FORMAT = "moodle-framework"
PARENT, IDNUMBER, SHORTNAME, DESCRIPTION = 0, 1, 2, 3
SCALE_VALUES, SCALE_CONFIGURATION, RULE_TYPE, RULE_OUTCOME, RULE_CONFIG = 5, 6, 7, 8, 9
RELATED, EXPORTED_ID, IS_FRAMEWORK, TAXONOMY = 10, 11, 12, 13


def wanted(
    referential: Referential,
    scale: Scale,
    *,
    language: str = "fr",
    exact: bool = False,
    options: ExportOptions | None = None,
) -> WantedFramework:
    """The framework of a référentiel.

    ``exact``: the référentiel has the last word on relations and rules even where it has none.
    """
    chosen = options or ExportOptions(language=language)
    text = registry.get(FORMAT).render(referential, scale, chosen).decode()
    return from_rows(list(csv.reader(io.StringIO(text)))[1:], exact=exact)


def from_rows(rows: Sequence[Sequence[str]], *, exact: bool = False) -> WantedFramework:
    """The framework of the rows of an import file, without its heading."""
    head = next(row for row in rows if row[IS_FRAMEWORK] == "1")
    lines = [row for row in rows if row[IS_FRAMEWORK] != "1"]
    exported = {row[EXPORTED_ID]: row[IDNUMBER] for row in lines if row[EXPORTED_ID]}
    related = _both_ways((row[IDNUMBER], other) for row in lines for other in _related(row))
    competencies = tuple(
        Competency(
            idnumber=row[IDNUMBER],
            shortname=plain(row[SHORTNAME]),
            description=row[DESCRIPTION],
            parent=row[PARENT] or None,
            related=related.get(row[IDNUMBER], frozenset()),
            rule=_rule(row, exported),
        )
        for row in lines
    )
    return WantedFramework(
        idnumber=head[IDNUMBER],
        shortname=plain(head[SHORTNAME]),
        description=head[DESCRIPTION],
        taxonomies=tuple(head[TAXONOMY].split(",")) if head[TAXONOMY] else (),
        levels=tuple(head[SCALE_VALUES].split(",")),
        flags=flags_of(head[SCALE_CONFIGURATION]),
        competencies=_preorder(competencies),
        states_related=exact or bool(related),
        states_rules=exact or any(one.rule for one in competencies),
    )


def flags_of(configuration: str) -> frozenset[LevelFlags]:
    """The flagged levels of a scale configuration; its first element only names the scale."""
    levels = json.loads(configuration)[1:] if configuration else []
    flags = (
        LevelFlags(
            int(level["id"]),
            bool(int(level.get("scaledefault") or 0)),
            bool(int(level.get("proficient") or 0)),
        )
        for level in levels
    )
    return frozenset(one for one in flags if one.default or one.proficient)


def plain(name: str) -> str:
    """A name that holds nothing Moodle would take for a tag: its web services refuse those whole.

    ``<`` before a space is taken as it is; elsewhere angle quotes stand in for both signs.
    """
    name = name.strip()
    if not re.search(r"<\S|<\s*$", name):
        return name
    return name.replace("<", "‹").replace(">", "›")


def _related(row: Sequence[str]) -> list[str]:
    return [code.replace("%2C", ",") for code in row[RELATED].split(",") if code]


def _both_ways(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Moodle's relations have no direction: each end names the other."""
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {key: frozenset(others) for key, others in found.items()}


def _rule(row: Sequence[str], exported: dict[str, str]) -> Rule | None:
    kind, outcome, config = row[RULE_TYPE], row[RULE_OUTCOME], row[RULE_CONFIG]
    if not kind:
        return None
    number = int(outcome or 0)
    if not number:
        return None
    if kind == RULE_ALL:
        return Rule(kind, number)
    if kind == RULE_POINTS:
        return points_rule(number, json.loads(config), exported)
    return Rule(kind, number, raw=config or None)


def points_rule(outcome: int, config: dict, names: dict[str, str]) -> Rule:
    """A rule by points from its JSON; ``names`` gives each child's idnumber. Unknown ones are left out."""
    shares = frozenset(
        Share(names[str(one["id"])], int(one["points"]), bool(int(one["required"] or 0)))
        for one in config["competencies"]
        if str(one["id"]) in names
    )
    return Rule(RULE_POINTS, outcome, int(config["base"]["points"]), shares)


def _preorder(competencies: tuple[Competency, ...]) -> tuple[Competency, ...]:
    """Parents before children, siblings in the order of the rows."""
    children: dict[str | None, list[Competency]] = {}
    for one in competencies:
        children.setdefault(one.parent, []).append(one)
    ordered: list[Competency] = []
    stack = list(reversed(children.get(None, [])))
    while stack:
        one = stack.pop()
        ordered.append(one)
        stack.extend(reversed(children.get(one.idnumber, [])))
    return tuple(ordered)
