"""Why a grade or a class list did not come through, as sentences: what happened, what to do.

The keys are what ``services.grades.grade_sync`` and ``services.classes.roster`` store in ``GradeSync.error`` and
``Course.roster_error``; the words are only chosen when somebody looks, in their language.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from lti_app.services.grades.overruled import Overruled
from lti_app.services.grades.standings import FAILED, Standing


@dataclass(frozen=True, slots=True)
class Sentence:
    """``happened`` names the learner: ``%(whose)s`` is « de Chloé » or « d'Anaïs » in French, the bare
    name where a language needs no more. ``remedy`` says what to do."""

    happened: LazyString
    remedy: LazyString


_TELL = _l("Cliquez sur Renvoyer. Si cela se répète, prévenez la personne qui administre Moodle.")

UNKNOWN_GRADE = Sentence(
    _l("La note %(whose)s n’a pas pu être envoyée : Moodle l’a refusée sans dire pourquoi."),
    _TELL,
)
GRADES: dict[str, Sentence] = {
    "learner_gone": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : cette personne n’est plus inscrite au cours comme étudiant."
        ),
        _l("Réinscrivez-la dans Moodle, puis cliquez sur Renvoyer."),
    ),
    "column_gone": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : la colonne de l’activité n’existe plus dans le carnet de notes."
        ),
        _l("Ouvrez de nouveau l’activité depuis Moodle, puis cliquez sur Renvoyer."),
    ),
    "column_missing": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : l’activité n’a pas de colonne dans le carnet de notes."
        ),
        _l(
            "Dans Moodle, donnez une note maximale à l’activité, ouvrez-la de nouveau, puis cliquez sur Renvoyer."
        ),
    ),
    "column_scope_missing": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : Moodle n’autorise pas cet outil à gérer ses colonnes du carnet de notes."
        ),
        _l(
            "Demandez à la personne qui administre Moodle d’ouvrir les réglages de l’outil, rubrique « Services », et d’y choisir « Utiliser ce service pour la synchronisation des notes et la gestion des colonnes »."
        ),
    ),
    "column_not_allowed": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : Moodle a refusé de créer ou de lire la colonne du carnet de notes."
        ),
        _l(
            "Demandez à la personne qui administre Moodle de vérifier les services autorisés pour cet outil, puis ouvrez de nouveau l’activité."
        ),
    ),
    "column_locked": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : Moodle la refuse, sans doute parce que la note ou sa colonne est verrouillée."
        ),
        _l("Déverrouillez-la dans le carnet de notes, puis cliquez sur Renvoyer."),
    ),
    "grade_newer": Sentence(
        _l(
            "La note %(whose)s n’a pas été remplacée : le carnet de notes en contient une plus récente, sans doute saisie à la main."
        ),
        _l("Vérifiez-la dans le carnet de notes ; pour la remplacer, cliquez sur Renvoyer."),
    ),
    "not_allowed": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : Moodle n’autorise plus ce service à écrire dans le carnet de notes."
        ),
        _l(
            "Demandez à la personne qui administre Moodle d’autoriser l’envoi des notes pour cet outil, puis cliquez sur Renvoyer."
        ),
    ),
    "not_a_learner": Sentence(
        _l(
            "La note %(whose)s n’a pas été envoyée : cette personne enseigne dans le cours, et Moodle ne note que les étudiants."
        ),
        _l("Vous n’avez rien à faire."),
    ),
    "platform_inactive": Sentence(
        _l("La note %(whose)s n’a pas pu être envoyée : l’accès à ce Moodle est suspendu."),
        _l(
            "Demandez à la personne qui administre ce service de le rétablir, puis cliquez sur Renvoyer."
        ),
    ),
    "platform_unavailable": Sentence(
        _l("La note %(whose)s n’est pas encore envoyée : Moodle ne répond pas."),
        _l("L’envoi sera tenté de nouveau automatiquement ; vous n’avez rien à faire."),
    ),
    "course_gone": Sentence(
        _l("La note %(whose)s n’a pas pu être envoyée : le cours n’existe plus dans Moodle."),
        _l(
            "Vous n’avez rien à faire ; si le cours a été restauré, ouvrez l’activité depuis sa copie."
        ),
    ),
    "column_dropped": Sentence(
        _l(
            "La note %(whose)s n’a pas été envoyée : l’activité n’utilise plus cette colonne du carnet de notes."
        ),
        _l("Vous n’avez rien à faire."),
    ),
    "overridden": Sentence(
        _l(
            "La note %(whose)s n’a pas été remplacée : elle a été saisie ou modifiée à la main dans le carnet de notes de Moodle."
        ),
        _l(
            "Pour garder celle de Moodle, vous n’avez rien à faire ; pour la remplacer, cliquez sur Renvoyer."
        ),
    ),
    "clock_late": Sentence(
        _l(
            "La note %(whose)s n’est pas encore envoyée : l’horloge de ce service retarde sur celle de Moodle."
        ),
        _l(
            "L’envoi sera tenté de nouveau automatiquement ; prévenez la personne qui administre ce service."
        ),
    ),
    "clock_wrong": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : Moodle refuse l’accès, car l’horloge de ce service n’est pas à la même heure que la sienne."
        ),
        _l(
            "Demandez à la personne qui administre ce service de mettre son horloge à l’heure, puis cliquez sur Renvoyer."
        ),
    ),
    "key_refused": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : Moodle n’accepte plus la clé de ce service."
        ),
        _l(
            "Demandez à la personne qui administre Moodle de vérifier l’adresse des clés publiques de l’outil, puis cliquez sur Renvoyer."
        ),
    ),
    "tool_removed": Sentence(
        _l("La note %(whose)s n’a pas pu être envoyée : Moodle ne connaît plus cet outil."),
        _l(
            "Demandez à la personne qui administre Moodle de l’enregistrer de nouveau, puis cliquez sur Renvoyer."
        ),
    ),
    "scope_missing": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : dans Moodle, l’outil n’a plus le droit d’envoyer des notes."
        ),
        _l(
            "Demandez à la personne qui administre Moodle d’ouvrir les réglages de l’outil, rubrique « Services », et d’y choisir « Utiliser ce service pour la synchronisation des notes et la gestion des colonnes »."
        ),
    ),
    "score_refused": Sentence(
        _l("La note %(whose)s n’a pas pu être envoyée : la plateforme juge cette note invalide."),
        _TELL,
    ),
    "platform_busy": Sentence(
        _l(
            "La note %(whose)s n’est pas encore envoyée : Moodle est très occupé et demande d’attendre."
        ),
        _l("L’envoi sera tenté de nouveau automatiquement ; vous n’avez rien à faire."),
    ),
    "internal": Sentence(
        _l("La note %(whose)s n’est pas encore envoyée : une erreur est survenue dans ce service."),
        _l(
            "L’envoi sera tenté de nouveau automatiquement ; si cela se répète, prévenez la personne qui administre ce service."
        ),
    ),
    "address_refused": Sentence(
        _l(
            "La note %(whose)s n’a pas pu être envoyée : l’adresse que Moodle a donnée pour le carnet de notes n’est pas acceptée."
        ),
        _l("Prévenez la personne qui administre ce service."),
    ),
}

UNKNOWN_ROSTER = Sentence(
    _l("La liste de la classe n’a pas pu être lue dans Moodle."),
    _l("Réessayez. Si cela se répète, prévenez la personne qui administre Moodle."),
)
ROSTER: dict[str, Sentence] = {
    "roster_no_address": Sentence(
        _l("Moodle n’a pas indiqué où lire la liste de la classe."),
        _l(
            "Demandez à la personne qui administre Moodle d’autoriser l’outil à lire les noms et les rôles, puis ouvrez de nouveau l’activité. En attendant, chaque étudiant apparaît dès qu’il ouvre l’activité."
        ),
    ),
    "roster_refused": Sentence(
        _l("Moodle n’autorise pas ce service à lire la liste de la classe."),
        _l(
            "Demandez à la personne qui administre Moodle d’autoriser l’outil à lire les noms et les rôles. En attendant, chaque étudiant apparaît dès qu’il ouvre l’activité."
        ),
    ),
    "roster_names_withheld": Sentence(
        _l(
            "Moodle ne transmet pas les noms des étudiants à ce service : chacun apparaît avec un numéro, toujours le même."
        ),
        _l(
            "Pour voir les noms, demandez à la personne qui administre Moodle de régler l’outil sur « Partager le nom de l’utilisateur : toujours », puis actualisez la liste."
        ),
    ),
    "roster_unavailable": Sentence(
        _l("La liste de la classe n’a pas pu être lue : Moodle ne répond pas."),
        _l("Réessayez dans quelques minutes."),
    ),
}


def grade_sentence(key: str, name: str) -> str:
    """Why a learner's grade was not sent, and what the teacher can do. ``name`` is « Prénom Nom »."""
    sentence = GRADES.get(key, UNKNOWN_GRADE)
    happened = str(sentence.happened) % {"whose": _whose(name)}
    return f"{happened} {sentence.remedy}"


