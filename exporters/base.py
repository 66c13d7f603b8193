"""What an exporter is: who it is for, what file it makes, and one function that writes it."""

import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, cast

from referential.model import Node, Referential
from referential.scale import Scale

if TYPE_CHECKING:
    from exporters.results import Results

Delimiter = Literal["comma", "semicolon"]
DELIMITERS: dict[Delimiter, str] = {"comma": ",", "semicolon": ";"}

Rule = Literal["none", "all", "points"]
RULES: tuple[Rule, ...] = ("none", "all", "points")
RuleOutcome = Literal["evidence", "complete", "recommend"]
RULE_OUTCOMES: tuple[RuleOutcome, ...] = ("evidence", "complete", "recommend")

Need = Literal["results", "tool_url"]
"""What a format cannot be written without, besides the référentiel and the scale."""
NEEDS: tuple[Need, ...] = ("results", "tool_url")

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""The moment written where a format asks for one and none was given: any fixed one would do."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a person may choose. Formats ignore what does not concern them.

    ``scope``: codes; only what stands under (and, where the format is a tree, above) them is
    exported, everything if empty. ``language``: ``fr`` or ``en``, for the names of levels and
    the title. ``delimiter``: between the columns of the framework CSV, whose import form
    preselects the semicolon on French sites, and of the grades CSV.

    ``rule``: how a competency framework lets an element follow from those right under it: not at
    all, from ``all`` of them, or from ``points``, one for each, of which ``rule_share`` percent
    (1 to 100) are needed. ``rule_outcome``: what Moodle does then. ``related``: whether
    competences of identical wording are cross-referenced.

    ``results``: the class's results (:mod:`exporters.results`). ``tool_url``: the address at
    which an LMS launches this tool (``https://…/lti/launch``). ``site`` and ``tool``: the Moodle
    that a course backup is for, by its address (the issuer of its launches), and the tool's number
    there (the deployment id). With both the restored activities belong to that tool; without they
    only find it by its address, and Moodle keeps the class list back.
    ``referential_name`` and
    ``scale_name``: what the tool calls them, for the activities of a course backup.
    ``activities``: codes; a course backup has one activity for each, instead of one for each
    element of the first tier. ``attach_outcomes``: whether its outcomes hang on the activities;
    Moodle then no longer tells the tool which column is the activity's, so they have columns of
    their own unless asked otherwise. ``maximum``: of an activity's grade, 1 to 1,000. ``moment``: when the référentiel last changed, aware; fixed by
    default, so that the same tree always gives the same bytes.
    """

    scope: tuple[str, ...] = ()
    language: str = "fr"
    delimiter: Delimiter = "comma"
    rule: Rule = "none"
    rule_share: int = 50
    rule_outcome: RuleOutcome = "complete"
    related: bool = True
    results: "Results | None" = None
    tool_url: str = ""
    site: str = ""
    tool: str = ""
    referential_name: str = "bts-sio"
    scale_name: str = "bts-sio-4"
    activities: tuple[str, ...] = ()
    attach_outcomes: bool = False
    maximum: int = 20
    moment: datetime = LONG_AGO

    @property
    def french(self) -> bool:
        """Whether the file speaks French."""
        return self.language.lower().startswith("fr")

    def missing(self, needs: Collection[Need]) -> tuple[Need, ...]:
        """Those of the needs that these options do not meet."""
        met = {"results": self.results is not None, "tool_url": bool(self.tool_url)}
        return tuple(need for need in needs if not met[need])


class NeedUnmet(ValueError):
    """The format cannot be written without ``need``."""

    def __init__(self, identifier: str, need: Need) -> None:
        super().__init__(f"{identifier} cannot be written without {need}")
        self.identifier = identifier
        self.need = need


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
    """One format. ``module`` is imported only when something is written; ``needs`` is what
    :class:`ExportOptions` must hold for it."""

    identifier: str
    extension: str
    content_type: str
    title_fr: str
    title_en: str
    help_fr: str
    help_en: str
    module: str
    needs: tuple[Need, ...] = ()

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
        """Writes the file to ``out``; see :class:`Write`.

        Raises :class:`NeedUnmet` if ``options`` lack what the format needs.
        """
        for need in options.missing(self.needs):
            raise NeedUnmet(self.identifier, need)
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
