"""The référentiel as a table for people: code, parent, type, label, description
and Moodle's id number.

Opened by a double click in a spreadsheet: UTF-8 with a byte order mark, and for French readers the
semicolon, which French spreadsheets expect. Cells that look like formulas are neutralised.
"""

import csv
from typing import BinaryIO

from exporters.base import ExportOptions, branch
from exporters.people import headers, neutral, rows
from exporters.streams import text_of
from referential.model import Referential
from referential.scale import Scale

BOM = "\ufeff"


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes a header and one line a node, lines ended by CR LF."""
    nodes = branch(referential, options.scope)
    with text_of(out) as text:
        text.write(BOM)
        writer = csv.writer(text, delimiter=";" if options.french else ",", lineterminator="\r\n")
        writer.writerow(headers(options))
        for row in rows(referential, nodes, options):
            writer.writerow([neutral(cell) for cell in row])
