"""The words that the grid's scripts say, translated here so that there is one catalogue.

``{braces}`` are filled by the scripts; a text with a count comes as its singular and plural, and where
nothing says something else, as that.
"""

from __future__ import annotations

import functools

from flask_babel import gettext as _

from lti_app.views.filters import language


def texts() -> dict[str, str]:
    """Every text by the name the scripts know it under."""
    return _texts(language())


@functools.cache
def _texts(_language: str) -> dict[str, str]:
    return {
        "student": _("Étudiant"),
        "competence": _("Compétence"),
        "grade": _("Note"),
        "saving": _("Enregistrement…"),
        "saved": _("Enregistré"),
        "offline_one": _("Hors connexion : 1 saisie gardée, envoyée dès que possible."),
        "offline_many": _("Hors connexion : {count} saisies gardées, envoyées dès que possible."),
        "expired": _(
            "Session terminée. Saisies non enregistrées : notez-les, puis rouvrez l’activité."
        ),
        "expired_kept": _("Session terminée. Saisies gardées : rouvrez l’activité depuis Moodle."),
        "restored_one": _("1 saisie de votre dernière visite vient d’être envoyée."),
        "restored_many": _("{count} saisies de votre dernière visite viennent d’être envoyées."),
        "refused": _("Une saisie a été refusée : {message}"),
        "state_none": _("aucune note envoyée"),
        "state_sent": _("note envoyée à Moodle"),
        "state_waiting": _("note en cours d’envoi"),
        "state_failed": _("note non envoyée : voir pourquoi"),
        "state_theirs": _("note saisie dans Moodle : voir"),
        "theirs": _("Note saisie dans Moodle"),
        "not_sent": _("Note non envoyée"),
        "kept_theirs": _("La note de Moodle est gardée."),
        "replace": _("Remplacer"),
        "resend": _("Renvoyer"),
        "unsent_one": _("1 note non envoyée"),
        "unsent_many": _("{count} notes non envoyées"),
        "expand": _("Déplier {code}"),
        "collapse": _("Replier {code}"),
        "column": _("Choisir toute la colonne {code}"),
        "sheet": _("Feuille {place} sur {total}"),
        "percent": _("{percent} %"),
        "cells_one": _("{count} case choisie"),
        "cells_many": _("{count} cases choisies"),
        "cells_hint": _("Un niveau les évalue toutes d’un coup."),
        "fill_hint": _("Un niveau remplit celles qui sont vides."),
        "part": _("{acquired} sur {total}, {assessed}"),
        "acquired_one": _("{count} compétence acquise"),
        "acquired_many": _("{count} compétences acquises"),
        "assessed_one": _("{count} évaluée"),
        "assessed_many": _("{count} évaluées"),
        "part_of": _("{label} : {progress}"),
        "with_words": _("{level}, avec un commentaire"),
        "rated_one": _("1 case évaluée"),
        "rated_many": _("{count} cases évaluées"),
        "rated_none": _("Rien n’a changé : c’est déjà ce que disent ces cases."),
        "replaced_one": _("{rated}, dont 1 remplacée. Ctrl Z annule."),
        "replaced_many": _("{rated}, dont {count} remplacées. Ctrl Z annule."),
        "nothing_empty": _("Rien n’a changé : aucune de ces cases n’est vide."),
        "no_history": _("Aucune évaluation pour l’instant."),
        "history_failed": _("L’historique n’a pas pu être lu. Réessayez."),
        "by": _("par {author}"),
        "words_only": _("Commentaire"),
        "comment_many": _("Le commentaire ira aux {count} cases choisies."),
        "stock_choose": _("Insérer une phrase gardée…"),
        "stock_none": _("Aucune phrase gardée"),
        "stock_kept": _("Phrase gardée."),
        "stock_dropped": _("Phrase retirée."),
        "stock_failed": _("Cela n’a pas marché. Essayez de nouveau dans un instant."),
        "undone": _("Saisie annulée"),
        "redone": _("Saisie rétablie"),
        "words_stay": _("Un commentaire reste : celui d’avant n’est pas connu ici."),
        "words_unread": _("Le commentaire actuel n’a pas pu être lu : fermez et réessayez."),
        "not_ours": _("Un collègue a changé la case depuis : elle reste telle quelle."),
        "pasted_one": _("1 case collée"),
        "pasted_many": _("{count} cases collées"),
        "ignored_one": _("{pasted}, 1 ignorée (illisible ou hors du tableau)"),
        "ignored_many": _("{pasted}, {count} ignorées (illisibles ou hors du tableau)"),
        "paste_unknown": _("Rien à coller : aucune lettre ni aucun chiffre de niveau."),
        "resent": _("Envoi relancé"),
        "colleague_one": _("{author} a évalué 1 case."),
        "colleague_many": _("{author} a évalué {count} cases."),
        "changed": _("La classe a changé."),
        "stale_people": _("La liste des étudiants a changé dans Moodle."),
        "stale_settings": _("Les règles ou l’étendue de cette activité ont changé."),
        "clash_one": _("1 saisie à départager"),
        "clash_many": _("{count} saisies à départager"),
        "clash_theirs": _("{author} ({at}) :"),
        "clash_mine": _("vous :"),
        "clash_keep": _("Garder le sien"),
        "clash_replace": _("Mettre le mien"),
        "clash_own": _("Vous, sur une autre page ({at}) :"),
        "clash_left": _("saisie non envoyée :"),
        "clash_keep_own": _("Garder la plus récente"),
        "clash_replace_own": _("Mettre l’ancienne"),
        "shown_asked": _("Demande une validation."),
        "shown_accepted": _("Sa demande a été validée."),
        "shown_review": _("Sa demande est à revoir."),
        "rated_of": _("{done} sur {total}"),
    }
