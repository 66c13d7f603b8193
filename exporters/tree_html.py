"""The référentiel as one web page to print: a checklist with a box for each level.

The page needs nothing else: no script, no image, no font, no network. Headings follow the tiers,
competences stand in tables whose boxes are drawn characters, so that they print everywhere.
"""

from collections.abc import Iterator
from html import escape
from typing import BinaryIO

from exporters.base import ExportOptions, branch
from exporters.streams import text_of
from referential.model import Node, Referential
from referential.scale import Scale

STYLE = """
:root{color-scheme:light}
body{font:11pt/1.35 system-ui,sans-serif;color:#111;background:#fff;max-width:60rem;margin:1rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}
h2{font-size:1.25rem;border-bottom:2px solid #111;margin:1.5rem 0 .5rem}
h3,h4,h5,h6{margin:1rem 0 .35rem;font-size:1.05rem}
h2,h3,h4,h5,h6,thead,tr{break-inside:avoid}
h2,h3,h4,h5,h6{break-after:avoid}
p{margin:.25rem 0}
.code{font-variant-numeric:tabular-nums;white-space:nowrap;color:#333;font-weight:600}
.who{display:flex;gap:2rem;margin:1rem 0}
.who span{flex:1;border-bottom:1px solid #111;min-height:1.8rem}
table{border-collapse:collapse;width:100%;margin:.25rem 0 .75rem}
th,td{border:1px solid #777;padding:.25rem .4rem;text-align:left;vertical-align:top;font-weight:400}
thead th{background:#eee;font-weight:600}
.box{width:4.5rem;text-align:center}
@media print{body{margin:0;max-width:none;padding:0;font-size:9.5pt}@page{margin:14mm}}
"""


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the page in UTF-8, one element of the tree at a time."""
    nodes = branch(referential, options.scope)
    with text_of(out) as text:
        for piece in _page(referential, nodes, scale, options):
            text.write(piece)


def _page(
    referential: Referential, nodes: tuple[Node, ...], scale: Scale, options: ExportOptions
) -> Iterator[str]:
    french = options.french
    title = escape(referential.title if french else referential.title_en or referential.title)
    yield f'<!DOCTYPE html>\n<html lang="{"fr" if french else "en"}">\n<head>\n'
    yield '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    yield f"<h1>{title}</h1>\n<p>{escape(referential.source)}</p>\n"
    yield _who(french)
    yield f"<p>{_legend(scale, options)}</p>\n"
    yield from _tree(referential, nodes, scale, options)
    yield "</body>\n</html>\n"


def _who(french: bool) -> str:
    name, date = ("Nom\u202f:", "Date\u202f:") if french else ("Name:", "Date:")
    return f'<p class="who"><span>{name}</span><span>{date}</span></p>\n'


def _legend(scale: Scale, options: ExportOptions) -> str:
    return " · ".join(
        f"{escape(level.shape)} <b>{escape(level.letter)}</b> {escape(level.name(options.language))}"
        for level in scale.levels
    )


def _tree(
    referential: Referential, nodes: tuple[Node, ...], scale: Scale, options: ExportOptions
) -> Iterator[str]:
    last = len(referential.tiers) - 1
    french = options.french
    tier = referential.tiers[last]
    competence = escape((tier.name_fr if french else tier.name_en).capitalize())
    boxes = "".join(
        f'<th scope="col" class="box"><abbr title="{escape(level.name(options.language))}">'
        f"{escape(level.letter)}</abbr></th>"
        for level in scale.levels
    )
    head = f'<table>\n<thead><tr><th scope="col">{competence}</th>{boxes}</tr></thead>\n<tbody>\n'
    row = '<td class="box">☐</td>' * len(scale.levels)
    open_table = False
    for node in nodes:
        words = f'<span class="code">{escape(node.code)}</span> {escape(node.label)}'
        more = "".join(f"<p>{escape(line)}</p>" for line in node.description.splitlines())
        if node.depth == last:
            if not open_table:
                yield head
                open_table = True
            yield f'<tr id="{escape(node.code)}"><th scope="row">{words}{more}</th>{row}</tr>\n'
            continue
        if open_table:
            yield "</tbody>\n</table>\n"
            open_table = False
        heading = min(node.depth + 2, 6)
        yield f'<h{heading} id="{escape(node.code)}">{words}</h{heading}>\n{more}'
    if open_table:
        yield "</tbody>\n</table>\n"
