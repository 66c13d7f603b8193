"""Labels as other software takes them: short names and little pieces of HTML."""

from html import escape

from referential.model import Node

ELLIPSIS = "…"


def shorten(text: str, limit: int) -> str:
    """The text in at most ``limit`` characters, cut after a word and ended by « … » if longer.

    A first word longer than that is cut in the middle: there is no better place.
    """
    if len(text) <= limit:
        return text
    room = limit - len(ELLIPSIS)
    cut = text.rfind(" ", 0, room + 1)
    return (text[:cut] if cut > 0 else text[:room]).rstrip(" ,;:.(–—-\u00a0\u202f") + ELLIPSIS


def full_name(node: Node) -> str:
    """Code and wording: ``A1.1.03 Étude des exigences…``."""
    return f"{node.code} {node.label}"


def paragraph(text: str) -> str:
    """The text as one paragraph of HTML."""
    return f"<p>{escape(text, quote=False)}</p>"
