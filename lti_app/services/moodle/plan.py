"""The plan: what is between a référentiel and a framework in Moodle. Pure, so that it can be shown first.

Moodle's ways it takes into account (``competency/classes/api.php``, Moodle 4.5):

- a new or moved competency becomes the last of its siblings, whatever order is asked for;
- adding, moving or removing a child drops its parent's rule: rules come last, and those which
  people set in Moodle are put back;
- moving a competency under one of its own descendants tears its children away: moves go from the top
  down, when every ancestor of the new parent already stands where it should.

What only Moodle has is left where it is, unless ``prune`` asks for its removal; Moodle itself refuses to
remove what is rated or used.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable, Mapping

from lti_app.services.moodle.framework import (
    RULE_POINTS,
    Competency,
    Found,
    FoundFramework,
    LevelFlags,
    Rule,
    WantedFramework,
)
from lti_app.services.moodle.ordering import arranged
from lti_app.services.moodle.steps import (
    Arrange,
    Change,
    Create,
    CreateFramework,
    Delete,
    Move,
    Note,
    NoteKind,
    Plan,
    Relate,
    SetRule,
    Step,
    Update,
    UpdateFramework,
)


def make_plan(
    wanted: WantedFramework,
    found: FoundFramework | None,
    *,
    prune: bool = False,
    in_use: Collection[str] = (),
    kept_rules: Mapping[str, Rule] | None = None,
) -> Plan:
    """What a push would do.

    ``in_use``: idnumbers that Moodle has refused to remove. ``kept_rules``: rules that an
    interrupted push has seen and Moodle has dropped since.
    """
    here: Mapping[str, Found] = found.by_idnumber if found else {}
    codes = {one.idnumber for one in wanted.competencies}
    extra = tuple(one for one in (found.competencies if found else ()) if one.idnumber not in codes)
    removed = tuple(one for one in extra if one.idnumber not in in_use) if prune else ()
    gone = {one.idnumber for one in removed}
    staying = tuple(one for one in extra if one.idnumber not in gone)
    structure = _structure(wanted, here)
    updates = _updates(wanted, here)
    arrangements = _arrangements(wanted, found, staying)
    rules, lost = _rules(wanted, found, structure, removed, kept_rules or {})
    steps: list[Step] = [
        *_framework_step(wanted, found),
        *structure,
        *updates,
        *_relations(wanted, here),
        *(Delete(one) for one in _deepest_first(removed)),
        *arrangements,
        *rules,
    ]
    return Plan(
        idnumber=wanted.idnumber,
        shortname=wanted.shortname,
        steps=tuple(steps),
        left=len(wanted.competencies) - len(_touched(steps) & codes),
        only_in_moodle=staying,
        notes=(*_notes(wanted, found), *lost),
    )


def same_html(one: str, other: str) -> bool:
    """Whether two descriptions read the same: Moodle may write an entity or a space otherwise."""
    return " ".join(html.unescape(one).split()) == " ".join(html.unescape(other).split())


def _framework_step(wanted: WantedFramework, found: FoundFramework | None) -> list[Step]:
    if found is None:
        return [CreateFramework(wanted.idnumber, wanted.shortname)]
    changes = []
    if found.shortname != wanted.shortname:
        changes.append(Change("shortname", found.shortname, wanted.shortname))
    if not same_html(found.description, wanted.description):
        changes.append(Change("description", found.description, wanted.description))
    if found.taxonomies != wanted.taxonomies:
        changes.append(
            Change("taxonomies", ",".join(found.taxonomies), ",".join(wanted.taxonomies))
        )
    if found.levels == wanted.levels and found.flags != wanted.flags:
        before, after = _flags_text(found.flags), _flags_text(wanted.flags)
        changes.append(Change("scaleconfiguration", before, after))
    return [UpdateFramework(tuple(changes))] if changes else []


def _flags_text(flags: Iterable[LevelFlags]) -> str:
    """``1d 3p 4p``: the first level is the default, the third and fourth are proficient."""
    return " ".join(
        f"{one.position}{'d' if one.default else ''}{'p' if one.proficient else ''}"
        for one in sorted(flags, key=lambda flag: flag.position)
    )


def _structure(wanted: WantedFramework, here: Mapping[str, Found]) -> list[Create | Move]:
    """Creations and moves from the top down; within a depth in the référentiel's order."""
    depth: dict[str | None, int] = {None: -1}
    steps: list[tuple[int, Create | Move]] = []
    for one in wanted.competencies:
        depth[one.idnumber] = depth[one.parent] + 1
        there = here.get(one.idnumber)
        if there is None:
            steps.append((depth[one.idnumber], Create(one)))
        elif there.content.parent != one.parent:
            steps.append((depth[one.idnumber], Move(there, one.parent)))
    return [step for _, step in sorted(steps, key=lambda item: item[0])]


def _updates(wanted: WantedFramework, here: Mapping[str, Found]) -> list[Update]:
    updates = []
    for one in wanted.competencies:
        there = here.get(one.idnumber)
        changes = _changes(one, there.content) if there else ()
        if there and changes:
            updates.append(Update(there, changes))
    return updates


def _changes(one: Competency, there: Competency) -> tuple[Change, ...]:
    changes = []
    if one.shortname != there.shortname:
        changes.append(Change("shortname", there.shortname, one.shortname))
    if not same_html(one.description, there.description):
        changes.append(Change("description", there.description, one.description))
    return tuple(changes)


