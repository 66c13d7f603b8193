"""The plan of an import, for the terminal: what comes, changes, moves and goes, and what it touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lti_app.cli.language import say
from referential.diff import WORDING, Addition, Change, HeadChange, Move, Plan
from referential.model import Node, Referential, Tier

if TYPE_CHECKING:
    from lti_app.services.referentials.importing import Proposal

SHOWN = 40
"""Lines of one kind, unless all are asked for."""
FIELDS = {
    "code": ("code", "code"),
    "label": ("intitulé", "label"),
    "description": ("description", "description"),
    "title": ("titre", "title"),
    "title_en": ("titre anglais", "English title"),
    "source": ("source", "source"),
    "language": ("langue", "language"),
    "tiers": ("niveaux", "tiers"),
}


def lines(proposal: Proposal, lang: str, everything: bool = False) -> Iterator[str]:
    """The whole plan; ``everything`` lists each element instead of the first few of a kind."""
    plan = proposal.plan
    yield summary(plan, proposal.tree, lang)
    for change in plan.head if not proposal.first else ():
        yield "~ " + _head(change, lang)
    kinds: tuple[list[str], ...] = (
        [_added(one, proposal.tree, lang) for one in plan.added],
        [line for one in plan.changed for line in _changed(one, lang)],
        [_moved(one, lang) for one in plan.moved],
        [f"- {_name(node)}" for node in plan.removed],
        list(_consequences(proposal, lang)),
    )
    for kind in kinds:
        yield from kind if everything else _first(kind, lang)


def summary(plan: Plan, tree: Referential, lang: str) -> str:
    """One line of counts."""
    counts = (len(plan.added), len(plan.changed), len(plan.moved), len(plan.removed))
    added, changed, moved, removed = counts
    return say(
        f"{tree.code} ({tree.title}) : {added} à ajouter, {changed} à modifier, {moved} à déplacer, "
        f"{removed} à retirer, {len(plan.unchanged)} inchangés. Identifiants gardés : {plan.kept}.",
        f"{tree.code} ({tree.title}): {added} to add, {changed} to change, {moved} to move, "
        f"{removed} to remove, {len(plan.unchanged)} unchanged. Identifiers kept: {plan.kept}.",
        lang,
    )


def _first(kind: Sequence[str], lang: str) -> Iterator[str]:
    yield from kind[:SHOWN]
    more = len(kind) - SHOWN
    if more > 0:
        yield say(f"  … et {more} autres (--all)", f"  … and {more} more (--all)", lang)


def _name(node: Node) -> str:
    return f"{node.code} {node.label}"


def _added(one: Addition, tree: Referential, lang: str) -> str:
    if one.node.parent is None:
        return f"+ {_name(one.node)}"
    under = say(f"(sous {one.node.parent})", f"(under {one.node.parent})", lang)
    return f"+ {_name(one.node)} {under}"


def _changed(change: Change, lang: str) -> Iterator[str]:
    for name in WORDING:
        if name in change.fields:
            before, after = getattr(change.before, name), getattr(change.after, name)
            yield f"~ {change.before.code} {_field(name, lang)}{_shown(before, lang)} → {_shown(after, lang)}"


def _moved(move: Move, lang: str) -> str:
    before, after = move.before.parent, move.after.parent
    if before == after:
        place = say("change de place", "changes places", lang)
        return f"> {_name(move.after)} ({place})"
    return f"> {_name(move.after)} ({before or '·'} → {after or '·'})"


def _head(change: HeadChange, lang: str) -> str:
    return f"{_field(change.field, lang)}{_head_value(change.before, lang)} → {_head_value(change.after, lang)}"


def _head_value(value: object, lang: str) -> str:
    if isinstance(value, tuple):
        return ", ".join(
            f"{tier.letter} {say(tier.name_fr, tier.name_en, lang)}"
            for tier in value
            if isinstance(tier, Tier)
        )
    return _shown(str(value), lang)


def _field(name: str, lang: str) -> str:
    french, english = FIELDS[name]
    return say(f"{french} : ", f"{english}: ", lang)


def _shown(text: str, lang: str) -> str:
    """The text in quotation marks; what the file says stays as it is inside."""
    if not text:
        return "∅"
    return f"«\u202f{text}\u202f»" if lang == "fr" else f"“{text}”"


def _consequences(proposal: Proposal, lang: str) -> Iterator[str]:
    for one in proposal.removed:
        yield say(
            f"! {_name(one.node)} : retiré, {one.learners} élève(s) évalué(s). Les évaluations sont "
            "gardées, mais ne comptent plus.",
            f"! {_name(one.node)}: removed, {one.learners} pupil(s) assessed. The assessments are "
            "kept, but no longer count.",
            lang,
        )
    touched = {one.node.uuid: one.learners for one in proposal.slid}
    for change in proposal.plan.slid:
        holder = change.went_to.code if change.went_to else ""
        learners = touched.get(change.before.uuid, 0)
        yield say(
            f"! {change.before.code} : son intitulé actuel passe à {holder}. Ses évaluations "
            f"({learners} élève(s)) restent à {change.after.code}, sous le nouvel intitulé.",
            f"! {change.before.code}: its present label goes to {holder}. Its assessments "
            f"({learners} pupil(s)) stay with {change.after.code}, under the new label.",
            lang,
        )
    for activity in proposal.broken:
        codes = ", ".join(activity.codes)
        yield say(
            f"! L'activité « {activity.activity} » ({activity.course}) porte sur {codes}, qui "
            "n'existerait plus : il faudra la choisir à nouveau.",
            f"! The activity “{activity.activity}” ({activity.course}) covers {codes}, which would "
            "no longer exist: it will have to be chosen again.",
            lang,
        )
