"""The words of the error pages: for each failure a title, what happened and what to do.

Kept apart from the mapping in ``views.errors`` so that the words can be read as one text. Keys of
``LTI`` are the codes of ``LtiError``. The French follows the house tone: no word of the standards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Text:
    """One page's words. ``remedy`` says what the reader can do, ``for_admin`` what to tell the person
    who runs Moodle or this service."""

    title: LazyString
    happened: LazyString
    remedy: LazyString
    for_admin: LazyString | None = None


AGAIN = _l("Revenez à la page du cours dans Moodle et cliquez de nouveau sur l’activité.")
TELL_ADMIN = _l(
    "Transmettez la référence ci-dessous à la personne qui administre Moodle : elle permet de retrouver l’incident."
)
NOT_RECOGNISED = _l("Moodle n’a pas été reconnu")
NOT_OPENED = _l("L’activité n’a pas pu s’ouvrir")

_SIGNATURE = Text(
    NOT_RECOGNISED,
    _l(
        "Le message envoyé par Moodle n’est pas signé comme il devrait l’être, ou il a été modifié en route."
    ),
    AGAIN,
    _l(
        "La signature ne correspond à aucune clé publiée par la plateforme. Vérifiez l’adresse du jeu de clés enregistrée."
    ),
)
_TOO_LATE = _l("Le délai est dépassé")
_IS_13 = _l("Vérifiez que l’outil est enregistré en version 1.3, aux bonnes adresses.")

LTI: dict[str, Text] = {
    "missing_parameter": Text(
        NOT_OPENED,
        _l(
            "La demande d’ouverture est incomplète : il y manque une information que Moodle donne toujours."
        ),
        AGAIN,
        _IS_13,
    ),
    "unknown_client": Text(
        NOT_RECOGNISED,
        _l("Ce service connaît votre Moodle, mais pas l’outil tel qu’il y est déclaré."),
        TELL_ADMIN,
        _l(
            "L’identifiant client que Moodle envoie n’est pas celui qui est enregistré ici. Si l’outil a été déclaré à nouveau : « competences platform rekey »."
        ),
    ),
    "unknown_platform": Text(
        NOT_RECOGNISED,
        _l("Le Moodle qui vous envoie n’est pas enregistré auprès de ce service."),
        TELL_ADMIN,
        _l(
            "Enregistrez la plateforme avec son adresse et son identifiant client (commande « competences platform add »)."
        ),
    ),
    "platform_inactive": Text(
        _l("L’accès depuis ce Moodle est suspendu"),
        _l("La personne qui administre ce service a suspendu l’accès depuis ce Moodle."),
        TELL_ADMIN,
    ),
    "platform_pending": Text(
        _l("Ce Moodle attend d’être approuvé"),
        _l(
            "L’enregistrement a été reçu ; il reste à l’approuver avant de pouvoir ouvrir une activité."
        ),
        TELL_ADMIN,
        _l(
            "Faites approuver la plateforme dans ce service (« competences platform approve »), puis activez l’outil dans l’administration de Moodle."
        ),
    ),
    "unknown_deployment": Text(
        NOT_RECOGNISED,
        _l("L’activité appartient à une installation de l’outil que ce service ne connaît pas."),
        TELL_ADMIN,
        _l(
            "Ajoutez l’identifiant de déploiement affiché par Moodle à la plateforme enregistrée : « competences platform add-deployment ». Si l’outil a été déclaré à nouveau : « competences platform rekey »."
        ),
    ),
    "state_missing": Text(
        NOT_OPENED,
        _l("Cette page s’ouvre seulement depuis une activité de Moodle."),
        AGAIN,
        _IS_13,
    ),
    "state_invalid": Text(
        NOT_OPENED,
        _l(
            "Ce service ne reconnaît pas cette ouverture : il ne l’a pas commencée, ou sa clé a changé depuis."
        ),
        AGAIN,
        _l(
            "Si cela arrive à tout le monde : tous les processus du service doivent avoir la même clé secrète (COMPETENCES_SECRET_KEY)."
        ),
    ),
    "state_expired": Text(
        _TOO_LATE,
        _l(
            "Plus de dix minutes se sont écoulées entre le clic dans Moodle et l’ouverture de cette page."
        ),
        AGAIN,
    ),
    "state_foreign_browser": Text(
        _l("Votre navigateur n’a pas gardé notre cookie"),
        _l(
            "L’activité s’affiche dans un cadre de Moodle et votre navigateur y refuse les cookies de ce service, sans lesquels il ne peut pas vous reconnaître."
        ),
        _l(
            "Ouvrez l’activité dans un nouvel onglet (clic droit sur son nom, dans la page du cours), ou autorisez les cookies de ce site dans votre navigateur."
        ),
        _l(
            "Vous pouvez aussi régler l’outil, dans Moodle, pour qu’il s’ouvre dans une nouvelle fenêtre."
        ),
    ),
    "ticket_invalid": Text(
        NOT_OPENED,
        _l("L’adresse de cette page est incomplète, ou elle vient d’un autre navigateur."),
        AGAIN,
    ),
    "ticket_expired": Text(
        _TOO_LATE,
        _l("Le bouton qui mène à cette page ne sert qu’un instant, par sécurité."),
        AGAIN,
    ),
    "ticket_used": Text(
        NOT_OPENED,
        _l("L’activité a déjà été ouverte avec ce bouton : il ne sert qu’une fois."),
        _l(
            "Continuez dans l’onglet déjà ouvert, ou cliquez de nouveau sur l’activité dans Moodle."
        ),
    ),
    "token_missing": Text(
        NOT_OPENED,
        _l("Moodle n’a pas joint le message qui dit qui vous êtes."),
        AGAIN,
        _IS_13,
    ),
    "token_malformed": Text(
        NOT_OPENED,
        _l("Le message qui dit qui vous êtes n’a pas pu être lu."),
        AGAIN,
        _l(
            "Le message reçu ne suit pas la norme LTI 1.3 ; la ligne du journal qui porte la référence dit ce qui ne va pas."
        ),
    ),
    "token_signature": _SIGNATURE,
    "token_expired": Text(
        _TOO_LATE,
        _l("Le message de Moodle était déjà périmé à son arrivée."),
        _l(
            "Cliquez de nouveau sur l’activité dans Moodle. Si cela continue, transmettez la référence ci-dessous à la personne qui administre Moodle."
        ),
        _l(
            "Si cela arrive à tout le monde, l’horloge de Moodle retarde sur celle de ce service : réglez-les sur une source commune (NTP)."
        ),
    ),
    "token_not_yet": Text(
        _l("L’heure de Moodle est en avance"),
        _l(
            "Le message de Moodle porte une heure à venir : les horloges des deux serveurs ne sont pas d’accord."
        ),
        _l(
            "Réessayez dans une minute. Si cela continue, transmettez la référence ci-dessous à la personne qui administre Moodle."
        ),
        _l("Réglez l’horloge des deux serveurs sur une source commune (NTP)."),
    ),
    "token_audience": Text(
        NOT_RECOGNISED,
        _l("Le message de Moodle était destiné à un autre service."),
        TELL_ADMIN,
        _l("L’identifiant client enregistré ici n’est pas celui que Moodle envoie."),
    ),
    "token_nonce": Text(
        NOT_OPENED,
        _l("Le message de Moodle répond à une autre ouverture que celle-ci."),
        AGAIN,
    ),
    "token_replayed": Text(
        _l("Cette ouverture a déjà servi"),
        _l(
            "Chaque clic dans Moodle ouvre l’activité une seule fois ; la page a sans doute été rechargée."
        ),
        AGAIN,
    ),
    "message_invalid": Text(
        NOT_OPENED,
        _l("Moodle a envoyé un message incomplet."),
        AGAIN,
        _l(
            "Il manque au message une information que la norme LTI 1.3 demande ; la ligne du journal qui porte la référence dit laquelle."
        ),
    ),
    "message_unsupported": Text(
        NOT_OPENED,
        _l("Moodle demande une action que ce service ne sait pas faire."),
        AGAIN,
        _l(
            "Ce service sait ouvrir une activité, la faire choisir à l’enseignant et montrer un étudiant depuis le carnet de notes."
        ),
    ),
    "target_refused": Text(
        NOT_OPENED,
        _l("L’activité mène à une adresse qui n’est pas celle de ce service."),
        TELL_ADMIN,
        _l(
            "Corrigez l’adresse de l’outil dans l’activité ou dans la configuration de l’outil externe."
        ),
    ),
    "keys_unavailable": Text(
        _l("Moodle ne répond pas"),
        _l(
            "Ce service n’a pas pu lire les clés publiques de Moodle, avec lesquelles il vérifie qui vous envoie."
        ),
        _l(
            "Réessayez dans quelques minutes. Si cela continue, transmettez la référence ci-dessous à la personne qui administre Moodle."
        ),
        _l("Vérifiez que l’adresse du jeu de clés répond depuis ce serveur."),
    ),
    "context_missing": Text(
        NOT_OPENED,
        _l("Moodle n’a pas indiqué le cours de l’activité."),
        _l("Ouvrez l’activité depuis la page d’un cours."),
    ),
    "roles_missing": Text(
        _l("Votre rôle dans ce cours n’est pas reconnu"),
        _l("Moodle ne vous présente ni comme enseignant, ni comme étudiant de ce cours."),
        _l(
            "Demandez à l’enseignant du cours de vous y inscrire, puis cliquez de nouveau sur l’activité."
        ),
    ),
    "access_denied": Text(
        _l("Moodle a refusé l’ouverture"),
        _l("Moodle n’a pas confirmé votre identité : vous n’êtes peut-être plus connecté."),
        _l("Connectez-vous à Moodle, puis cliquez de nouveau sur l’activité."),
    ),
    "login_error": Text(
        NOT_OPENED,
        _l("Moodle a signalé une erreur pendant l’ouverture."),
        AGAIN,
        _l("Vérifiez les adresses de redirection enregistrées dans Moodle pour cet outil."),
    ),
    "not_a_teacher": Text(
        _l("Seul un enseignant peut ajouter cette activité"),
        _l("Moodle vous annonce sans le rôle d’enseignant dans ce cours."),
        _l(
            "Demandez à un enseignant du cours d’ajouter l’activité, ou à la personne qui administre Moodle de vous donner ce rôle."
        ),
    ),
    "link_settings": Text(
        _l("Les réglages de l’activité sont à revoir"),
        _l(
            "L’activité demande un référentiel, une partie, une échelle ou une note que ce service ne connaît pas."
        ),
        _l(
            "Enseignant : modifiez les réglages de l’activité dans Moodle. Étudiant : prévenez votre enseignant."
        ),
    ),
}


def shut(code: str, *, kept: bool) -> Text:
    """A platform's ``code``, said beside no reference, or of what waits for the next session."""
    if kept:
        return replace(LTI[code], happened=SESSION_EXPIRED_KEPT.happened, remedy=ONCE_OPEN)
    return replace(LTI[code], remedy=AGAIN)


