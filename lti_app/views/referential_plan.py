"""The plan of an import as a page shows it: groups of lines, and what it touches in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_app.services.referentials.importing import Proposal
from lti_app.views.filters import language, typo
from referential.diff import WORDING, Change, HeadChange, Move
from referential.model import Node, Tier

SHOWN = 300
"""Lines of one group: a page is no place for a hundred thousand."""


@dataclass(frozen=True, slots=True)
class Group:
    """What happens to some elements: a title, a sign, a line for each, and how many are not shown."""

    title: str
    sign: str
    lines: tuple[str, ...]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


@dataclass(frozen=True, slots=True)
class PlanView:
    """``notes``: what happens to assessments and activities, to be read before agreeing."""

    title: str
    counted: str
    groups: tuple[Group, ...]
    notes: tuple[str, ...]
    empty: bool


def view(proposal: Proposal) -> PlanView:
    """The proposal in the page's language."""
    plan = proposal.plan
    head = () if proposal.first else plan.head
    groups = (
        _group(_("Le référentiel"), "~", [_head(change) for change in head]),
        _group(_("À ajouter"), "+", (_name(one.node) for one in plan.added)),
        _group(_("À modifier"), "~", (line for one in plan.changed for line in _changed(one))),
        _group(_("À déplacer"), ">", map(_moved, plan.moved)),
        _group(_("À retirer"), "−", map(_name, plan.removed)),
    )
    return PlanView(
        title=f"{proposal.tree.title} ({proposal.tree.code})",
        counted=_(
            "%(added)s à ajouter, %(changed)s à modifier, %(moved)s à déplacer, %(removed)s à "
            "retirer, %(same)s sans changement. Identifiants gardés : %(kept)s.",
            added=len(plan.added),
            changed=len(plan.changed),
            moved=len(plan.moved),
            removed=len(plan.removed),
            same=len(plan.unchanged),
            kept=plan.kept,
        ),
        groups=tuple(group for group in groups if group.count),
        notes=tuple(_notes(proposal)),
        empty=plan.empty,
    )


def _group(title: str, sign: str, lines: Iterable[str]) -> Group:
    found = list(lines)
    return Group(title, sign, tuple(map(typo, found[:SHOWN])), len(found))


def _name(node: Node) -> str:
    return f"{node.code} {node.label}"


def _changed(change: Change) -> Iterable[str]:
    names = {"code": _("code"), "label": _("intitulé"), "description": _("description")}
    for field in WORDING:
        if field in change.fields:
            before, after = getattr(change.before, field), getattr(change.after, field)
            what = f"{change.before.code}, {names[field]}"
            yield _from_to(what, _quoted(before), _quoted(after))


def _from_to(what: str, before: str, after: str) -> str:
    return _("%(what)s : %(before)s → %(after)s", what=what, before=before, after=after)


def _moved(move: Move) -> str:
    before, after = move.before.parent, move.after.parent
    if before == after:
        return _("%(name)s : change de place", name=_name(move.after))
    top = _("premier niveau")
    return _from_to(_name(move.after), before or top, after or top)


def _head(change: HeadChange) -> str:
    names = {
        "title": _("titre"),
        "title_en": _("titre anglais"),
        "source": _("source"),
        "language": _("langue"),
        "tiers": _("niveaux"),
    }
    return _from_to(names[change.field], _value(change.before), _value(change.after))


def _value(value: object) -> str:
    if not isinstance(value, tuple):
        return _quoted(str(value))
    french = language() == "fr"
    tiers = (tier for tier in value if isinstance(tier, Tier))
    return ", ".join(f"{t.letter} {t.name_fr if french else t.name_en}" for t in tiers)


def _quoted(text: str) -> str:
    if not text:
        return "∅"
    return f"«\u202f{text}\u202f»" if language() == "fr" else f"“{text}”"


def _notes(proposal: Proposal) -> Iterable[str]:
    for one in proposal.removed:
        yield ngettext(
            "%(name)s est retiré : %(num)s élève y est évalué. L’évaluation est gardée, mais ne "
            "compte plus.",
            "%(name)s est retiré : %(num)s élèves y sont évalués. Les évaluations sont gardées, "
            "mais ne comptent plus.",
            one.learners,
            name=_name(one.node),
        )
    learners = {one.node.uuid: one.learners for one in proposal.slid}
    for change in proposal.plan.slid[:SHOWN]:
        yield ngettext(
            "L’intitulé de %(code)s passe à %(other)s. L’évaluation de %(num)s élève reste à "
            "%(code)s, sous son nouvel intitulé.",
            "L’intitulé de %(code)s passe à %(other)s. Les évaluations de %(num)s élèves restent à "
            "%(code)s, sous son nouvel intitulé.",
            learners.get(change.before.uuid, 0),
            code=change.after.code,
            other=change.went_to.code if change.went_to else "",
        )
    for activity in proposal.broken:
        yield _(
            "L’activité « %(activity)s » (%(course)s) porte sur %(codes)s, qui n’existerait plus : "
            "il faudra la choisir à nouveau.",
            activity=activity.activity,
            course=activity.course,
            codes=", ".join(activity.codes),
        )
