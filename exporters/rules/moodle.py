"""What Moodle's own importers do to a framework or to outcomes; seen on Moodle 4.5."""

from collections.abc import Iterator

from exporters import moodle_framework, moodle_outcomes
from exporters.base import ExportOptions, branch, competences
from exporters.rules import common
from exporters.wording import full_name
from referential.findings import Finding, finding
from referential.model import Referential
from referential.scale import Scale

TARGET = "Moodle"


def framework(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """admin/tool/lpimportcsv/classes/framework_importer.php"""
    nodes = branch(referential, options.scope)
    yield from common.nothing(nodes)
    yield from common.shortened(map(full_name, nodes), moodle_framework.MAX_NAME)
    yield from common.tags(nodes, TARGET)
    yield from common.backslashes(nodes, TARGET)
    yield from common.idnumbers(nodes, TARGET, moodle_framework.MAX_NAME)
    yield from common.vanishing(referential, nodes, TARGET, moodle_framework.MAX_NAME)
    yield from common.scale_names(scale, options.language, TARGET)
    yield from common.proficient(scale, TARGET)
    if len(referential.tiers) > moodle_framework.MAX_TAXONOMIES:
        yield finding("too_deep", target=TARGET, limit=moodle_framework.MAX_TAXONOMIES)


def outcomes(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """grade/edit/outcome/import.php"""
    nodes = competences(referential, options.scope)
    yield from common.nothing(nodes)
    yield from common.shortened(map(full_name, nodes), moodle_outcomes.MAX_NAME)
    yield from common.tags(nodes, TARGET)
    yield from common.backslashes(nodes, TARGET)
    yield from common.idnumbers(nodes, TARGET, moodle_outcomes.MAX_SHORT_NAME)
    yield from common.vanishing(referential, nodes, TARGET, moodle_outcomes.MAX_SHORT_NAME)
    yield from common.scale_names(scale, options.language, TARGET)
    yield from common.limited(_lines(referential, scale, options))


def _lines(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    nodes = competences(referential, options.scope)
    rows = moodle_outcomes.rows(referential, nodes, scale, options.language)
    for node, row in zip(nodes, rows, strict=True):
        size = len(";".join(f'"{cell}"' for cell in row).encode()) + 1
        if size > moodle_outcomes.MAX_LINE:
            yield common.too_long(
                node, ("La ligne", "The line"), size, TARGET, moodle_outcomes.MAX_LINE, "b"
            )
