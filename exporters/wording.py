"""Labels as other software takes them: short names and little pieces of HTML."""

import re
from html import escape

from referential.model import Node

ELLIPSIS = "…"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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


def described(node: Node) -> str:
    """The whole wording and the description below it, as paragraphs of HTML."""
    return "".join(map(paragraph, (node.label, *node.description.splitlines())))


def whole(node: Node) -> str:
    """The whole wording and the description below it, in plain text, one paragraph a line."""
    return "\n".join((node.label, *node.description.splitlines()))


def paragraph(text: str) -> str:
    """The text as one paragraph of HTML."""
    return f"<p>{escape(text, quote=False)}</p>"


def xml_text(text: str) -> str:
    """The text with every character that XML 1.0 (section 2.2) cannot hold replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)


def has_control(text: str) -> bool:
    """Whether any character is one that XML 1.0 cannot hold."""
    return _NOT_XML.search(text) is not None
