"""A framework as it is in Moodle now, read over web services.

Two calls say all but the relations, which Moodle tells competency by competency only: they are read when
the référentiel has something to say about them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from lti_app.clients.moodle_ws import Call, MoodleWs
from lti_app.services.moodle.framework import (
    RULE_ALL,
    RULE_POINTS,
    Competency,
    Found,
    FoundFramework,
    Rule,
)
from lti_app.services.moodle.wanted import flags_of, points_rule

SYSTEM = {"contextlevel": "system", "instanceid": 0}


def frameworks(ws: MoodleWs, query: str = "") -> list[dict[str, Any]]:
    """Moodle's records of the frameworks whose name or idnumber contains the query; all by default."""
    records: list[dict[str, Any]] = ws.call(
        "core_competency_list_competency_frameworks",
        sort="id",
        order="ASC",
        skip=0,
        limit=0,
        context=SYSTEM,
        includes="children",
        onlyvisible=False,
        query=query,
    )
    return records


def read(ws: MoodleWs, idnumber: str, *, related: bool = False) -> FoundFramework | None:
    """The framework with this idnumber, or None. ``related``: read relations too, a call each."""
    record = next((one for one in frameworks(ws, idnumber) if one["idnumber"] == idnumber), None)
    if record is None:
        return None
    framework = FoundFramework(
        id=record["id"],
        idnumber=record["idnumber"],
        shortname=record["shortname"],
        description=record["description"] or "",
        visible=bool(record["visible"]),
        context_id=record["contextid"],
        taxonomies=tuple(record["taxonomies"].split(",")) if record["taxonomies"] else (),
        scale_id=record["scaleid"],
        levels=scale_levels(ws, record["scaleid"]),
        flags=flags_of(record["scaleconfiguration"]),
    )
    return dataclasses.replace(
        framework, competencies=read_competencies(ws, framework.id, related=related)
    )


def scale_levels(ws: MoodleWs, scale_id: int) -> tuple[str, ...]:
    """The names of a scale's levels, from low to high. Raises ``MoodleRefused`` when there is none."""
    values = ws.call("core_competency_get_scale_values", scaleid=scale_id)
    return tuple(value["name"].strip() for value in values)


def read_competencies(
    ws: MoodleWs, framework_id: int, *, related: bool = False
) -> tuple[Found, ...]:
    """The competencies of a framework, by id."""
    records: list[dict[str, Any]] = ws.call(
        "core_competency_list_competencies",
        filters=[{"column": "competencyframeworkid", "value": framework_id}],
        sort="id",
        order="ASC",
        skip=0,
        limit=0,
    )
    names = {record["id"]: str(record["idnumber"]) for record in records}
    relations = _related(ws, list(names)) if related else {}
    return tuple(_found(record, names, relations) for record in records)


def _related(ws: MoodleWs, ids: list[int]) -> dict[int, frozenset[str]]:
    calls = [
        Call("tool_lp_data_for_related_competencies_section", {"competencyid": one}) for one in ids
    ]
    answers = ws.call_each(calls)
    return {
        one: frozenset(str(other["idnumber"]) for other in answer["relatedcompetencies"])
        for one, answer in zip(ids, answers, strict=True)
    }


def _found(
    record: Mapping[str, Any], names: Mapping[int, str], relations: Mapping[int, frozenset[str]]
) -> Found:
    return Found(
        id=record["id"],
        sortorder=record["sortorder"],
        content=Competency(
            idnumber=str(record["idnumber"]),
            shortname=record["shortname"],
            description=record["description"] or "",
            parent=names.get(record["parentid"]),
            related=relations.get(record["id"], frozenset()),
            rule=_rule(record, names),
        ),
        configured=record["ruleconfig"] is not None,
    )


def _rule(record: Mapping[str, Any], names: Mapping[int, str]) -> Rule | None:
    """Without an outcome a rule does nothing: it is none. Web services cannot remove one otherwise."""
    kind, outcome, config = record["ruletype"], record["ruleoutcome"], record["ruleconfig"]
    if not kind or not outcome:
        return None
    if kind == RULE_ALL:
        return Rule(kind, outcome)
    if kind == RULE_POINTS:
        known = {str(number): name for number, name in names.items()}
        return points_rule(outcome, json.loads(config), known)
    return Rule(kind, outcome, raw=config)
