"""Frameworks for tests: as a référentiel wants them, put into a world, read back from it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from lti_app.clients.moodle_ws import MoodleWs
from lti_app.services.moodle.framework import Competency, LevelFlags, WantedFramework
from tests.services.moodle.refusals import Refused
from tests.services.moodle.world import World

LEVELS = ("Non acquis", "En cours", "Acquis")
FLAGS = frozenset({LevelFlags(1, True, False), LevelFlags(3, False, True)})
SCALE = 2


class DirectDoor(MoodleWs):
    """The door without the HTTP between: for properties that make thousands of calls."""

    def __init__(self, world: World) -> None:
        super().__init__(None, "http://moodle.invalid", "t")  # type: ignore[arg-type]
        self.world = world

    def _post(self, function: str, arguments: Mapping[str, Any]) -> Any:
        from lti_app.errors import MoodleRefused

        sent = json.loads(json.dumps(arguments))
        try:
            return json.loads(json.dumps(self.world.call(function, _without_none(sent))))
        except Refused as error:
            raise MoodleRefused(function, error.code, error.message) from error


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return value


def wanted_framework(*competencies: Competency, **fields: Any) -> WantedFramework:
    """``competencies`` in preorder; names default to the idnumbers."""
    framework = WantedFramework(
        idnumber="REF",
        shortname="Référentiel d’essai",
        description="<p>Essai</p>",
        taxonomies=("domain", "competency"),
        levels=LEVELS,
        flags=FLAGS,
        competencies=competencies,
    )
    return dataclasses.replace(framework, **fields)


def node(idnumber: str, parent: str | None = None, **fields: Any) -> Competency:
    """A competency whose name is its idnumber unless told otherwise."""
    return Competency(idnumber, fields.pop("shortname", f"Nom {idnumber}"), parent=parent, **fields)


TREE = (
    node("P1"),
    node("A1", "P1"),
    node("C1", "A1"),
    node("C2", "A1"),
    node("C3", "A1"),
    node("A2", "P1"),
    node("C4", "A2"),
    node("P2"),
    node("A3", "P2"),
)
"""Two at the top, three below, four below those."""


def outline(world: World, idnumber: str = "REF") -> list[tuple[int, str, str]]:
    """What Moodle shows of a framework: depth, idnumber and name of each line, from the top."""
    framework = next(one for one in world.frameworks.values() if one["idnumber"] == idnumber)

    def lines(parent: int, depth: int) -> list[tuple[int, str, str]]:
        found = []
        for one in world.children(framework["id"], parent):
            found.append((depth, one["idnumber"], one["shortname"]))
            found += lines(one["id"], depth + 1)
        return found

    return lines(0, 0)


def wanted_outline(wanted: WantedFramework) -> list[tuple[int, str, str]]:
    """The same of what is wanted."""
    depth: dict[str | None, int] = {None: -1}
    lines = []
    for one in wanted.competencies:
        depth[one.idnumber] = depth[one.parent] + 1
        lines.append((depth[one.idnumber], one.idnumber, one.shortname))
    return lines


def ids(world: World) -> dict[str, int]:
    """Moodle's ids by idnumber."""
    return {one["idnumber"]: number for number, one in world.competencies.items()}
