"""A file of any format becomes a tree: which format it is, and the reader for it."""

from __future__ import annotations

from dataclasses import dataclass

from exporters.people import original
from lti_app.services.referentials import spreadsheet
from referential import case_json, moodle_csv, tabular
from referential.csv_rows import best_delimiter, numbered, table_text
from referential.findings import Finding, ReferentialError
from referential.overlay import parse_overlay
from referential.rows import Known
from referential.text import Parsed, parse_text

TEXT, MOODLE, CASE, SPREADSHEET = "text", "moodle-csv", "case", "spreadsheet"
AUTO = "auto"
FORMATS = (AUTO, TEXT, MOODLE, CASE, SPREADSHEET)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to import: ``name`` as the person has it, ``overlay`` the TOML of a text, ``format`` one of
    ``FORMATS``."""

    name: str
    data: bytes
    format: str = AUTO
    overlay: bytes | None = None
    overlay_name: str = ""


def detect(upload: Upload) -> str:
    """The format of the file: by what it holds, whatever it is called."""
    if upload.format != AUTO:
        return upload.format
    if upload.overlay is not None:
        return TEXT
    if spreadsheet.looks_like(upload.data):
        return SPREADSHEET
    if case_json.looks_like(upload.data):
        return CASE
    ignored: list[Finding] = []
    text = table_text(upload.data, ignored, spreadsheet=True)
    if text is not None:
        header = next(numbered(text, best_delimiter(text, len), ignored), (0, []))[1]
        if moodle_csv.looks_like(header):
            return MOODLE
    return SPREADSHEET


def read(upload: Upload, known: Known) -> Parsed:
    """Reads the file. A text without its overlay, and mistakes of the overlay, are findings too."""
    match detect(upload):
        case "text":
            return _read_text(upload)
        case "case":
            return case_json.read(upload.data, known, upload.name)
        case "moodle-csv":
            return moodle_csv.read(upload.data, known, upload.name)
        case _ if spreadsheet.looks_like(upload.data):
            return spreadsheet.read(upload.data, known, upload.name)
        case _:
            return tabular.read(upload.data, known, upload.name, original)


def _read_text(upload: Upload) -> Parsed:
    try:
        overlay = parse_overlay(upload.overlay or b"", upload.overlay_name)
    except ReferentialError as error:
        return Parsed(None, error.findings, upload.overlay_name or upload.name)
    return parse_text(upload.data, overlay, upload.name)
