"""All formats. A format's module is imported when it is used, not when it is listed.

The texts people read are in :mod:`exporters.titles`.
"""

from collections.abc import Collection

from exporters.base import Exporter, Need
from exporters.titles import TEXTS

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _exporter(
    identifier: str,
    extension: str,
    content_type: str,
    module: str,
    needs: tuple[Need, ...] = (),
) -> Exporter:
    texts = TEXTS[identifier]
    return Exporter(
        identifier=identifier,
        extension=extension,
        content_type=content_type,
        title_fr=texts.title_fr,
        title_en=texts.title_en,
        help_fr=texts.help_fr,
        help_en=texts.help_en,
        module=f"exporters.{module}",
        needs=needs,
    )


EXPORTERS: tuple[Exporter, ...] = (
    _exporter("moodle-framework", "csv", CSV, "moodle_framework"),
    _exporter("moodle-outcomes", "csv", CSV, "moodle_outcomes"),
    _exporter("moodle-grades-xml", "xml", "application/xml", "moodle_grades_xml", ("results",)),
    _exporter("moodle-grades-csv", "csv", CSV, "moodle_grades_csv", ("results",)),
    _exporter(
        "moodle-backup", "mbz", "application/vnd.moodle.backup", "backup.course", ("tool_url",)
    ),
    _exporter("lpimportrdf", "rdf", "application/rdf+xml", "lpimportrdf"),
    _exporter("referentiel-xml", "xml", "application/xml", "referentiel_xml"),
    _exporter("case", "json", "application/json", "case_json"),
    _exporter("canvas-outcomes", "csv", CSV, "canvas_outcomes"),
    _exporter("mahara-matrix", "matrix", "application/json", "mahara_matrix"),
    _exporter("csv", "csv", CSV, "tree_csv"),
    _exporter("xlsx", "xlsx", XLSX, "tree_xlsx"),
    _exporter("html", "html", "text/html; charset=utf-8", "tree_html"),
)


class UnknownFormat(LookupError):
    """There is no exporter of this identifier; ``choices`` are those there are."""

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        self.choices = tuple(exporter.identifier for exporter in EXPORTERS)
        super().__init__(f"{identifier}: not one of {', '.join(self.choices)}")


def all(needs: Collection[Need] = ()) -> tuple[Exporter, ...]:
    """Every exporter that needs no more than ``needs``, in the order people should see them."""
    return tuple(exporter for exporter in EXPORTERS if set(exporter.needs) <= set(needs))


def get(identifier: str) -> Exporter:
    """The exporter of this identifier, whatever it needs. Raises :class:`UnknownFormat`."""
    for exporter in EXPORTERS:
        if exporter.identifier == identifier:
            return exporter
    raise UnknownFormat(identifier)
