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
    "refused_token": (
        "Moodle ne connaît pas ce jeton. Créez-en un pour le service (Administration du site > Serveur > Services "
        "web > Gérer les jetons), puis donnez-le : competences moodle connect.",
        "Moodle does not know this token. Make one for the service (Site administration > Server > Web services > "
        "Manage tokens), then give it: competences moodle connect.",
    ),
    "refused_access": (
        "Le jeton ne permet pas d'appeler {function}. Ajoutez cette fonction au service ; « competences moodle "
        "doctor » dit tout ce qui manque.",
        "The token may not call {function}. Add this function to the service; “competences moodle doctor” tells all "
        "that is missing.",
    ),
    "refused_permission": (
        "L'utilisateur du jeton n'a pas le droit d'appeler {function} : {reason}. « competences moodle doctor » dit "
        "quelle capacité lui manque.",
        "The token's user has no right to call {function}: {reason}. “competences moodle doctor” tells which "
        "capability is missing.",
    ),
    "refused_other": (
        "Moodle a refusé {function} ({code}) : {reason}",
        "Moodle refused {function} ({code}): {reason}",
    ),
    "moodle_away": (
        "Moodle n'a pas répondu ({reason}). Recommencez : l'envoi reprendra où il en était.",
        "Moodle did not answer ({reason}). Try again: it will go on where it stopped.",
    ),
    "push_died": (
        "Interrompu : le programme s'est arrêté en cours d'envoi.",
        "Interrupted: the program stopped while pushing.",
    ),
    "push_interrupted": (
        "Interrompu avant la fin. Recommencez : l'envoi reprendra où il en était.",
        "Interrupted before its end. Try again: it will go on where it stopped.",
    ),
    "push_running": (
        "L'envoi n° {number} vers ce Moodle est en cours ou en attente. Attendez qu'il se termine.",
        "Push {number} to this Moodle is waiting or under way. Wait until it has ended.",
    ),
    "token_malformed": (
        "Ce n'est pas un jeton de service web : il n'a que des lettres et des chiffres.",
        "This is no web-service token: those have letters and digits only.",
    ),
    "address_refused": (
        "L'adresse {url} n'est pas acceptée : {reason}.",
        "The address {url} is not accepted: {reason}.",
    ),
    "platform_unknown": ("Aucune plateforme n° {number}.", "There is no platform {number}."),
    "not_connected": (
        "La plateforme n° {number} n'a pas de jeton de service web. Donnez-le : "
        "competences moodle connect {number} --token-file FICHIER.",
        "Platform {number} has no web-service token. Give it: "
        "competences moodle connect {number} --token-file FILE.",
    ),
    "no_course_number": (
        "Cette plateforme ne dit pas le numéro du cours dans Moodle.",
        "This platform does not tell the course's number in Moodle.",
    ),
    "unknown_referential": (
        "Référentiel inconnu : {name}. Au choix : {choices}.",
        "Unknown référentiel: {name}. Choices: {choices}.",
    ),
    "unknown_scale": (
        "Échelle inconnue : {name}. Au choix : {choices}.",
        "Unknown scale: {name}. Choices: {choices}.",
    ),
    "unknown_code": (
        "Le référentiel {referential} ne contient pas {code}.",
        "The référentiel {referential} has no {code}.",
    ),
    "framework_missing": (
        "Le référentiel {idnumber} n'est pas dans ce Moodle. Envoyez-le d'abord.",
        "The framework {idnumber} is not in this Moodle. Push it first.",
    ),
    "not_pushed": (
        "Il manque {count} compétence(s) dans Moodle, dont {first}. Envoyez d'abord le référentiel.",
        "{count} competencies are missing in Moodle, {first} among them. Push the référentiel first.",
    ),
    "click_scale": ("Créer l'échelle", "Create the scale"),
    "click_scale_how": (
        "Seulement si Moodle n'a pas encore d'échelle avec ces niveaux : cochez « Échelle standard » et collez-les, "
        "du plus bas au plus haut, séparés par des virgules.",
        "Only if Moodle has no scale with these levels yet: tick “Standard scale” and paste them, lowest first, "
        "separated by commas.",
    ),
    "click_activity": ("Lier des compétences à une activité", "Link competencies to an activity"),
    "click_activity_how": (
        "Dans le cours, modifiez l'activité : section « Compétences », choisissez-les et ce que l'achèvement "
        "entraîne. Une sauvegarde du cours (format moodle-backup) les apporte toutes à la fois.",
        "In the course, edit the activity: section “Competencies”, choose them and what completion brings. A course "
        "backup (format moodle-backup) brings them all at once.",
    ),
    "click_cohort": ("Donner le plan de formation à une cohorte", "Give the plan to a cohort"),
    "click_cohort_how": (
        "Ajoutez la cohorte au modèle : Moodle crée aussitôt un plan pour chaque membre.",
        "Add the cohort to the template: Moodle makes a plan for each member at once.",
    ),
    "click_outcomes_on": ("Activer les objectifs", "Enable outcomes"),
    "click_outcomes_on_how": (
        "Cochez « Activer les objectifs » dans les fonctions avancées.",
        "Tick “Enable outcomes” in the advanced features.",
    ),
    "click_outcomes": ("Importer les objectifs", "Import outcomes"),
    "click_outcomes_how": (
        "Déposez le fichier de « competences export moodle-outcomes », puis cochez les objectifs voulus dans les "
        "réglages de chaque activité.",
        "Upload the file of “competences export moodle-outcomes”, then tick the outcomes you want in the settings of "
        "each activity.",
    ),
}


def sentence(kind: str, language: str, **values: object) -> str:
    """The sentence of this kind in French (``"fr"``, also ``fr_CA``) or else English."""
    in_french, in_english = SENTENCES[kind]
    text = french(in_french) if language.lower().startswith("fr") else in_english
    return text.format_map(values)
