"""Small diplomas, invented, for tests that need just one thing to be odd."""

from referential.overlay import Overlay, parse_overlay
from referential.text import Parsed, parse_text

TIERS = """
[[tiers]]
letter = "P"
name_fr = "processus"
name_en = "process"
plural_fr = "processus"
plural_en = "processes"
taxonomy = "concept"

[[tiers]]
letter = "A"
name_fr = "activité"
name_en = "activity"
plural_fr = "activités"
plural_en = "activities"
taxonomy = "practice"
"""

COMPETENCES = """
[[tiers]]
letter = "C"
name_fr = "compétence"
name_en = "competence"
plural_fr = "compétences"
plural_en = "competences"
taxonomy = "competency"
numbering = "position"
"""

HEAD = """
code = "TEST"
title = "Diplôme d'essai"
title_en = "Trial diploma"
source = "inventé"
page_headers = ["Diplôme d'essai, page [0-9]+"]
"""

PLAIN = """\
P1 Produire
A1.1 Étudier
Recenser les besoins
Chiffrer
A1.2 Choisir
Comparer
P2 Maintenir
A2.1 Dépanner
Diagnostiquer
"""
"""A text without any irregularity: 2 P, 3 A, 4 C."""


def overlay(more: str = "", tiers: str = TIERS + COMPETENCES) -> Overlay:
    """The overlay of PLAIN, with repairs."""
    return parse_overlay((HEAD + tiers + more).encode())


def parse(text: bytes | str, more: str = "", tiers: str = TIERS + COMPETENCES) -> Parsed:
    """The text under that overlay."""
    return parse_text(text, overlay(more, tiers), "essai.txt")


def tree(text: str = PLAIN, more: str = "") -> list[str]:
    """What the text gives, one line a node: ``A1.1 Étudier``."""
    parsed = parse(text, more)
    assert parsed.referential is not None, parsed.findings
    return [f"{node.code} {node.label}" for node in parsed.referential.nodes]
