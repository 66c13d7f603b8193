"""What the page « pourquoi cette note ? » is made of. Pure functions of an ``Explanation``."""

from __future__ import annotations

from dataclasses import dataclass

from lti_app.services.grades.explaining import Competence, Explanation
from lti_app.services.grades.rule_texts import number
from lti_app.views.filters import points
from referential.model import Node


@dataclass(frozen=True, slots=True)
class Group:
    """The competences under one node that something was said of, and how many others there are."""

    node: Node
    judged: tuple[Competence, ...]
    open: int


def groups(found: Explanation) -> list[Group]:
    """The column's competences by the node above them, in the référentiel's order; groups in which
    nothing was said are left out."""
    referential = found.framing.referential
    under: dict[str, list[Competence]] = {}
    for competence in found.competences:
        under.setdefault(competence.node.parent or competence.node.code, []).append(competence)
    made = []
    for code, competences in under.items():
        judged = tuple(each for each in competences if each.said)
        if judged:
            made.append(Group(referential.node(code), judged, len(competences) - len(judged)))
    return made


def formula(found: Explanation) -> str:
    """The grade as a calculation before it is rounded: « 12 ÷ 153 × 20 = 1,57 »; empty while there is no
    grade or nothing counts."""
    grade = found.wanted.grade if found.wanted else None
    if grade is None or not grade.possible:
        return ""
    earned = min(grade.earned, grade.possible)
    exact = earned * grade.maximum / grade.possible
    factors = f"{number(earned)} ÷ {number(grade.possible)} × {number(grade.maximum)}"
    return f"{factors} = {points(exact)}"
