"""All formats. A format's module is imported when it is used, not when it is listed."""

from collections.abc import Iterator

from exporters.base import Exporter

EXPORTERS: tuple[Exporter, ...] = (
    Exporter(
        identifier="moodle-framework",
        extension="csv",
        content_type="text/csv; charset=utf-8",
        title_fr="Référentiel de compétences Moodle (CSV)",
        title_en="Moodle competency framework (CSV)",
        help_fr="Administration du site > Compétences > Importer un référentiel de compétences ; "
        "choisir le séparateur du fichier (virgule, sauf autre choix) et l’encodage UTF-8.",
        help_en="Site administration > Competencies > Import competency framework; choose the "
        "file’s separator (comma unless chosen otherwise) and the encoding UTF-8.",
        module="exporters.moodle_framework",
    ),
    Exporter(
        identifier="moodle-outcomes",
        extension="csv",
        content_type="text/csv; charset=utf-8",
        title_fr="Objectifs Moodle (CSV)",
        title_en="Moodle outcomes (CSV)",
        help_fr="Dans un cours : Notes > Objectifs > Importer. Les objectifs doivent être activés "
        "sur le site.",
        help_en="In a course: Grades > Outcomes > Import. Outcomes must be enabled on the site.",
        module="exporters.moodle_outcomes",
    ),
)


class UnknownFormat(LookupError):  # noqa: N818 - reads as what happened
    """There is no exporter of this identifier; ``choices`` are those there are."""

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        self.choices = tuple(exporter.identifier for exporter in EXPORTERS)
        super().__init__(f"{identifier}: not one of {', '.join(self.choices)}")


def all() -> Iterator[Exporter]:
    """Every exporter, in the order in which people should see them."""
    return iter(EXPORTERS)


def get(identifier: str) -> Exporter:
    """The exporter of this identifier. Raises :class:`UnknownFormat`."""
    for exporter in EXPORTERS:
        if exporter.identifier == identifier:
            return exporter
    raise UnknownFormat(identifier)
