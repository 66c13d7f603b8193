"""The référentiel as a workbook: a tree that folds, and a checklist to fill in.

Made by openpyxl, row by row. Each competence has a cell for its level, with a list of the scale's
levels to choose from and their colours; branches are grouped, so that they fold. Labels are
stored as text whatever they begin with: there is no formula in the file.

A workbook is a ZIP that holds the moment of its making in several places; these are set to
``options.moment``, so that the same tree gives the same bytes.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from exporters.archive import entry_of
from exporters.base import ExportOptions, branch
from exporters.wording import xml_text
from referential.model import Node, Referential
from referential.scale import Scale

WIDTHS = (14, 80, 14, 24, 14, 40, 14, 26, 40)
HEADERS_FR = (
    "Code",
    "Intitulé",
    "Type",
    "Niveau",
    "Date",
    "Remarque",
    "Code parent",
    "Identifiant Moodle",
    "Description",
)
HEADERS_EN = (
    "Code",
    "Label",
    "Type",
    "Level",
    "Date",
    "Note",
    "Parent code",
    "Moodle ID number",
    "Description",
)
LEVEL_COLUMN = "D"
MAX_ROWS = 1_048_576
"""Rows of a sheet, the header's included (Excel's limit)."""
MAX_TEXT = 32_767
"""Characters of a cell (Excel's limit)."""
MAX_OUTLINE = 7
"""Depth to which rows can be grouped (ECMA-376, outlineLevel)."""
MAX_LIST = 255
"""Characters of a list of choices written into the sheet (ECMA-376, dataValidation formula1)."""
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(?=<)")


def write(referential: Referential, scale: Scale, options: ExportOptions, out: BinaryIO) -> None:
    """Writes the workbook; its rows go through a temporary file, not through memory."""
    nodes = branch(referential, options.scope)
    book = Workbook(write_only=True)
    book.properties.created = options.moment.replace(tzinfo=None)
    book.properties.creator = "Compétences"
    book.properties.title = xml_text(referential.title)
    _tree_sheet(book, referential, nodes, scale, options)
    _scale_sheet(book, scale, options)
    with tempfile.TemporaryFile() as made:
        book.save(made)
        _repack(made, options, out)


def _tree_sheet(
    book: Workbook,
    referential: Referential,
    nodes: tuple[Node, ...],
    scale: Scale,
    options: ExportOptions,
) -> None:
    sheet = book.create_sheet("Référentiel" if options.french else "Framework")
    sheet.freeze_panes = "A2"
    sheet.sheet_properties.outlinePr.summaryBelow = False
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for letter, width in zip("ABCDEFGHI", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    end = len(nodes) + 1
    _choices(sheet, scale, options, end)
    for number, node in enumerate(nodes, 2):
        if node.depth:
            sheet.row_dimensions[number].outlineLevel = min(node.depth, MAX_OUTLINE)
    header = HEADERS_FR if options.french else HEADERS_EN
    sheet.append(list(_cells(sheet, header, bold=True)))
    last = len(referential.tiers) - 1
    names = [tier.name_fr if options.french else tier.name_en for tier in referential.tiers]
    for node in nodes:
        row = (
            node.code,
            node.label,
            names[node.depth],
            *[None] * 3,
            node.parent,
            node.idnumber,
            node.description or None,
        )
        cells = list(_cells(sheet, row, bold=node.depth < last))
        cells[1].alignment = Alignment(indent=min(node.depth * 2, 15), wrap_text=True)
        sheet.append(cells)


def _choices(sheet: Any, scale: Scale, options: ExportOptions, end: int) -> None:
    """A list to choose a level from, and the level's colours once it is chosen."""
    cells = f"{LEVEL_COLUMN}2:{LEVEL_COLUMN}{end}"
    names = [level.name(options.language).replace('"', '""') for level in scale.levels]
    if len(",".join(names)) <= MAX_LIST:
        validation = DataValidation("list", formula1=f'"{",".join(names)}"', allow_blank=True)
        validation.add(cells)
        sheet.data_validations.append(validation)
    for level, name in zip(scale.levels, names, strict=True):
        fill = PatternFill("solid", bgColor=level.background.lstrip("#"))
        font = Font(color=level.text.lstrip("#"))
        rule = CellIsRule("equal", formula=[f'"{name}"'], fill=fill, font=font)  # type: ignore[no-untyped-call]
        sheet.conditional_formatting.add(cells, rule)


def _scale_sheet(book: Workbook, scale: Scale, options: ExportOptions) -> None:
    sheet = book.create_sheet("Échelle" if options.french else "Scale")
    sheet.column_dimensions["B"].width = 30
    sheet.column_dimensions["C"].width = 12
    header = ("Valeur", "Niveau", "Acquis") if options.french else ("Value", "Level", "Proficient")
    yes, no = ("oui", "non") if options.french else ("yes", "no")
    sheet.append(list(_cells(sheet, header, bold=True)))
    for level in scale.levels:
        row = (str(level.value), level.name(options.language), yes if level.proficient else no)
        sheet.append(list(_cells(sheet, row, bold=False)))


def _cells(sheet: Any, values: Iterable[str | None], bold: bool) -> Iterator[Any]:
    font = Font(bold=bold)
    top = Alignment(vertical="top", wrap_text=True)
    for value in values:
        text = None if value is None else xml_text(value)[:MAX_TEXT]
        cell = WriteOnlyCell(sheet, text)
        if text is not None:
            cell.data_type = "s"  # text, also where it begins with « = »
            cell.quotePrefix = text[:1] in "=+-@"
            cell.font = font
            cell.alignment = top
        yield cell


def _repack(made: BinaryIO, options: ExportOptions, out: BinaryIO) -> None:
    """The same archive with fixed times: openpyxl writes the present one."""
    stamp = options.moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    made.seek(0)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            with source.open(name) as part, target.open(entry_of(name, options), "w") as copy:
                if name == "docProps/core.xml":
                    copy.write(_MODIFIED.sub(rb"\g<1>" + stamp, part.read()))
                    continue
                while block := part.read(1 << 16):
                    copy.write(block)
