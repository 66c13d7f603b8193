"""A part of a référentiel as Moodle's courses and plans take it: the idnumbers of its competences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exporters.wording import full_name
from lti_app.services.moodle.errors import MoodleInputError
from lti_app.services.moodle.sources import tree_named
from lti_app.services.wiring import Wiring
from referential.model import UnknownNode


@dataclass(frozen=True, slots=True)
class Part:
    """``framework`` is the référentiel's idnumber in Moodle, ``title`` names the part in a few words."""

    framework: str
    title: str
    description: str
    idnumbers: tuple[str, ...]


def part(parts: Wiring, platform_id: int, referential: str, codes: Sequence[str]) -> Part:
    """The competences under these codes, all by default.

    Raises ``MoodleInputError`` for an unknown référentiel or code.
    """
    tree = tree_named(parts, platform_id, referential)
    try:
        nodes = tree.scope(codes) if codes else tree.leaves()
        names = [full_name(tree.node(code)) for code in codes]
    except UnknownNode as error:
        raise MoodleInputError(
            "unknown_code", referential=error.referential, code=error.key
        ) from error
    title = (
        names[0] if len(names) == 1 else tree.title + (f" ({', '.join(codes)})" if codes else "")
    )
    return Part(
        framework=tree.code,
        title=title,
        description=" ; ".join(names) if names else tree.source,
        idnumbers=tuple(node.idnumber for node in nodes),
    )
