"""A plan in words: one line a step, French or English, for the terminal and the pages."""

from __future__ import annotations

from typing import Final

from lti_app.services.moodle.framework import RULE_ALL, RULE_POINTS, Rule
from lti_app.services.moodle.steps import (
    Arrange,
    Change,
    Create,
    CreateFramework,
    Delete,
    Move,
    Note,
    Plan,
    Relate,
    SetRule,
    Step,
    Update,
    UpdateFramework,
)
from lti_app.services.moodle.texts import sentence
from referential.findings import french, shorten

MARKS: Final = {
    CreateFramework: "+",
    Create: "+",
    UpdateFramework: "~",
    Update: "~",
    Move: "→",
    Arrange: "↕",
    Relate: "↔",
    SetRule: "⚙",
    Delete: "−",
}
FIELDS: Final = {
    "shortname": ("nom", "name"),
    "description": ("description", "description"),
    "taxonomies": ("taxonomies", "taxonomies"),
    "scaleconfiguration": ("niveaux acquis", "proficient levels"),
}


def step_mark(step: Step) -> str:
    """One sign for what is done."""
    return MARKS[type(step)]


def step_text(step: Step, language: str) -> str:
    """What is done, to which competency."""
    fr = language.lower().startswith("fr")
    match step:
        case CreateFramework(idnumber, shortname):
            text = f"{idnumber}  {shortname}  ({'nouveau référentiel' if fr else 'new framework'})"
        case UpdateFramework(changes):
            text = f"{'référentiel' if fr else 'framework'}  ({_changes(changes, fr)})"
        case Create(one):
            text = f"{one.idnumber}  {shorten(one.shortname)}"
        case Update(found, changes):
            text = f"{found.idnumber}  ({_changes(changes, fr)})"
        case Move():
            text = _moved(step, fr)
        case Arrange(parent, before, after):
            moved = [code for code, other in zip(after, before, strict=True) if code != other]
            place = parent or ("racine" if fr else "top")
            text = (
                f"{place}  ({'ordre' if fr else 'order'}{': ' if moved else ''}{', '.join(moved)})"
            )
        case Relate(one_code, other_code, wanted):
            drop = "" if wanted else (" (retirée)" if fr else " (dropped)")
            text = f"{one_code} ↔ {other_code}{drop}"
        case SetRule():
            text = _rule(step, fr)
        case Delete(found):
            text = f"{found.idnumber}  {shorten(found.content.shortname)}"
    return text


def counted(plan: Plan, language: str) -> str:
    """The plan in numbers: ``nouveau référentiel, 3 à créer, 2 à déplacer, 222 inchangées``."""
    fr = language.lower().startswith("fr")
    words = (
        ((Create,), "à créer", "to create"),
        ((Update,), "à mettre à jour", "to update"),
        ((Move,), "à déplacer", "to move"),
        ((Arrange,), "fratries à ranger", "sets of siblings to arrange"),
        ((Relate,), "relations", "relations"),
        ((SetRule,), "règles", "rules"),
        ((Delete,), "à supprimer", "to remove"),
    )
    parts = []
    if plan.count(CreateFramework):
        parts.append("nouveau référentiel" if fr else "new framework")
    if plan.count(UpdateFramework):
        parts.append("référentiel à mettre à jour" if fr else "framework to update")
    for kinds, in_french, in_english in words:
        number = sum(plan.count(kind) for kind in kinds)
        if number:
            parts.append(f"{number} {in_french if fr else in_english}")
    parts.append(f"{plan.left} {'inchangées' if fr else 'unchanged'}")
    if plan.only_in_moodle:
        only = "seulement dans Moodle" if fr else "only in Moodle"
        parts.append(f"{len(plan.only_in_moodle)} {only}")
    return ", ".join(parts)


def note_text(note: Note, language: str) -> str:
    """What a person should know although nothing is done about it."""
    return sentence(note.kind.value, language, **dict(note.values))


def _changes(changes: tuple[Change, ...], fr: bool) -> str:
    told = []
    for change in changes:
        name = FIELDS[change.field][0 if fr else 1]
        if change.field == "description":
            told.append(name)
        else:
            before, after = shorten(change.before, 60), shorten(change.after, 60)
            quoted = f"« {before} » → « {after} »" if fr else f"“{before}” → “{after}”"
            told.append(f"{name} : {quoted}" if fr else f"{name}: {quoted}")
    return french("; ".join(told)) if fr else "; ".join(told)


def _moved(step: Move, fr: bool) -> str:
    top = "la racine" if fr else "the top"
    before, after = step.before or top, step.after or top
    name = shorten(step.found.content.shortname, 60)
    way = f"de {before} vers {after}" if fr else f"from {before} to {after}"
    return f"{step.found.idnumber}  {name}  ({way})"


def _rule(step: SetRule, fr: bool) -> str:
    if step.after is None:
        return f"{step.idnumber}  ({'règle retirée' if fr else 'rule dropped'})"
    what = _rule_words(step.after, fr)
    if step.restores:
        back = "règle remise" if fr else "rule put back"
        return f"{step.idnumber}  ({back}, {what})"
    return f"{step.idnumber}  ({'règle' if fr else 'rule'}, {what})"


def _rule_words(rule: Rule, fr: bool) -> str:
    if rule.kind == RULE_ALL:
        return "toutes acquises" if fr else "all acquired"
    if rule.kind == RULE_POINTS:
        return f"{rule.points} points"
    return rule.kind
