"""Said before the export: what the target would drop, cut or refuse.

Importers lose rows in silence or stop halfway without undoing what they did. Each rule is one such
behaviour, read in the importer's source or seen on it; an error means that the file must not be
used. The rules are in :mod:`exporters.rules`, imported for the format they belong to only.
"""

from collections.abc import Callable, Iterator
from importlib import import_module

from exporters.base import ExportOptions
from referential.findings import Finding
from referential.model import Referential
from referential.scale import Scale

Rule = Callable[[Referential, Scale, ExportOptions], Iterator[Finding]]

RULES: dict[str, str] = {
    "moodle-framework": "moodle:framework",
    "moodle-outcomes": "moodle:outcomes",
    "moodle-grades-xml": "grades:xml",
    "moodle-grades-csv": "grades:csv",
    "moodle-backup": "course:backup",
    "lpimportrdf": "plugins:rdf",
    "referentiel-xml": "plugins:referentiel",
    "case": "others:case",
    "canvas-outcomes": "others:canvas",
    "mahara-matrix": "others:mahara",
    "csv": "others:table",
    "xlsx": "others:workbook",
    "html": "others:page",
}
"""Format -> ``module:function`` in :mod:`exporters.rules`; every format has one."""


def lint(
    identifier: str, referential: Referential, scale: Scale, options: ExportOptions
) -> tuple[Finding, ...]:
    """The findings for a format, worst first.

    Raises :class:`referential.model.UnknownNode` for a code in the scope that is none.
    """
    module, name = RULES[identifier].split(":")
    rule: Rule = getattr(import_module(f"exporters.rules.{module}"), name)
    return tuple(sorted(rule(referential, scale, options), key=lambda one: -one.severity))
