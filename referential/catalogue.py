"""Every kind of finding: how bad it is, and its wording in French and English.

The French is typed with plain spaces and apostrophes; :func:`referential.findings.french` sets
the typographic ones. Blanks in braces are filled with words of the file, which stay untouched.
The readers of other files add theirs (:mod:`referential.import_catalogue`).
"""

from typing import Final

from referential.import_catalogue import IMPORTS

CATALOGUE: Final[dict[str, tuple[str, str, str]]] = {
    # The file as a whole
    "unreadable": (
        "error",
        "Le fichier ne peut pas être lu : {reason}.",
        "The file cannot be read: {reason}.",
    ),
    "too_large": (
        "error",
        "Le fichier dépasse {limit} Mo : ce n'est pas le texte d'un référentiel.",
        "The file is larger than {limit} MB: it is not the text of a référentiel.",
    ),
    "empty": ("error", "Le fichier est vide.", "The file is empty."),
    "utf16": (
        "error",
        "Le fichier est en {encoding}. Enregistrez-le en UTF-8.",
        "The file is in {encoding}. Save it as UTF-8.",
    ),
    "binary": (
        "error",
        "Le fichier n'est pas du texte : donnez le texte extrait du PDF, en UTF-8.",
        "The file is not text: give the text extracted from the PDF, as UTF-8.",
    ),
    "not_utf8": (
        "error",
        "L'octet 0x{byte:02X} n'est pas de l'UTF-8 ; le fichier semble être en Latin-1 ou "
        "Windows-1252. Enregistrez-le en UTF-8.",
        "Byte 0x{byte:02X} is not UTF-8; the file looks like Latin-1 or Windows-1252. "
        "Save it as UTF-8.",
    ),
    "no_code": (
        "error",
        "Aucune ligne ne commence par un code comme {example} : ce n'est pas le texte de ce "
        "référentiel.",
        "No line begins with a code such as {example}: this is not the text of this référentiel.",
    ),
    "too_many": (
        "error",
        "Plus de {limit} erreurs : la lecture s'arrête ici.",
        "More than {limit} errors: reading stops here.",
    ),
    "bom": (
        "info",
        "Le fichier commence par une marque d'ordre des octets (BOM).",
        "The file begins with a byte order mark (BOM).",
    ),
    "decomposed": (
        "info",
        "Des accents sont séparés de leurs lettres (NFD) ; ils sont recomposés.",
        "Some accents are apart from their letters (NFD); they are put together.",
    ),
    # One line and its characters
    "line_too_long": (
        "error",
        "La ligne compte {length} caractères (maximum {limit}) : les fins de ligne manquent.",
        "The line has {length} characters (at most {limit}): line ends are missing.",
    ),
    "control_character": (
        "error",
        "La ligne contient le caractère de contrôle U+{point:04X}.",
        "The line contains the control character U+{point:04X}.",
    ),
    "invisible": (
        "warning",
        "Des caractères invisibles (U+{point:04X}) sont retirés.",
        "Invisible characters (U+{point:04X}) are removed.",
    ),
    "damaged": (
        "warning",
        "Le caractère U+{point:04X} est illisible : l'extraction du PDF l'a abîmé.",
        "The character U+{point:04X} is unreadable: the PDF's extraction damaged it.",
    ),
    "no_letters": (
        "error",
        "La ligne ne contient aucune lettre. Si c'est un numéro de page ou un filet, "
        "déclarez-le dans « page_headers ».",
        "The line has no letter. If it is a page number or a rule, declare it in “page_headers”.",
    ),
    "page_header": ("info", "En-tête de page ignoré.", "Page header left out."),
    "bullet": ("info", "Puce retirée devant {code}.", "Bullet removed before {code}."),
    "separator": (
        "info",
        "Signe « {sign} » retiré après {code}.",
        "Sign “{sign}” removed after {code}.",
    ),
    "emphasis": ("info", "Marques d'emphase retirées.", "Emphasis marks removed."),
    "unclosed_emphasis": (
        "warning",
        "Marque d'emphase sans son pendant ; elle est retirée.",
        "Emphasis mark without its counterpart; it is removed.",
    ),
    "stray_emphasis": (
        "warning",
        "Astérisque au milieu du texte ; il est conservé.",
        "Asterisk in the middle of the text; it is kept.",
    ),
    "continued": (
        "warning",
        "La ligne commence par une minuscule : est-ce la suite de la précédente ?",
        "The line begins in lower case: does it continue the one before?",
    ),
    # Codes and the tree
    "malformed_code": (
        "error",
        "« {token} » ressemble à un code mais n'en est pas un : on attend {expected}.",
        "“{token}” looks like a code but is none: {expected} is expected.",
    ),
    "printed_position": (
        "error",
        "« {token} » : les codes en {letter} ne figurent pas dans le texte, ils se déduisent de "
        "la position.",
        "“{token}”: codes in {letter} are not printed in the text, they follow from position.",
    ),
    "uncoded_line": (
        "error",
        "La ligne ne commence pas par un code.",
        "The line does not begin with a code.",
    ),
    "duplicate_code": (
        "error",
        "Le code {code} figure déjà ligne {first}.",
        "The code {code} is already on line {first}.",
    ),
    "orphan": (
        "error",
        "{code} n'est sous aucun élément « {tier} ».",
        "{code} stands under no {tier_en}.",
    ),
    "orphan_line": (
        "error",
        "Cette ligne n'est sous aucun élément « {tier} ».",
        "This line stands under no {tier_en}.",
    ),
    "foreign_code": (
        "error",
        "{code} se trouve sous {parent}, dont il ne reprend pas les numéros.",
        "{code} stands under {parent}, whose numbers it does not repeat.",
    ),
    "gap": (
        "warning",
        "La numérotation saute : il manque {missing} avant {code}.",
        "The numbering has a gap: {missing} missing before {code}.",
    ),
    "known_gap": (
        "info",
        "Il manque {missing} avant {code}, comme prévu : {source}.",
        "{missing} missing before {code}, as expected: {source}.",
    ),
    "out_of_order": (
        "warning",
        "{code} suit {previous} : l'ordre du texte est conservé.",
        "{code} follows {previous}: the text's order is kept.",
    ),
    "childless": (
        "warning",
        "{code} ne contient aucun élément « {tier} ».",
        "{code} has no {tier_en}.",
    ),
    "untitled": (
        "error",
        "{code} n'a pas d'intitulé, ni dans le texte ni dans la surcouche (« titles »).",
        "{code} has no title, neither in the text nor in the overlay (“titles”).",
    ),
    "duplicate_wording": (
        "info",
        "Même formulation que {code} (ligne {first}).",
        "Same wording as {code} (line {first}).",
    ),
    "repeated_wording": (
        "warning",
        "Formulation déjà lue sous le même élément, ou plus de deux fois : {code} (ligne {first}). "
        "Est-ce un en-tête de page ?",
        "Wording already read under the same element, or more than twice: {code} (line {first}). "
        "Is it a page header?",
    ),
    # What the overlay adds
    "title_supplied": (
        "info",
        "Intitulé de {code} ajouté : « {title} » ({source}).",
        "Title of {code} added: “{title}” ({source}).",
    ),
    "title_unused": (
        "error",
        "La surcouche donne un intitulé à {code}, qui {why}.",
        "The overlay gives a title to {code}, which {why_en}.",
    ),
    "corrected": (
        "info",
        "Corrigé : « {original} » devient « {replacement} » ({source}).",
        "Corrected: “{original}” becomes “{replacement}” ({source}).",
    ),
    "correction_mismatch": (
        "error",
        "La correction prévue ici attend « {expected} », qui {where}.",
        "The correction meant for this line expects “{expected}”, which {where_en}.",
    ),
    "absent_present": (
        "error",
        "La surcouche dit {code} absent ; il figure ici.",
        "The overlay says that {code} is absent; it stands here.",
    ),
    # The TOML of overlays and scales
    "config_toml": (
        "error",
        "Le fichier n'est pas du TOML valable : {reason}.",
        "The file is not valid TOML: {reason}.",
    ),
    "config_missing": ("error", "Il manque « {key} ».", "“{key}” is missing."),
    "config_unknown": ("error", "« {key} » n'est pas connu.", "“{key}” is not known."),
    "config_invalid": (
        "error",
        "« {key} » vaut {value} ; on attend {expected}.",
        "“{key}” is {value}; {expected_en} is expected.",
    ),
    # What a target would do to an export
    "shortened": (
        "info",
        "{count} intitulés dépassent {limit} caractères : ils sont abrégés, le texte entier est "
        "dans la description.",
        "{count} labels are longer than {limit} characters: they are shortened, the whole text "
        "is in the description.",
    ),
    "too_long": (
        "error",
        "{what} de {code} compte {length} {unit} ; {target} en accepte {limit}.",
        "{what_en} of {code} has {length} {unit_en}; {target} takes {limit}.",
    ),
    "tags": (
        "warning",
        "{target} prendrait une partie de l'intitulé de {code} pour une balise et l'effacerait.",
        "{target} would take a part of the label of {code} for a tag and remove it.",
    ),
    "backslash": (
        "error",
        "Une barre oblique inverse précède un guillemet ou la fin dans {code} : {target} lirait "
        "mal la ligne.",
        "A backslash stands before a quotation mark or the end in {code}: {target} would misread "
        "the line.",
    ),
    "too_deep": (
        "warning",
        "{target} ne nomme que {limit} niveaux ; les suivants prennent le nom par défaut.",
        "{target} names {limit} tiers only; those below take the default name.",
    ),
    "nothing": (
        "error",
        "Il n'y a rien à exporter.",
        "There is nothing to export.",
    ),
} | IMPORTS
