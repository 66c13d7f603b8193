"""The sentences of this package, French and English, for the terminal and for the pages.

The French is typed with plain spaces and apostrophes; the typographic ones are set when it is read.
"""

from __future__ import annotations

from typing import Final

from referential.findings import french

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "scale_missing": (
        "Ce Moodle n'a pas d'échelle avec les niveaux « {levels} », et aucun service web ne peut en créer une. "
        "Créez-la comme échelle standard sur {base}/grade/edit/scale/edit.php?courseid=0 (niveaux à coller : "
        "{levels}), puis indiquez son numéro, le dernier nombre de l'adresse quand vous la modifiez. Ou bien "
        "importez une fois le fichier CSV du référentiel sur {base}/admin/tool/lpimportcsv/index.php : l'échelle "
        "est alors créée avec lui.",
        "This Moodle has no scale with the levels “{levels}”, and no web service can make one. Create it as a "
        "standard scale at {base}/grade/edit/scale/edit.php?courseid=0 (levels to paste: {levels}), then give its "
        "number, the last one in the address when you edit it. Or import the référentiel's CSV file once at "
        "{base}/admin/tool/lpimportcsv/index.php: the scale is created with it.",
    ),
    "scale_candidates": (
        "Aucun référentiel de ce Moodle n'utilise d'échelle avec les niveaux « {levels} », mais l'échelle n° "
        "{candidates} les a. Vérifiez sur {base}/grade/edit/scale/index.php que c'est une échelle standard, et "
        "non celle d'un cours, puis indiquez son numéro : {first}.",
        "No framework of this Moodle uses a scale with the levels “{levels}”, but scale {candidates} has them. Check "
        "at {base}/grade/edit/scale/index.php that it is a standard scale, not a course's, then give its number: "
        "{first}.",
    ),
    "scale_wrong": (
        "L'échelle n° {number} a les niveaux « {there} », pas « {levels} ».",
        "Scale {number} has the levels “{there}”, not “{levels}”.",
    ),
    "scale_differs": (
        "L'échelle du référentiel dans Moodle (« {there} ») n'est pas celle d'ici (« {ours} ») : elle reste comme elle "
        "est, car en changer toucherait aux évaluations.",
        "The scale of Moodle's framework (“{there}”) is not the one here (“{ours}”): it stays as it is, since changing "
        "it would touch ratings.",
    ),
    "hidden": (
        "Le référentiel est caché dans Moodle : tant qu'il l'est, aucun cours ne peut utiliser ses compétences.",
        "The framework is hidden in Moodle: as long as it is, no course can use its competencies.",
    ),
    "rule_lost": (
        "La règle de {idnumber}, posée dans Moodle, compte des points de compétences qui n'y seront plus : elle ne "
        "pourra pas être remise.",
        "The rule of {idnumber}, set in Moodle, counts points of competencies that will no longer be there: it cannot "
        "be put back.",
    ),
    "push_incomplete": (
        "Le référentiel {idnumber} change dans Moodle pendant l'envoi : quelqu'un d'autre le modifie. Recommencez.",
        "The framework {idnumber} keeps changing in Moodle: somebody else is editing it. Try again.",
    ),
}


def sentence(kind: str, language: str, **values: object) -> str:
    """The sentence of this kind in French (``"fr"``, also ``fr_CA``) or else English."""
    in_french, in_english = SENTENCES[kind]
    text = french(in_french) if language.lower().startswith("fr") else in_english
    return text.format_map(values)
