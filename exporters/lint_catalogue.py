"""What the lint says, beyond the words it shares with :mod:`referential.catalogue`.

Severity, French, English; the French is typed plainly and set by
:func:`referential.findings.french`.
"""

from typing import Final

from referential.findings import Finding, Severity, french, shorten
from referential.model import Node

CATALOGUE: Final[dict[str, tuple[str, str, str]]] = {
    "more": (
        "info",
        "… et {count} autres cas semblables.",
        "… and {count} more of the same.",
    ),
    "duplicate_idnumber": (
        "error",
        "{code} a le même identifiant que {first} ({idnumber}) : {target} n'en garderait qu'un.",
        "{code} has the same id number as {first} ({idnumber}): {target} would keep one only.",
    ),
    "same_but_case": (
        "warning",
        "{code} et {first} ont des identifiants qui ne diffèrent que par la casse ({idnumber}) : "
        "certaines bases de données les confondent.",
        "{code} and {first} have id numbers that differ in case only ({idnumber}): some databases "
        "take them for one.",
    ),
    "numeric_idnumber": (
        "error",
        "L'identifiant de {code} ressemble à un nombre ({idnumber}) : pour {target}, 1.1 et 1.10 "
        "sont égaux. Il doit commencer par une lettre.",
        "The id number of {code} looks like a number ({idnumber}): to {target}, 1.1 and 1.10 are "
        "equal. It must begin with a letter.",
    ),
    "vanishes": (
        "error",
        "{code} n'a pas {what} : {target} l'ignorerait sans rien dire, avec les {count} éléments "
        "en dessous.",
        "{code} has no {what_en}: {target} would drop it without a word, with the {count} elements "
        "below it.",
    ),
    "orphan_parent": (
        "error",
        "L'identifiant du parent de {code} ({idnumber}) serait coupé par {target} : {code} "
        "disparaîtrait sans rien dire.",
        "The id number of the parent of {code} ({idnumber}) would be cut by {target}: {code} would "
        "vanish without a word.",
    ),
    "idnumber_form": (
        "error",
        "L'identifiant de {code} ({idnumber}) contient {what}, que {target} n'accepte pas.",
        "The id number of {code} ({idnumber}) contains {what_en}, which {target} does not take.",
    ),
    "control": (
        "warning",
        "L'intitulé de {code} contient un caractère de contrôle, remplacé dans le fichier.",
        "The label of {code} contains a control character, replaced in the file.",
    ),
    "scale_comma": (
        "error",
        "Le niveau « {level} » contient une virgule : {target} en ferait deux niveaux.",
        "The level “{level}” contains a comma: {target} would make two levels of it.",
    ),
    "scale_repeated": (
        "error",
        "Deux niveaux de l'échelle s'appellent « {level} » : {target} les confondrait.",
        "Two levels of the scale are called “{level}”: {target} would mix them up.",
    ),
    "scale_blank": (
        "error",
        "Le niveau {value} de l'échelle n'a pas de nom, ou un nom bordé d'espaces, que {target} "
        "enlèverait.",
        "Level {value} of the scale has no name, or one with spaces around it, which {target} "
        "would remove.",
    ),
    "scale_not_proficient": (
        "error",
        "Aucun niveau de l'échelle ne vaut acquis : {target} refuse une telle échelle.",
        "No level of the scale is proficient: {target} refuses such a scale.",
    ),
    "scale_left_out": (
        "warning",
        "L'échelle ne peut pas être écrite pour {target} : choisissez-la dans le formulaire "
        "d'importation.",
        "The scale cannot be written for {target}: choose it in the import form.",
    ),
    "scale_lost": (
        "info",
        "{target} ne reprend pas l'échelle.",
        "{target} takes no scale.",
    ),
    "levels_lost": (
        "info",
        "{target} n'a que trois jugements : {kept}. Ne sont pas repris : {lost}.",
        "{target} has three judgements only: {kept}. Not taken: {lost}.",
    ),
    "flattened": (
        "info",
        "{target} n'a que {limit} niveaux : {tiers} ne sont que rappelés dans les descriptions.",
        "{target} has {limit} levels only: {tiers_en} are only named in the descriptions.",
    ),
    "names_lost": (
        "info",
        "{target} prend le code pour nom : l'intitulé est dans la description.",
        "{target} takes the code for a name: the label is in the description.",
    ),
    "resorted": (
        "warning",
        "{target} trie par ordre alphabétique : {code} viendrait avant {previous}.",
        "{target} sorts alphabetically: {code} would come before {previous}.",
    ),
    "neutralised": (
        "info",
        "{count} cellules commencent comme une formule : une apostrophe les précède.",
        "{count} cells begin like a formula: an apostrophe stands before them.",
    ),
    "too_many_rows": (
        "error",
        "Il y a {count} éléments ; une feuille a au plus {limit} lignes.",
        "There are {count} elements; a sheet has at most {limit} rows.",
    ),
    "same_uuid": (
        "error",
        "{code} et {first} ont le même UUID : {target} n'en garderait qu'un.",
        "{code} and {first} have the same UUID: {target} would keep one only.",
    ),
    # Grades
    "learner_left_out": (
        "warning",
        "{count} étudiants sans numéro d'identification dans Moodle ne sont pas dans le fichier.",
        "{count} students without an ID number in Moodle are not in the file.",
    ),
    "learner_repeated": (
        "error",
        "Deux étudiants ont le numéro d'identification {idnumber} : {target} ne saurait pas à qui "
        "donner la note.",
        "Two students have the ID number {idnumber}: {target} would not know whose the grade is.",
    ),
    "column_left_out": (
        "warning",
        "La colonne « {label} » n'a pas de numéro d'identification : elle n'est pas dans le "
        "fichier. Donnez-lui-en un dans la configuration du carnet de notes.",
        "The column “{label}” has no ID number: it is not in the file. Give it one in the "
        "gradebook setup.",
    ),
    "column_repeated": (
        "error",
        "Deux colonnes ont {what} {value} : {target} refuserait ou confondrait.",
        "Two columns have {what_en} {value}: {target} would refuse or mix them up.",
    ),
    "grade_out_of_range": (
        "error",
        "La note {value} dans « {label} » n'est pas entre 0 et {maximum}.",
        "The grade {value} in “{label}” is not between 0 and {maximum}.",
    ),
    "level_unknown": (
        "error",
        "{value} dans « {label} » n'est pas un niveau de l'échelle (1 à {maximum}).",
        "{value} in “{label}” is no level of the scale (1 to {maximum}).",
    ),
    "level_elsewhere": (
        "warning",
        "{count} niveaux portent sur des compétences qui ne sont pas exportées.",
        "{count} levels are in competences that are not exported.",
    ),
    "empties": (
        "warning",
        "{count} notes sont vides dans le fichier : {target} les effacera.",
        "{count} grades are empty in the file: {target} will erase them.",
    ),
    "feedback_form": (
        "error",
        "Le commentaire ou le nom de l'étudiant {learner} contient une barre oblique inverse avant "
        "un guillemet ou à la fin : {target} lirait mal la ligne.",
        "The comment or name of the student {learner} has a backslash before a quotation mark or "
        "at the end: {target} would misread the line.",
    ),
    "feedback_control": (
        "warning",
        "Le commentaire de l'étudiant {learner} contient un caractère de contrôle, remplacé dans "
        "le fichier.",
        "The comment of the student {learner} contains a control character, replaced in the file.",
    ),
    # A course backup
    "tool_url": (
        "error",
        "« {url} » n'est pas une adresse d'outil : il faut https://… (ou http://…).",
        "“{url}” is no address of a tool: https://… (or http://…) is needed.",
    ),
    "framework_first": (
        "info",
        "Importez d'abord le référentiel dans Moodle : la restauration ne crée aucune compétence "
        "et ne lie que celles qui existent.",
        "Import the framework into Moodle first: restoring creates no competency and links only "
        "those that exist.",
    ),
    "tool_unknown": (
        "warning",
        "Sans l'adresse du site et le numéro de l'outil, les activités restaurées retrouvent "
        "l'outil par son adresse seulement : leurs réglages ne sont pas modifiables, et la liste "
        "de la classe manque tant que le cours n'a pas une activité ajoutée avec l'outil.",
        "Without the site's address and the tool's number, restored activities find the tool by "
        "its address only: their settings cannot be edited, and the class list is missing until "
        "the course has an activity added with the tool.",
    ),
    "overlap": (
        "warning",
        "{code} est dans deux activités : ses objectifs ne sont joints qu'à la première.",
        "{code} is in two activities: its outcomes are attached to the first only.",
    ),
}


def note(kind: str, node: Node | None = None, **values: object) -> Finding:
    """The finding of this kind, about ``node`` if given (its line and label, and ``code``)."""
    severity, fr, en = CATALOGUE[kind]
    if node is not None:
        values.setdefault("code", node.code)
    return Finding(
        node.line if node else None,
        Severity[severity],
        kind,
        french(fr).format_map(values),
        en.format_map(values),
        shorten(node.label) if node else "",
    )
