"""The words that the grid's scripts say, translated here so that there is one catalogue.

``{braces}`` are filled by the scripts; a text with a count comes as its singular and plural.
"""

from __future__ import annotations

from flask_babel import gettext as _


def texts() -> dict[str, str]:
    """Every text by the name the scripts know it under."""
    return {
        "student": _("Étudiant"),
        "grade": _("Note"),
        "saving": _("Enregistrement…"),
        "saved": _("Enregistré"),
        "offline_one": _("Hors connexion : 1 saisie gardée, envoyée dès que possible."),
        "offline_many": _("Hors connexion : {count} saisies gardées, envoyées dès que possible."),
        "expired": _(
            "Session terminée : saisies non enregistrées. Notez-les, puis rouvrez l’activité depuis Moodle."
        ),
        "refused": _("Une saisie a été refusée : {message}"),
        "state_sent": _("note envoyée à Moodle"),
        "state_waiting": _("note en cours d’envoi"),
        "state_failed": _("note non envoyée : voir pourquoi"),
        "unsent_one": _("1 note non envoyée"),
        "unsent_many": _("{count} notes non envoyées"),
        "expand": _("Déplier {code}"),
        "collapse": _("Replier {code}"),
        "column": _("Choisir toute la colonne {code}"),
        "percent": _("{percent} %"),
        "acquired_of": _("{acquired} sur {total}"),
        "cells": _("{count} cases choisies"),
        "cells_hint": _("Un niveau les évalue toutes d’un coup."),
        "part": _("{acquired} compétences acquises sur {total}, {assessed} évaluées"),
        "no_history": _("Aucune évaluation pour l’instant."),
        "history_failed": _("L’historique n’a pas pu être lu. Réessayez."),
        "by": _("par {author}"),
        "comment_many": _("Le commentaire ira aux {count} cases choisies."),
        "undone": _("Saisie annulée"),
        "redone": _("Saisie rétablie"),
        "pasted": _("{count} cases collées"),
        "paste_unknown": _("Rien à coller : aucune lettre ni aucun chiffre de niveau."),
        "resent": _("Envoi relancé"),
    }
