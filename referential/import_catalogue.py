"""The findings of the readers of files: tables, Moodle's framework CSV, CASE packages, workbooks.

Same form as :data:`referential.catalogue.CATALOGUE`, of which they are a part. Each says where,
what stands there and what would be right.
"""

from typing import Final

IMPORTS: Final[dict[str, tuple[str, str, str]]] = {
    # Tables
    "cp1252": (
        "warning",
        "Le fichier n'est pas en UTF-8 ; il est lu en Windows-1252, comme les tableurs l'écrivent. "
        "Vérifiez les accents.",
        "The file is not UTF-8; it is read as Windows-1252, which spreadsheets write. Check the "
        "accents.",
    ),
    "csv_broken": (
        "error",
        "La ligne n'est pas du CSV valable : {reason}. Un guillemet manque sans doute, ou n'est "
        "pas doublé.",
        "The line is not valid CSV: {reason}. A quotation mark is probably missing, or not doubled.",
    ),
    "header_unknown": (
        "error",
        "Les colonnes ne sont pas reconnues : « {found} ». La première ligne doit nommer au moins "
        "{expected}.",
        "The columns are not recognised: “{found}”. The first line must name at least {expected}.",
    ),
    "column_missing": (
        "error",
        "Il manque la colonne « {column} » ; il y a : {found}.",
        "The column “{column}” is missing; there are: {found}.",
    ),
    "column_twice": (
        "error",
        "La colonne « {column} » figure deux fois.",
        "The column “{column}” is there twice.",
    ),
    "column_ignored": (
        "warning",
        "La colonne « {column} » n'est pas reprise.",
        "The column “{column}” is not taken.",
    ),
    "column_count": (
        "error",
        "La ligne a {found} cellules au lieu de {expected}, comme l'en-tête.",
        "The line has {found} cells instead of {expected}, as the header has.",
    ),
    "cell_empty": (
        "error",
        "« {column} » est vide{of} : {expected}.",
        "“{column}” is empty{of_en}: {expected_en}.",
    ),
    "cell_control": (
        "error",
        "« {column} » contient le caractère de contrôle U+{point:04X} ; retirez-le.",
        "“{column}” contains the control character U+{point:04X}; remove it.",
    ),
    "cell_invisible": (
        "warning",
        "Des caractères invisibles (U+{point:04X}) sont retirés de « {column} ».",
        "Invisible characters (U+{point:04X}) are removed from “{column}”.",
    ),
    "cell_long": (
        "error",
        "« {column} » compte {length} caractères ; {limit} au plus.",
        "“{column}” has {length} characters; at most {limit}.",
    ),
    "cell_formula": (
        "error",
        "La cellule {cell} contient une formule, « {value} » : remplacez-la par son résultat.",
        "The cell {cell} holds a formula, “{value}”: replace it by its result.",
    ),
    "cell_number": (
        "error",
        "La cellule {cell} contient le nombre {value} : le tableur a pu en changer les chiffres "
        "(1.10 devient 1.1). Mettez la colonne au format Texte et saisissez le code à nouveau.",
        "The cell {cell} holds the number {value}: the spreadsheet may have changed its digits "
        "(1.10 becomes 1.1). Format the column as text and type the code again.",
    ),
    "cell_date": (
        "error",
        "La cellule {cell} contient une date, {value} : le tableur a pris un code pour une date. "
        "Mettez la colonne au format Texte et saisissez-le à nouveau.",
        "The cell {cell} holds a date, {value}: the spreadsheet took a code for one. Format the "
        "column as text and type it again.",
    ),
    "cell_error": (
        "error",
        "La cellule {cell} contient l'erreur {value} au lieu d'un texte.",
        "The cell {cell} holds the error {value} instead of a text.",
    ),
    "sheet_ignored": (
        "info",
        "La feuille « {sheet} » n'est pas reprise.",
        "The sheet “{sheet}” is not taken.",
    ),
    "workbook_broken": (
        "error",
        "Le classeur ne peut pas être lu : {reason}. Ouvrez-le dans un tableur et "
        "enregistrez-le en .xlsx ou en CSV.",
        "The workbook cannot be read: {reason_en}. Open it in a spreadsheet and save it as .xlsx "
        "or CSV.",
    ),
    "workbook_large": (
        "error",
        "Le classeur décompressé dépasse {limit} Mo : ce n'est pas un référentiel.",
        "The workbook is larger than {limit} MB once unpacked: it is no référentiel.",
    ),
    # The référentiel as a whole
    "framework_missing": (
        "error",
        "Le fichier ne dit pas le code du référentiel : indiquez-le, par exemple BTSSIO.",
        "The file does not tell the référentiel's code: give it, for example BTSSIO.",
    ),
    "framework_form": (
        "error",
        "« {value} » ne peut pas être le code d'un référentiel : 60 lettres sans accent, chiffres, "
        "points, tirets ou _ au plus, la première étant une lettre ou un chiffre. Par exemple : "
        "{example}.",
        "“{value}” cannot be a référentiel's code: at most 60 letters without accents, digits, "
        "dots, hyphens or _, beginning with a letter or a digit. For example: {example}.",
    ),
    "framework_adapted": (
        "warning",
        "Le référentiel s'appelle « {value} » dans le fichier ; son code devient {code}, car il "
        "ne peut contenir ni espace ni accent.",
        "The file calls the référentiel “{value}”; its code becomes {code}, which can hold "
        "neither spaces nor accents.",
    ),
    "framework_taken": (
        "error",
        "« {value} » est déjà le nom d'un autre référentiel, de code {code} : donnez un autre code.",
        "“{value}” is already the name of another référentiel, whose code is {code}: give another "
        "code.",
    ),
    "title_missing": (
        "error",
        "Le fichier ne dit pas le titre du référentiel : indiquez-le.",
        "The file does not tell the référentiel's title: give it.",
    ),
    "no_rows": (
        "error",
        "Le fichier ne contient aucun élément de référentiel.",
        "The file holds no element of a référentiel.",
    ),
    "too_many_nodes": (
        "error",
        "Plus de {limit} éléments : ce n'est pas un référentiel.",
        "More than {limit} elements: this is no référentiel.",
    ),
    # Rows and the tree
    "code_form": (
        "error",
        "« {value} » ne peut pas être un code : ni espace ni virgule, 100 caractères au plus. Par "
        "exemple : {example}.",
        "“{value}” cannot be a code: no space, no comma, at most 100 characters. For example: "
        "{example}.",
    ),
    "code_adapted": (
        "warning",
        "« {value} » prend pour code {code}, qui ne peut contenir ni espace ni virgule ; son "
        "identifiant Moodle reste {idnumber}.",
        "“{value}” gets the code {code}, which can hold neither spaces nor commas; its Moodle id "
        "number stays {idnumber}.",
    ),
    "value_twice": (
        "error",
        "« {column} » : {value} figure déjà {first} ; il doit être unique.",
        "“{column}”: {value} is already {first_en}; it must be unique.",
    ),
    "parent_unknown": (
        "error",
        "Le parent de {code}, « {parent} », ne figure pas dans le fichier.",
        "The parent of {code}, “{parent}”, is not in the file.",
    ),
    "parent_cycle": (
        "error",
        "Ces éléments se contiennent en boucle : {codes}. L'un d'eux doit avoir un autre parent, "
        "ou aucun.",
        "These elements contain each other in a loop: {codes}. One of them needs another parent, "
        "or none.",
    ),
    "too_deep_tree": (
        "error",
        "{code} est au niveau {depth} de l'arbre ; il y en a {limit} au plus.",
        "{code} is on tier {depth} of the tree; there are at most {limit}.",
    ),
    # Moodle's framework CSV
    "framework_row_missing": (
        "error",
        "Aucune ligne ne décrit le référentiel lui-même : celle qui a 1 dans « {column} ».",
        "No line describes the framework itself: the one with 1 in “{column}”.",
    ),
    "framework_row_twice": (
        "error",
        "Une autre ligne, {first}, décrit déjà le référentiel : une seule doit avoir 1 dans "
        "« {column} ».",
        "Another line, {first_en}, already describes the framework: only one may have 1 in "
        "“{column}”.",
    ),
    "columns_moved": (
        "warning",
        "Les colonnes ne sont pas dans l'ordre de Moodle, qui les lit d'après leur place : elles "
        "sont reprises ici d'après leur nom.",
        "The columns are not in Moodle's order, which reads them by their place: here they are "
        "taken by their names.",
    ),
    "taxonomy_unknown": (
        "error",
        "« {column} » : « {value} » n'est pas un type d'élément de Moodle ; il y a {expected}.",
        "“{column}”: “{value}” is no type of element in Moodle; there are {expected}.",
    ),
    "name_cut": (
        "warning",
        "L'intitulé de {code} est abrégé dans le fichier, et sa description ne le donne pas en "
        "entier.",
        "The label of {code} is cut in the file, and its description does not give it whole.",
    ),
    "markup": (
        "warning",
        "La description de {code} est mise en forme ({tags}) : seul son texte est repris.",
        "The description of {code} has markup ({tags}): only its text is taken.",
    ),
    "rules_left": (
        "info",
        "Les règles de {count} éléments ne sont pas reprises : elles se choisissent à l'export.",
        "The rules of {count} elements are not taken: they are chosen at export.",
    ),
    "relations_left": (
        "info",
        "Les compétences liées de {count} éléments ne sont pas reprises : elles se déduisent des "
        "intitulés.",
        "The related competences of {count} elements are not taken: they follow from the labels.",
    ),
    "scales_left": (
        "info",
        "L'échelle n'est pas reprise ({count}) : elle se choisit pour chaque activité.",
        "The scale is not taken ({count}): it is chosen for each activity.",
    ),
    # CASE packages
    "json_broken": (
        "error",
        "Le fichier n'est pas du JSON valable : {reason}.",
        "The file is not valid JSON: {reason_en}.",
    ),
    "case_member": (
        "error",
        "{place} : « {member} » vaut {value} ; on attend {expected}.",
        "{place}: “{member}” is {value}; {expected_en} is expected.",
    ),
    "case_orphan": (
        "error",
        "{place} : {code} n'est rattaché à rien ; il manque une association isChildOf vers son "
        "parent ou vers le document.",
        "{place}: {code} hangs on nothing; an isChildOf association to its parent or to the "
        "document is missing.",
    ),
    "case_two_parents": (
        "error",
        "{place} : {code} a déjà un parent, {first} ; un seul est possible.",
        "{place}: {code} already has a parent, {first}; only one is possible.",
    ),
    "codes_built": (
        "warning",
        "{count} éléments n'ont pas de code : le leur est construit d'après "
        "leur place, à partir de {code}.",
        "{count} elements have no code: theirs is built from their place, beginning with {code}.",
    ),
    "case_left": (
        "info",
        "{what} : {count} dans le fichier, rien n'en est repris.",
        "{what}: {count} in the file, none of it is taken.",
    ),
}