def standing_sentence(standing: Standing, name: str, places: int = 2) -> str:
    """Why the gradebook does not hold our grade in that column, which is named unless it is the activity's
    own; empty when it does."""
    if standing.theirs is not None:
        sentence = overruled_sentence(standing.theirs, name, places)
    elif standing.error or standing.state == FAILED:
        sentence = grade_sentence(standing.error, name)
    else:
        return ""
    if not standing.label:
        return sentence
    return gettext("Colonne « %(column)s ». %(sentence)s", column=standing.label, sentence=sentence)


def overruled_sentence(theirs: Overruled, name: str, places: int = 2) -> str:
    """What the gradebook holds instead of our grade, who wins, and what the teacher can do."""
    whose = _whose(name)
    ours = _marks(theirs.ours, theirs.our_maximum, places)
    if theirs.score is None or not theirs.maximum:
        happened = gettext(
            "La note %(whose)s a été effacée dans le carnet de notes de Moodle ; ici, elle est de %(ours)s.",
            whose=whose,
            ours=ours,
        )
    else:
        happened = gettext(
            "La note %(whose)s est de %(theirs)s dans le carnet de notes de Moodle, où elle a été saisie à la main ; ici, elle est de %(ours)s.",
            whose=whose,
            theirs=_marks(theirs.score, theirs.maximum, places),
            ours=ours,
        )
    if theirs.kept:
        remedy = gettext("Vous avez choisi de garder celle de Moodle.")
    elif theirs.replaceable:
        remedy = gettext(
            "Moodle garde la sienne. « Garder » la laisse ; « Remplacer » envoie celle d’ici."
        )
    else:
        remedy = gettext(
            "Moodle garde la sienne. « Garder » la laisse ; pour revenir à celle d’ici, décochez « Court-circuité » pour cette personne dans le carnet de notes de Moodle."
        )
    return f"{happened} {remedy}"


def _marks(score: Decimal, maximum: Decimal, places: int) -> str:
    pattern = "#,##0." + "#" * max(places, 2)
    return f"{format_decimal(score, format=pattern)} / {format_decimal(maximum, format=pattern)}"


def roster_sentence(key: str) -> str:
    """Why the class list was not read, and what the teacher can do."""
    sentence = ROSTER.get(key, UNKNOWN_ROSTER)
    return f"{sentence.happened} {sentence.remedy}"


def _whose(name: str) -> str:
    """« de Chloé », « d'Anaïs »: French elides before a vowel."""
    first = unicodedata.normalize("NFD", name[:1].casefold())[:1]
    if first and first in "aeiou":
        return gettext("d’%(name)s", name=name)
    return gettext("de %(name)s", name=name)