LTI_OTHER = Text(NOT_OPENED, _l("L’échange avec Moodle a échoué."), AGAIN)

SESSION_EXPIRED = Text(
    _l("Votre session est terminée"),
    _l(
        "Pour protéger les données des étudiants, l’accès se referme au bout de quelques heures. Tout ce qui était enregistré l’est toujours."
    ),
    AGAIN,
)
SESSION_EXPIRED_KEPT = Text(
    SESSION_EXPIRED.title,
    _l(
        "Ce que vous venez d’envoyer n’est pas encore enregistré, mais n’est pas perdu : nous l’avons gardé pour vous."
    ),
    _l(
        "Revenez à la page du cours dans Moodle et cliquez de nouveau sur l’activité : elle vous le proposera aussitôt."
    ),
)
ONCE_OPEN = _l(
    "Quand l’accès sera rétabli, cliquez de nouveau sur l’activité dans Moodle : elle vous le proposera aussitôt."
)
FORBIDDEN = Text(
    _l("Cette page ne vous est pas ouverte"),
    _l("Elle est réservée à un autre rôle que celui que Moodle vous donne dans ce cours."),
    _l(
        "Revenez à la page du cours dans Moodle. Si votre rôle a changé, cliquez de nouveau sur l’activité."
    ),
)
NOT_FOUND = Text(
    _l("Cette page n’existe pas"),
    _l("L’adresse est incomplète, ou ce qu’elle désigne ne fait pas partie de ce cours."),
    _l("Revenez à la page précédente, ou ouvrez de nouveau l’activité depuis Moodle."),
)
WRONG_METHOD = Text(
    _l("Cette page ne s’ouvre pas ainsi"),
    _l("L’adresse existe, mais elle ne sert pas à afficher une page."),
    _l("Revenez à la page précédente, ou ouvrez de nouveau l’activité depuis Moodle."),
)
BAD_INPUT = Text(
    _l("La saisie n’a pas été acceptée"),
    _l("Une des valeurs envoyées n’a pas pu être lue."),
    _l("Revenez à la page précédente, rechargez-la, puis recommencez."),
)
CSRF = Text(
    _l("La page était trop ancienne"),
    _l(
        "Par sécurité, une saisie n’est acceptée que depuis une page ouverte dans la session en cours."
    ),
    _l("Revenez à la page précédente, rechargez-la, puis recommencez votre saisie."),
)
TOO_LARGE = Text(
    _l("L’envoi est trop volumineux"),
    _l("Ce que vous avez envoyé dépasse la taille acceptée par ce service."),
    _l("Envoyez moins de choses à la fois, ou raccourcissez les commentaires."),
)
LMS_FAILED = Text(
    _l("Moodle ne répond pas comme prévu"),
    _l(
        "Ce service a interrogé Moodle et n’a pas obtenu de réponse utilisable. Vos saisies sont enregistrées ici."
    ),
    _l(
        "Réessayez dans quelques minutes. Si cela continue, transmettez la référence ci-dessous à la personne qui administre Moodle."
    ),
)
BROKEN = Text(
    _l("Une erreur s’est produite"),
    _l(
        "Ce service a rencontré un problème inattendu. Ce qui était déjà enregistré l’est toujours."
    ),
    _l(
        "Réessayez. Si cela continue, transmettez la référence ci-dessous à la personne qui administre le service."
    ),
)
