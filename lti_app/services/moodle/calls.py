"""How each step is said to Moodle: functions and arguments of its competency web services.

Shapes as in ``competency/classes/external.php`` (Moodle 4.5). An update changes the fields it is given
and leaves the others, a competency's own scale and rule among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from lti_app.clients.moodle_ws import Call
from lti_app.services.moodle.framework import RULE_POINTS, LevelFlags, Rule
from lti_app.services.moodle.steps import Create, Move, Relate, SetRule, Step, Update

FORMAT_HTML = 1


def scale_configuration(scale_id: int, flags: Iterable[LevelFlags]) -> str:
    """Moodle's JSON for which level is the default and which are proficient."""
    levels = [
        {"id": one.position, "scaledefault": int(one.default), "proficient": int(one.proficient)}
        for one in sorted(flags, key=lambda flag: flag.position)
    ]
    return json.dumps([{"scaleid": str(scale_id)}, *levels])


def rule_configuration(rule: Rule, ids: Mapping[str | None, int]) -> str | None:
    """A rule's configuration with the real ids of the children."""
    if rule.kind != RULE_POINTS:
        return rule.raw
    shares = sorted((ids[share.child], share) for share in rule.shares)
    children = [
        {"id": number, "points": share.points, "required": int(share.required)}
        for number, share in shares
    ]
    return json.dumps({"base": {"points": rule.points}, "competencies": children})


def parent_of(step: Create | Move) -> str | None:
    return step.competency.parent if isinstance(step, Create) else step.after


def structure_call(step: Create | Move, framework_id: int, ids: Mapping[str | None, int]) -> Call:
    parent = ids[parent_of(step)]
    if isinstance(step, Move):
        arguments = {"competencyid": step.found.id, "parentid": parent}
        return Call("core_competency_set_parent_competency", arguments)
    fields = {
        "shortname": step.competency.shortname,
        "idnumber": step.competency.idnumber,
        "description": step.competency.description,
        "descriptionformat": FORMAT_HTML,
        "competencyframeworkid": framework_id,
        "parentid": parent,
    }
    return Call("core_competency_create_competency", {"competency": fields})


def update_call(step: Update) -> tuple[Step, Call]:
    fields = {change.field: change.after for change in step.changes}
    if "description" in fields:
        fields["descriptionformat"] = str(FORMAT_HTML)
    arguments = {"competency": {"id": step.found.id, **fields}}
    return step, Call("core_competency_update_competency", arguments)


def relate_call(step: Relate, ids: Mapping[str | None, int]) -> tuple[Step, Call]:
    verb = "add" if step.wanted else "remove"
    arguments = {"competencyid": ids[step.one], "relatedcompetencyid": ids[step.other]}
    return step, Call(f"core_competency_{verb}_related_competency", arguments)


def rule_call(step: SetRule, ids: Mapping[str | None, int]) -> Call:
    """Other fields of the competency stay as they are: Moodle changes what it is given."""
    fields: dict[str, object] = {"id": ids[step.idnumber], "ruleoutcome": 0}
    if step.after:
        fields |= {
            "ruletype": step.after.kind,
            "ruleoutcome": step.after.outcome,
            "ruleconfig": rule_configuration(step.after, ids),
        }
    return Call("core_competency_update_competency", {"competency": fields})


def swap_call(mover: int, down: bool) -> Call:
    return Call(f"core_competency_move_{'down' if down else 'up'}_competency", {"id": mover})
