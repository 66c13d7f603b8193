"""``section.xml``: the name of a section and the activities in it."""

from collections.abc import Callable
from typing import Any

from exporters.backup.plan import MAX_NAME, Plan, Section
from exporters.backup.xml import NULL, element
from exporters.wording import full_name, shorten


def part(section: Section) -> Callable[[Plan, Any], None]:
    """The writer of a section's file."""

    def write(plan: Plan, xml: Any) -> None:
        node = section.node
        xml.write(
            element(
                "section",
                {
                    "number": section.number,
                    "name": shorten(full_name(node), MAX_NAME) if node else NULL,
                    "summary": "",
                    "summaryformat": 1,
                    "sequence": ",".join(map(str, section.modules)),
                    "visible": 1,
                    "availabilityjson": NULL,
                    "timemodified": plan.time,
                },
                id=section.id,
            )
        )

    return write
