"""What Moodle's restore leaves out of a course backup; seen on Moodle 4.5."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from exporters.backup.plan import MAX_NAME, Activity, make_plan
from exporters.base import ExportOptions
from exporters.lint_catalogue import note
from exporters.moodle_framework import MAX_NAME as MAX_IDNUMBER
from exporters.rules import common
from exporters.wording import full_name
from referential.findings import Finding
from referential.model import Referential
from referential.scale import Scale

TARGET = "Moodle"


def backup(referential: Referential, scale: Scale, options: ExportOptions) -> Iterator[Finding]:
    """backup/moodle2/restore_stepslib.php"""
    plan = make_plan(referential, scale, options)
    nodes = plan.competences
    yield from common.nothing(nodes)
    address = urlsplit(options.tool_url)
    if address.scheme not in ("https", "http") or not address.hostname:
        yield note("tool_url", url=options.tool_url)
    parts = [activity.node for activity in plan.activities]
    yield from common.shortened(map(full_name, parts), MAX_NAME)
    yield from common.tags((*parts, *nodes), TARGET)
    yield from common.controls((*parts, *nodes))
    yield from common.idnumbers(nodes, TARGET, MAX_IDNUMBER)
    yield from common.vanishing(referential, nodes, TARGET, MAX_IDNUMBER)
    yield from common.scale_names(scale, options.language, TARGET)
    yield from common.limited(_overlaps(plan.activities))
    if not (options.site and options.tool):
        yield note("tool_unknown")
    yield note("framework_first")


def _overlaps(activities: tuple[Activity, ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for activity in activities:
        for leaf in activity.competences:
            if leaf.code in seen:
                yield note("overlap", leaf)
            seen.add(leaf.code)
