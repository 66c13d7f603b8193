"""The settings page's form: what it shows of the rules, and the rules that a teacher sent.

The form asks in pieces (a box for each process's coefficient, a number for each mastery rule) what the rules
keep in one word (``services.grades.rule_settings``). Pieces that the chosen rule has no use for are dropped, so that the
same choice is always the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from lti_app.services.activities.framing import Framing, LinkSettings, read_maximum
from lti_app.services.grades import rule_settings
from referential.grading import GradeRule, level_values
from referential.mastery import RULES, MasteryRule
from referential.model import Node

STEPS = ("0.01", "0.1", "0.25", "0.5", "1")
ONE, CHOSEN = "one", "chosen"


def parts(framing: Framing) -> list[Node]:
    """The parts that have a box of their own: all tiers above the last two that the activity covers."""
    tiers = max(len(framing.referential.tiers) - 2, 1)
    wanted: dict[str, Node] = {}
    for competence in framing.competences:
        for node in framing.referential.ancestors(competence.code):
            if node.depth < tiers:
                wanted.setdefault(node.code, node)
    return list(wanted.values())


def shown(settings: LinkSettings, framing: Framing) -> dict[str, Any]:
    """The form's fields for these settings."""
    rules = settings.rules
    own = dict(rules.grade.coefficients)
    boxes = {node.code for node in parts(framing)}
    letters = [word for word in rules.columns if word in _letters(framing)]
    numbers = {name: allowed.default for name, allowed in RULES.items() if allowed}
    if rules.mastery.number:
        numbers[rules.mastery.name] = rules.mastery.number
    if not rules.columns:
        choice = ONE
    else:
        choice = letters[0] if list(rules.columns) == letters[:1] else CHOSEN
    return rule_settings.values(rules) | {
        "maximum": rule_settings.plain(settings.maximum),
        "boxes": {code: rule_settings.plain(own[code]) for code in boxes if code in own},
        "coefficients": " ".join(
            f"{code}:{rule_settings.plain(value)}"
            for code, value in rules.grade.coefficients
            if code not in boxes
        ),
        "level_values": [
            rule_settings.plain(value)
            for value in rules.grade.level_values or level_values(framing.scale)
        ],
        "numbers": numbers,
        "columns": choice,
        "chosen": set(rules.columns),
    }


def shown_again(form: MultiDict[str, str], framing: Framing) -> dict[str, Any]:
    """The form's fields as a teacher sent them, for a form that could not be taken."""
    values: dict[str, Any] = {key: form.get(key, "") for key in rule_settings.KEYS}
    return values | {
        "maximum": form.get("maximum", ""),
        "boxes": {node.code: form.get(f"coef:{node.code}", "") for node in parts(framing)},
        "level_values": form.getlist("level_value"),
        "numbers": {name: form.get(f"number:{name}", "") for name in RULES if RULES[name]},
        "chosen": set(form.getlist("column")),
    }


def taken(form: MultiDict[str, str], framing: Framing) -> LinkSettings:
    """The activity's settings with the rules of a form. Raises ``InputError`` as ``rule_settings.read``."""
    values = {key: form.get(key, "") for key in rule_settings.KEYS}
    pairs = [
        f"{node.code}:{value}"
        for node in parts(framing)
        if (value := form.get(f"coef:{node.code}", "").strip())
    ]
    values["coefficients"] = " ".join([*pairs, values["coefficients"]])
    values["level_values"] = " ".join(form.getlist("level_value"))
    values["mastery_number"] = form.get(f"number:{values['mastery_rule']}", "")
    if values["columns"] == CHOSEN:
        values["columns"] = " ".join(form.getlist("column"))
    elif values["columns"] == ONE:
        values["columns"] = ""
    return _settings(values, form, framing)


def kept(form: Mapping[str, str], framing: Framing) -> LinkSettings:
    """The settings as a page keeps them in hidden fields, or in its address. Raises ``InputError``."""
    return _settings({key: form.get(key, "") for key in rule_settings.KEYS}, form, framing)


def hidden(settings: LinkSettings) -> dict[str, str]:
    """Hidden fields that ``kept`` reads back to the same settings."""
    return rule_settings.values(settings.rules) | {"maximum": rule_settings.plain(settings.maximum)}


def _settings(values: Mapping[str, str], form: Mapping[str, str], framing: Framing) -> LinkSettings:
    rules = rule_settings.read(values)
    return replace(
        framing.settings,
        maximum=read_maximum(form.get("maximum")),
        rules=replace(
            rules, grade=_needed(rules.grade, framing), mastery=_needed_mastery(rules.mastery)
        ),
    )


def _needed(rule: GradeRule, framing: Framing) -> GradeRule:
    usual = GradeRule()
    if rule.name == "share_proficient":
        rule = replace(rule, coefficients=())
    if rule.name != "mean_of_levels" or rule.level_values == level_values(framing.scale):
        rule = replace(rule, level_values=())
    if rule.name != "points":
        rule = replace(
            rule,
            points_needed=usual.points_needed,
            required=(),
            required_cap=usual.required_cap,
        )
    return rule


def _needed_mastery(rule: MasteryRule) -> MasteryRule:
    """« The last three of which the latest counts » is the latest; whole levels need no rounding."""
    if rule.name == "latest":
        return MasteryRule()
    if rule.name in ("highest", "mode_high", "mode_low"):
        return replace(rule, rounding="nearest")
    return rule


def _letters(framing: Framing) -> set[str]:
    return {tier.letter for tier in framing.referential.tiers}
