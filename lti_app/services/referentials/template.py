"""The file to fill in with a diploma that nobody has brought yet: a table with a worked example.

Written for spreadsheets: the CSV with a byte order mark and, in French, semicolons; in the workbook the
columns of codes are text, so that 1.10 stays 1.10. It reads back without a finding.
"""

from __future__ import annotations

import csv
import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

HEADERS = {
    "fr": ("code", "parent", "intitulé", "type", "description"),
    "en": ("code", "parent", "label", "type", "description"),
}
EXAMPLE = {
    "fr": (
        ("B1", "", "Préparer un projet", "bloc", ""),
        ("A1.1", "B1", "Recueillir les besoins", "activité", ""),
        (
            "C1.1.1",
            "A1.1",
            "Conduire un entretien avec le demandeur",
            "compétence",
            "Questions ouvertes, reformulation, compte rendu écrit.",
        ),
        ("C1.1.2", "A1.1", "Rédiger un cahier des charges", "compétence", ""),
        ("A1.2", "B1", "Choisir une solution", "activité", ""),
        ("C1.2.1", "A1.2", "Comparer plusieurs solutions", "compétence", ""),
        ("B2", "", "Réaliser le projet", "bloc", ""),
        ("A2.1", "B2", "Mettre en œuvre la solution", "activité", ""),
        ("C2.1.1", "A2.1", "Suivre un plan de travail", "compétence", ""),
        ("C2.1.2", "A2.1", "Tester ce qui est réalisé", "compétence", ""),
    ),
    "en": (
        ("B1", "", "Prepare a project", "block", ""),
        ("A1.1", "B1", "Find out what is needed", "activity", ""),
        (
            "C1.1.1",
            "A1.1",
            "Interview whoever asks for it",
            "competence",
            "Open questions, rephrasing, written minutes.",
        ),
        ("C1.1.2", "A1.1", "Write the requirements", "competence", ""),
        ("A1.2", "B1", "Choose a solution", "activity", ""),
        ("C1.2.1", "A1.2", "Compare several solutions", "competence", ""),
        ("B2", "", "Carry the project out", "block", ""),
        ("A2.1", "B2", "Put the solution in place", "activity", ""),
        ("C2.1.1", "A2.1", "Follow a work plan", "competence", ""),
        ("C2.1.2", "A2.1", "Test what was made", "competence", ""),
    ),
}
HELP = {
    "fr": (
        "Une ligne par élément du référentiel : remplacez l’exemple par le vôtre.",
        "code : ce qui nomme l’élément, unique, sans espace ni virgule. Commencez par une lettre.",
        "parent : le code de l’élément au-dessus ; vide pour le premier niveau.",
        "intitulé : le libellé officiel, en entier.",
        "type : le mot pour ce niveau (bloc, activité, compétence…) ; facultatif.",
        "description : ce qui précise l’intitulé ; facultative.",
        "L’ordre des lignes est celui du référentiel. Ce qui est évalué est le dernier niveau.",
        "Quand un référentiel est importé à nouveau, gardez les codes : les évaluations les suivent.",
        "Le code et le titre du référentiel lui-même se donnent au moment de l’importation.",
    ),
    "en": (
        "One row for each element of the framework: put yours in the place of the example.",
        "code: what names the element, unique, without spaces or commas. Begin with a letter.",
        "parent: the code of the element above; empty on the first tier.",
        "label: the official wording, whole.",
        "type: the word for this tier (block, activity, competence…); optional.",
        "description: what explains the label; optional.",
        "The order of the rows is that of the framework. What is assessed is the last tier.",
        "When a framework is imported again, keep its codes: assessments follow them.",
        "The code and the title of the framework itself are given at the import.",
    ),
}
SHEETS = {"fr": ("Référentiel", "Mode d’emploi"), "en": ("Framework", "How to")}
HELP_SHEETS = tuple(names[1] for names in SHEETS.values())
WIDTHS = (12, 12, 70, 16, 60)
FILLED_ROWS = 2000  # rows whose cells are text before anything is typed
KINDS = ("csv", "xlsx")


def template(kind: str, language: str) -> bytes:
    """The file, ``csv`` or ``xlsx``, in French (``"fr"``, also ``fr_CA``) or else English."""
    lang = "fr" if language.lower().startswith("fr") else "en"
    return _workbook(lang) if kind == "xlsx" else _csv(lang)


def _csv(lang: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if lang == "fr" else ",", lineterminator="\r\n")
    writer.writerow(HEADERS[lang])
    writer.writerows(EXAMPLE[lang])
    return out.getvalue().encode("utf-8-sig")


def _workbook(lang: str) -> bytes:
    title, help_title = SHEETS[lang]
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(title)
    sheet.append(HEADERS[lang])
    for row in EXAMPLE[lang]:
        sheet.append(row)
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for cells in sheet.iter_rows(min_row=2, max_row=FILLED_ROWS, max_col=2):
        for cell in cells:
            cell.number_format = "@"
    for cells in sheet.iter_rows(min_row=2, max_row=len(EXAMPLE[lang]) + 1, min_col=3):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    page = book.create_sheet(help_title)
    page.column_dimensions["A"].width = 100
    for line in HELP[lang]:
        page.append((line,))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
