"""A référentiel printed back in the text form that :mod:`referential.text` reads.

What an overlay repaired is printed repaired: the text reads back equal under
:meth:`referential.overlay.Overlay.without_repairs`.
"""

from referential.model import Referential
from referential.overlay import Overlay


def print_text(referential: Referential, overlay: Overlay) -> str:
    """One line a node, with a blank line before each coded one, ends in a newline."""
    lines: list[str] = []
    for node in referential.nodes:
        if overlay.tiers[node.depth].numbers:
            lines += ["", f"{node.code} {node.label}"]
        else:
            lines.append(node.label)
    return "\n".join(lines) + "\n"