def _arrangements(
    wanted: WantedFramework, found: FoundFramework | None, staying: tuple[Found, ...]
) -> list[Arrange]:
    """Where the siblings' order will differ once creations, moves and removals are done."""
    if found is None:
        return []  # created in the right order
    here = found.by_idnumber
    wanted_children: dict[str | None, list[Competency]] = {}
    for one in wanted.competencies:
        wanted_children.setdefault(one.parent, []).append(one)
    stays = {one.idnumber for one in staying}
    parents = [*dict.fromkeys([None, *(one.idnumber for one in wanted.competencies)])]
    arrangements = []
    for parent in parents:
        target = [one.idnumber for one in wanted_children.get(parent, [])]
        codes = set(target)
        now = [one.idnumber for one in found.children.get(parent, ())]
        kept = [code for code in now if code in codes or code in stays]
        added = [code for code in target if code not in here or here[code].content.parent != parent]
        after = arranged([*kept, *added], target)
        if tuple(after) != (*kept, *added) or _ambiguous(found, parent, kept):
            arrangements.append(Arrange(parent, (*kept, *added), tuple(after)))
    return arrangements


def _ambiguous(found: FoundFramework, parent: str | None, kept: list[str]) -> bool:
    """Whether two siblings share a place, so that Moodle may show either first."""
    shown = set(kept)
    places = [one.sortorder for one in found.children.get(parent, ()) if one.idnumber in shown]
    return len(set(places)) < len(places)


def _relations(wanted: WantedFramework, here: Mapping[str, Found]) -> list[Relate]:
    """Relations between two competencies of the référentiel; those with others are left alone."""
    if not wanted.states_related:
        return []
    codes = {one.idnumber for one in wanted.competencies}
    wish, fact = set(), set()
    for one in wanted.competencies:
        wish |= {_pair(one.idnumber, other) for other in one.related & codes}
        there = here.get(one.idnumber)
        if there:
            fact |= {_pair(one.idnumber, other) for other in there.content.related & codes}
    return [Relate(*pair, pair in wish) for pair in sorted(wish ^ fact)]


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def _rules(
    wanted: WantedFramework,
    found: FoundFramework | None,
    structure: list[Create | Move],
    removed: tuple[Found, ...],
    kept_rules: Mapping[str, Rule],
) -> tuple[list[SetRule], list[Note]]:
    """The rules to set last, and a note for each that cannot be put back."""
    here: Mapping[str, Found] = found.by_idnumber if found else {}
    disturbed = _disturbed(structure, removed)
    parents = {one.idnumber: one.parent for one in (*_contents(found), *wanted.competencies)}
    gone = {one.idnumber for one in removed}
    stated = {one.idnumber: one.rule for one in wanted.competencies} if wanted.states_rules else {}
    steps, lost = [], []
    for code in dict.fromkeys([*stated, *here]):
        if code in gone:
            continue
        before = here[code].content.rule if code in here else None
        if code in stated:
            if before != stated[code] or (before and code in disturbed):
                steps.append(SetRule(code, before, stated[code], restores=before == stated[code]))
            continue
        rule = before or kept_rules.get(code)
        if rule is None or (before and code not in disturbed):
            continue
        after = _without_strangers(rule, code, parents, gone)
        if after is None:
            lost.append(Note(NoteKind.RULE_LOST, (("idnumber", code),)))
        else:
            steps.append(SetRule(code, before, after, restores=True))
    return steps, lost


def _disturbed(structure: list[Create | Move], removed: tuple[Found, ...]) -> set[str | None]:
    """The parents whose rule Moodle will drop."""
    parents: set[str | None] = {one.content.parent for one in removed}
    for step in structure:
        if isinstance(step, Create):
            parents.add(step.competency.parent)
        else:
            parents |= {step.before, step.after}
    return parents


def _without_strangers(
    rule: Rule, code: str, parents: Mapping[str, str | None], gone: set[str]
) -> Rule | None:
    """A rule by points with the children that are still there; None if it cannot be met with them."""
    if rule.kind != RULE_POINTS:
        return rule
    shares = frozenset(
        share
        for share in rule.shares
        if parents.get(share.child, "") == code and share.child not in gone
    )
    if sum(share.points for share in shares) < rule.points:
        return None
    return Rule(rule.kind, rule.outcome, rule.points, shares)


def _contents(found: FoundFramework | None) -> Iterable[Competency]:
    return (one.content for one in found.competencies) if found else ()


def _deepest_first(removed: tuple[Found, ...]) -> list[Found]:
    by_code = {one.idnumber: one for one in removed}

    def depth(one: Found) -> int:
        above = by_code.get(one.content.parent or "")
        return 1 + depth(above) if above else 0

    return sorted(removed, key=depth, reverse=True)


def _touched(steps: Iterable[Step]) -> set[str]:
    """The competencies that some step names; an order belongs to siblings, not to one of them."""
    touched: set[str] = set()
    for step in steps:
        match step:
            case Create(competency=one):
                touched.add(one.idnumber)
            case Update(found=there) | Move(found=there):
                touched.add(there.idnumber)
            case Relate(one=one_code, other=other_code):
                touched |= {one_code, other_code}
            case SetRule(idnumber=code):
                touched.add(code)
            case _:
                pass
    return touched


def _notes(wanted: WantedFramework, found: FoundFramework | None) -> list[Note]:
    if found is None:
        return []
    notes = []
    if found.levels != wanted.levels:
        there, ours = ", ".join(found.levels), ", ".join(wanted.levels)
        notes.append(Note(NoteKind.SCALE_DIFFERS, (("there", there), ("ours", ours))))
    if not found.visible:
        notes.append(Note(NoteKind.HIDDEN))
    return notes
