"""A small part of the BTS SIO, a class with results, and trees made without the parser."""

from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from exporters.base import ExportOptions
from exporters.results import Column, Grade, Learner, Results
from referential import identifiers
from referential.library import load_named_scale
from referential.model import Node, Referential, Tier
from tests.paths import CONFIG, DATA

PART = ("D1.1", "C4.2.01.2", "C4.2.02.3")
"""The smallest domain, and two competences of the same wording."""
GOLDEN = DATA / "part"
SITE = "https://moodle.example.fr"
TOOL_URL = "https://competences.example.fr/lti/launch"

CLASS = Results(
    learners=(
        Learner("5", "Chloé D'Arc", "E05", "chloe@example.fr", "chloe.darc"),
        Learner("6", 'Max "Le Grand" & <Fils>', "E06", "max@example.fr", "max"),
        Learner("7", "Sans Numéro", "", "sans@example.fr", "sans"),
    ),
    columns=(
        Column("P1 Production de services", "BTSSIO-P1", Decimal(20)),
        Column("Niveau global", "NIVEAU", Decimal(4), by_level=True),
    ),
    grades={
        ("5", 0): Grade(Decimal("12.50"), 'Bien & "é" <b>'),
        ("5", 1): Grade(Decimal(3)),
        ("6", 0): Grade(None, "Absent"),
        ("7", 0): Grade(Decimal(20)),
    },
    levels={("5", "C1.1.03.1"): 4, ("6", "C1.1.03.1"): 1, ("7", "C1.1.03.2"): 2},
)


def options(**more) -> ExportOptions:
    """What every format needs, and what the test wants."""
    usual = {"tool_url": TOOL_URL, "results": CLASS, "site": SITE, "tool": "3"}
    return ExportOptions(**usual | more)


def tiers(count: int) -> tuple[Tier, ...]:
    words = ("processus", "domaine", "activité", "compétence", "élément")
    return tuple(
        Tier(word[0].upper(), word, f"{word}-en", f"{word}s", f"{word}s-en", "level")
        for word in words[:count]
    )


def tree(labels, depth=3, code="ESSAI", described=False) -> Referential:
    """The labels in turn, each one tier below the one before, back to the top after the last."""
    nodes: list[Node] = []
    path: list[Node] = []
    ranks: dict[str | None, int] = {}
    for number, label in enumerate(labels):
        level = number % depth
        path = path[:level]
        parent = path[-1] if path else None
        above = parent.code if parent else None
        rank = ranks[above] = ranks.get(above, 0) + 1
        key = (*(parent.sort_key if parent else ()), rank)
        own = "PDACE"[level] + ".".join(map(str, key))
        node = Node(
            code=own,
            label=label,
            depth=level,
            parent=above,
            position=rank,
            sort_key=key,
            idnumber=identifiers.idnumber(code, own),
            uuid=identifiers.uuid(code, own),
            line=number + 1,
            description="Première ligne\nseconde <ligne>" if described else "",
        )
        nodes.append(node)
        path.append(node)
    return Referential(code, "Diplôme d'essai", "inventé", tiers(depth), tuple(nodes))


def scale(name: str = "bts-sio-4"):
    return load_named_scale(CONFIG, name)


def golden(name: str) -> Path:
    """The golden file of this name."""
    return GOLDEN / name


printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1
)
"""Any text without control characters."""
anything = st.text(st.characters(codec="utf-8"), min_size=1)
"""Any text at all, control characters included."""
