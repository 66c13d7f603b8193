"""The ``.matrix`` file of Mahara's SmartEvidence (JSON).

*Administration > Extensions > SmartEvidence > Import*. Mahara reads it in
htdocs/module/framework/lib.php (``matrix_is_valid_json``, ``Framework::commit``):

- ``framework.name`` is the one thing it insists on. ``standards`` are the elements of the first
  tier; ``standardelements`` all below them, joined to their standard by ``standardid``, compared
  with type: both are numbers here. A ``parentelementid`` must have been read before.
- Short names have 100 characters, names 255 (db/install.xml); the database refuses longer ones.
- The order of the lists is the order on screen. Importing again makes a second framework.
- A piece of evidence has one of four states: ready for assessment, then three judgements. The
  scale's lowest level, its highest level that is not proficient and its first proficient one give
  their names to the judgements.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from exporters.base import ExportOptions, branch
from exporters.streams import compact, text_of, write_array
from exporters.wording import shorten, whole
from referential.model import Node, Referential
from referential.scale import Scale

MAX_SHORT_NAME = 100
MAX_NAME = 255

Json = dict[str, Any]


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the framework in UTF-8, one standard and one element a line."""
    nodes = branch(referential, options.scope)
    title = referential.title if options.french else referential.title_en or referential.title
    head = {
        "institution": "all",
        "name": shorten(title, MAX_NAME),
        "description": referential.source,
        "selfassess": True,
        "evidencestatuses": statuses(scale, options),
    }
    with text_of(out) as text:
        text.write('{"framework":' + compact(head)[:-1])
        text.write(',\n"standards":')
        write_array(text, _standards(nodes))
        text.write(',\n"standardelements":')
        write_array(text, _elements(nodes))
        text.write("}}\n")


def statuses(scale: Scale, options: ExportOptions) -> list[dict[str, str]]:
    """The names of the four states, in Mahara's order; all different."""
    language = options.language
    lower = [level for level in scale.levels if not level.proficient]
    names = [scale.unassessed.name(language)]
    names.append(lower[0].name(language) if lower else _made_up(options, partly=False))
    names.append(lower[-1].name(language) if len(lower) > 1 else _made_up(options, partly=True))
    names.append(scale.proficient[0].name(language))
    keys = ("begun", "incomplete", "partialcomplete", "completed")
    return [{key: name} for key, name in zip(keys, names, strict=True)]


def _made_up(options: ExportOptions, partly: bool) -> str:
    if partly:
        return "Partiellement" if options.french else "Partly"
    return "Non" if options.french else "No"


def _standards(nodes: tuple[Node, ...]) -> Iterator[Json]:
    number = 0
    for node in nodes:
        if node.depth == 0:
            number += 1
            yield {"standardid": number, **_wording(node)}


def _elements(nodes: tuple[Node, ...]) -> Iterator[Json]:
    """Elements are numbered through the whole file, so that a number means one thing."""
    standard = 0
    numbers: dict[str, int] = {}
    for number, node in enumerate(nodes, 1):
        if node.depth == 0:
            standard += 1
            numbers.clear()  # parents stand under the same standard
            continue
        numbers[node.code] = number
        element: Json = {"standardid": standard, "elementid": number}
        if node.depth > 1 and node.parent is not None:
            element["parentelementid"] = numbers[node.parent]
        yield {**element, **_wording(node)}


def _wording(node: Node) -> Json:
    return {
        "shortname": shorten(node.code, MAX_SHORT_NAME),
        "name": shorten(node.label, MAX_NAME),
        "description": whole(node),
    }
