"""Why ratings did not travel, as sentences: what happened, what to do. The keys are what ``exchange`` keeps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

UNKNOWN = _l(
    "Moodle a refusé l’échange sans dire pourquoi. Si cela se répète, prévenez la personne qui administre Moodle."
)
REASONS: dict[str, LazyString] = {
    "not_linked": _l(
        "Ce cours n’a dans Moodle aucune des compétences de l’activité. Pour que les évaluations voyagent, ajoutez-les au cours dans Moodle, page « Compétences »."
    ),
    "scale_differs": _l(
        "Dans Moodle, une partie des compétences a une autre échelle qu’ici : leurs évaluations ne sont pas échangées. Demandez à la personne qui administre Moodle d’envoyer de nouveau le référentiel avec la même échelle."
    ),
    "some_refused": _l(
        "Moodle a refusé quelques évaluations : il n’évalue que les étudiants inscrits au cours. Elles seront envoyées de nouveau au prochain échange."
    ),
    "functions": _l(
        "Le jeton de ce Moodle ne permet pas l’échange des évaluations. Demandez à la personne qui administre Moodle d’ajouter au service les fonctions « ratings » du guide."
    ),
    "token": _l(
        "Moodle ne connaît plus le jeton de ce service. Demandez à la personne qui administre Moodle d’en donner un nouveau."
    ),
    "permission": _l(
        "Le compte du jeton n’a pas le droit d’évaluer dans ce cours. Demandez à la personne qui administre Moodle de le lui donner."
    ),
    "away": _l("Moodle ne répond pas. L’échange sera tenté de nouveau automatiquement."),
    "gradebook": _l(
        "Une colonne du carnet de notes n’a pas pu être relue. Elle le sera au prochain échange."
    ),
}


def reason_sentence(key: str) -> str:
    """The sentence of this key, in the page's language."""
    return str(REASONS.get(key, UNKNOWN))
