"""Random diplomas: an overlay, a tree built without the parser, and noisy prints of it."""

import unicodedata

from hypothesis import strategies as st

from referential import identifiers
from referential.model import Node, Referential, Tier
from referential.overlay import Overlay, Syntax, parse_overlay
from referential.serialize import print_text

LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûüœæÉÀÔñßΩж中ع"
INSIDE = LETTERS + "0123456789'’(),;:/&<>\"-–.#@%+=?!«»…🎓"
HEADER = "Diplôme d'essai, page {}"


@st.composite
def overlays(draw) -> Overlay:
    """One to four tiers in any numbering the overlay allows."""
    count = draw(st.integers(1, 4))
    letters = draw(
        st.lists(
            st.sampled_from("ABCDEPX") | st.just("BC"), min_size=count, max_size=count, unique=True
        )
    )
    numberings = [draw(st.sampled_from(["nested", "own"])) for _ in letters]
    if count > 1 and draw(st.booleans()):
        numberings[-1] = "position"
    tiers = "".join(
        f"""
[[tiers]]
letter = "{letter}"
name_fr = "niveau {letter}"
name_en = "tier {letter}"
plural_fr = "niveaux {letter}"
plural_en = "tiers {letter}"
taxonomy = "level"
numbering = "{numbering}"
"""
        for letter, numbering in zip(letters, numberings, strict=True)
    )
    head = """
code = "ESSAI"
title = "Diplôme d'essai"
title_en = "Trial diploma"
source = "inventé"
page_headers = ["Diplôme d'essai, page [0-9]+"]
"""
    return parse_overlay((head + tiers).encode())


@st.composite
def labels(draw) -> str:
    """A wording that no reader could take for a code, a bullet or emphasis."""
    first = draw(st.text(LETTERS, min_size=3, max_size=12))
    rest = draw(st.lists(st.text(INSIDE, min_size=1, max_size=8), max_size=6))
    return unicodedata.normalize("NFC", " ".join([first, *rest]))


@st.composite
def referentials(draw, overlay: Overlay) -> Referential:
    """A tree under the overlay's tiers, its codes and keys worked out without the parser."""
    nodes: list[Node] = []
    own = [0] * len(overlay.tiers)
    width = draw(st.integers(1, 3))

    def grow(depth: int, parent: Node | None, above: str) -> None:
        syntax: Syntax = overlay.tiers[depth]
        number = own[depth] if syntax.numbering == "own" else 0
        least = 1 if depth == 0 else 0
        for position in range(1, draw(st.sampled_from([2, 3, 1, 4, least])) + 1):
            step = 1 if syntax.numbering == "position" else draw(st.integers(1, 3))
            number += step
            own[depth] = number
            printed = str(number) if syntax.numbering == "position" else f"{number:0{width}d}"
            numbers = printed if syntax.numbering == "own" or not above else f"{above}.{printed}"
            code = syntax.prefix + numbers
            node = Node(
                code=code,
                label=draw(labels()),
                depth=depth,
                parent=parent.code if parent else None,
                position=position,
                sort_key=(*(parent.sort_key if parent else ()), number),
                idnumber=f"ESSAI-{code}",
                uuid=identifiers.uuid("ESSAI", code),
            )
            nodes.append(node)
            if depth + 1 < len(overlay.tiers):
                grow(depth + 1, node, numbers)

    grow(0, None, "")
    tiers: tuple[Tier, ...] = tuple(syntax.tier for syntax in overlay.tiers)
    return Referential(
        "ESSAI", "Diplôme d'essai", "inventé", tiers, tuple(nodes), "fr", "Trial diploma"
    )


@st.composite
def noisy(draw, referential: Referential, overlay: Overlay) -> bytes:
    """The printed text with everything a PDF's extraction may add."""
    codes = {node.code for node in referential.nodes}
    noise = st.lists(st.sampled_from(["", " ", "\t", "header", "feed"]), max_size=2)
    lines: list[str] = []

    def between() -> None:
        for kind in draw(noise):
            if kind in ("header", "feed"):
                header = HEADER.format(draw(st.integers(1, 99)))
                lines.append(("\f" if kind == "feed" else "") + header)
            else:
                lines.append(kind)

    for line in print_text(referential, overlay).splitlines():
        between()
        code, _, label = line.partition(" ")
        coded = code in codes
        mark = draw(st.sampled_from(["", "", "*", "**", "_"]))
        title = f"{mark}{label if coded else line}{mark}" if line else ""
        text = f"{code}{draw(st.sampled_from([' ', '  ', chr(0xA0)]))}{title}" if coded else title
        bullet = draw(st.sampled_from(["", "", "- ", "• ", "\uf0b7\t"])) if line else ""
        lines.append(
            draw(st.sampled_from(["", " "]))
            + bullet
            + text
            + draw(st.sampled_from(["", "  ", "\t"]))
        )
    between()
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines)
    text = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), text)
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()
