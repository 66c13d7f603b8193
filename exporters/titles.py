"""What each format is called, and where to take its file: the texts people read.

One paragraph each: where to import it, then what it needs or loses. docs/formats.md says more.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """Title and help of a format in both languages."""

    title_fr: str
    title_en: str
    help_fr: str
    help_en: str


TEXTS: dict[str, Texts] = {
    "moodle-framework": Texts(
        "Référentiel de compétences Moodle (CSV)",
        "Moodle competency framework (CSV)",
        "Administration du site > Compétences > Importer un référentiel de compétences ; "
        "choisir le séparateur du fichier (virgule, sauf autre choix) et l’encodage UTF-8. Crée le "
        "référentiel et son échelle ; un référentiel déjà présent n’est pas mis à jour.",
        "Site administration > Competencies > Import competency framework; choose the "
        "file’s separator (comma unless chosen otherwise) and the encoding UTF-8. Creates the "
        "framework and its scale; a framework that exists is not updated.",
    ),
    "moodle-outcomes": Texts(
        "Objectifs Moodle (CSV)",
        "Moodle outcomes (CSV)",
        "Dans un cours : Notes > Objectifs > Importer. Les objectifs doivent être activés "
        "sur le site. Un objectif déjà présent est laissé tel quel.",
        "In a course: Grades > Outcomes > Import. Outcomes must be enabled on the site. An "
        "outcome that exists is left as it is.",
    ),
    "moodle-grades-xml": Texts(
        "Notes de la classe pour Moodle (XML)",
        "The class’s grades for Moodle (XML)",
        "Dans le cours : Notes > Importation > Fichier XML. Les éléments d’évaluation et les "
        "étudiants doivent avoir un numéro d’identification dans Moodle ; à la première erreur, "
        "rien n’est importé. Les niveaux vont dans les colonnes d’objectifs.",
        "In the course: Grades > Import > XML file. Grade items and students need an ID number in "
        "Moodle; at the first error nothing is imported. Levels go into the outcome columns.",
    ),
    "moodle-grades-csv": Texts(
        "Notes de la classe pour Moodle (CSV)",
        "The class’s grades for Moodle (CSV)",
        "Dans le cours : Notes > Importation > Fichier CSV ; garder « Barèmes de mots » sur "
        "Oui, puis dire pour chaque colonne où elle va. Ne pas enregistrer le fichier depuis un "
        "tableur avant l’importation.",
        "In the course: Grades > Import > CSV file; leave “Verbose scales” at Yes, then say "
        "where each column goes. Do not save the file from a spreadsheet before importing it.",
    ),
    "moodle-backup": Texts(
        "Cours Moodle complet (sauvegarde .mbz)",
        "A whole Moodle course (.mbz backup)",
        "Dans un cours ou une catégorie : Restauration de cours > déposer le fichier. Crée des "
        "sections, les activités avec leur partie du référentiel, et des objectifs ; les "
        "compétences sont liées si le référentiel a d’abord été importé. L’outil doit être "
        "enregistré sur le site.",
        "In a course or category: Restore course > drop the file. Creates sections, activities "
        "with their part of the framework, and outcomes; competencies are linked if the "
        "framework was imported before. The tool must be registered on the site.",
    ),
    "lpimportrdf": Texts(
        "Référentiel RDF (extension Moodle lpimportrdf)",
        "RDF framework (Moodle plugin lpimportrdf)",
        "Avec l’extension tool_lpimportrdf : Administration du site > Compétences > importation "
        "RDF ; choisir l’échelle dans le formulaire. Les compétences sont triées par code. Pour "
        "Moodle sans cette extension, préférer le CSV.",
        "With the plugin tool_lpimportrdf: Site administration > Competencies > RDF import; choose "
        "the scale in the form. Competencies are sorted by code. Without the plugin, take the CSV.",
    ),
    "referentiel-xml": Texts(
        "Référentiel XML (extension Moodle lpimportreferentiel)",
        "Référentiel XML (Moodle plugin lpimportreferentiel)",
        "Avec l’extension tool_lpimportreferentiel : Administration du site > Compétences > "
        "importation. Trois niveaux seulement : les niveaux au-dessus sont rappelés dans les "
        "descriptions. Les compétences portent leur code pour nom.",
        "With the plugin tool_lpimportreferentiel: Site administration > Competencies > import. "
        "Three levels only: those above are named in the descriptions. Competencies have their "
        "code for a name.",
    ),
    "case": Texts(
        "Paquet CASE 1.1 (JSON)",
        "CASE 1.1 package (JSON)",
        "OpenSALT et autres registres 1EdTech CASE : importer un fichier CASE. Réimporter met à "
        "jour, et supprime ce que le fichier ne contient plus. L’échelle n’en fait pas partie.",
        "OpenSALT and other 1EdTech CASE registries: import a CASE file. Importing again updates, "
        "and deletes what the file no longer holds. The scale is not part of it.",
    ),
    "canvas-outcomes": Texts(
        "Objectifs Canvas (CSV)",
        "Canvas outcomes (CSV)",
        "Canvas : Objectifs > Importer, dans un compte ou un cours. Réimporter met à jour. Les "
        "niveaux deviennent une échelle de points.",
        "Canvas: Outcomes > Import, in an account or a course. Importing again updates. Levels "
        "become a scale of points.",
    ),
    "mahara-matrix": Texts(
        "Référentiel SmartEvidence de Mahara (.matrix)",
        "Mahara SmartEvidence framework (.matrix)",
        "Mahara : Administration > Extensions > SmartEvidence > Importer. Mahara ne garde que "
        "trois niveaux de jugement ; importer deux fois crée deux référentiels.",
        "Mahara: Administration > Extensions > SmartEvidence > Import. Mahara keeps three levels "
        "of judgement only; importing twice makes two frameworks.",
    ),
    "csv": Texts(
        "Tableau (CSV)",
        "Table (CSV)",
        "À ouvrir dans un tableur. Ce qui ressemble à une formule y est neutralisé : pour Moodle, "
        "prendre le CSV de référentiel de compétences.",
        "To open in a spreadsheet. What looks like a formula is neutralised: for Moodle, take the "
        "competency framework CSV.",
    ),
    "xlsx": Texts(
        "Grille à remplir (XLSX)",
        "Checklist to fill in (XLSX)",
        "À ouvrir dans un tableur : l’arbre se replie, et chaque compétence a une liste de niveaux.",
        "To open in a spreadsheet: the tree folds, and each competence has a list of levels.",
    ),
    "html": Texts(
        "Grille à imprimer (HTML)",
        "Checklist to print (HTML)",
        "À ouvrir dans un navigateur, puis imprimer : une case par compétence et par niveau.",
        "To open in a browser and print: one box for each competence and level.",
    ),
}
