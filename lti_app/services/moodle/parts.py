"""A part of a référentiel as Moodle's courses and plans take it: the idnumbers of its competences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exporters.wording import full_name
from lti_app.config_files import config_dir
from lti_app.services.moodle.errors import MoodleInputError
from referential.library import UnknownName, load_named
from referential.model import UnknownNode


@dataclass(frozen=True, slots=True)
class Part:
    """``framework`` is the référentiel's idnumber in Moodle, ``title`` names the part in a few words."""

    framework: str
    title: str
    description: str
    idnumbers: tuple[str, ...]


def part(referential: str, codes: Sequence[str]) -> Part:
    """The competences under these codes, all by default.

    Raises ``MoodleInputError`` for an unknown référentiel or code.
    """
    try:
        tree = load_named(config_dir(), referential)
        nodes = tree.scope(codes) if codes else tree.leaves()
        names = [full_name(tree.node(code)) for code in codes]
    except UnknownName as error:
        choices = ", ".join(error.choices)
        raise MoodleInputError("unknown_referential", name=error.name, choices=choices) from error
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
