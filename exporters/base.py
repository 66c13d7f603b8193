"""What an exporter is: who it is for, what file it makes, and one function that writes it."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import BinaryIO, Literal, Protocol, cast

from referential.model import Node, Referential
from referential.scale import Scale

Delimiter = Literal["comma", "semicolon"]
DELIMITERS: dict[Delimiter, str] = {"comma": ",", "semicolon": ";"}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a person may choose.

    ``scope``: codes; only what stands under (and, where the format is a tree, above) them is
    exported, everything if empty. ``language``: ``fr`` or ``en``, for the names of levels and
    the title. ``delimiter``: between the columns of the framework CSV, whose import form
    preselects the semicolon on French sites; other formats ignore it.
    """

    scope: tuple[str, ...] = ()
    language: str = "fr"
    delimiter: Delimiter = "comma"


class Write(Protocol):
    """Writes the file, piece by piece, to a binary stream.

    Raises :class:`referential.model.UnknownNode` for a code in the scope that is none, before
    anything is written.
    """

    def __call__(
        self, referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format. ``module`` is imported only when something is written."""

    identifier: str
    extension: str
    content_type: str
    title_fr: str
    title_en: str
    help_fr: str
    help_en: str
    module: str

    def title(self, language: str) -> str:
        """What the format is called, in French (``"fr"``, also ``fr_CA``) or else English."""
        return self.title_fr if language.lower().startswith("fr") else self.title_en

    def help(self, language: str) -> str:
        """Where to take the file, in French (``"fr"``, also ``fr_CA``) or else English."""
        return self.help_fr if language.lower().startswith("fr") else self.help_en

    def filename(self, referential: Referential) -> str:
        """A name for the file, in ASCII: ``BTSSIO-moodle-framework.csv``."""
        return f"{referential.code}-{self.identifier}.{self.extension}"

    def write(
        self, referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO
    ) -> None:
        """Writes the file to ``out``; see :class:`Write`."""
        cast(Write, import_module(self.module).write)(referential, scale, options, out)

    def render(
        self, referential: Referential, scale: Scale, options: ExportOptions | None = None
    ) -> bytes:
        """The whole file; for small ones, and for tests."""
        out = io.BytesIO()
        self.write(referential, scale, options or ExportOptions(), out)
        return out.getvalue()


def branch(referential: Referential, scope: Iterable[str]) -> tuple[Node, ...]:
    """The nodes of these codes with all below and above them, in order; all if there are none.

    Raises :class:`referential.model.UnknownNode`.
    """
    kept: set[str] = set()
    for code in scope:
        kept.add(referential.node(code).code)
        kept.update(node.code for node in referential.ancestors(code))
        kept.update(node.code for node in referential.descendants(code))
    return tuple(n for n in referential.nodes if n.code in kept) if kept else referential.nodes


def competences(referential: Referential, scope: tuple[str, ...]) -> tuple[Node, ...]:
    """The competences under these codes, in order; all if there are none.

    Raises :class:`referential.model.UnknownNode`.
    """
    return referential.scope(scope) if scope else referential.leaves()
