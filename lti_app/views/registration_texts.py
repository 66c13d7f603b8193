"""The words of the error pages of a registration, as ``views.error_texts`` has those of a launch."""

from flask_babel import lazy_gettext as _l

from lti_app.views.error_texts import Text

REGISTRATION: dict[str, Text] = {
    "invitation_unknown": Text(
        _l("Cette adresse d’enregistrement n’est pas valable"),
        _l("Elle n’a pas été créée par ce service, ou elle a été copiée en partie."),
        _l(
            "Copiez-la de nouveau en entier, ou demandez-en une nouvelle à la personne qui administre ce service (« competences platform invite »)."
        ),
    ),
    "invitation_used": Text(
        _l("Cette adresse d’enregistrement a déjà servi"),
        _l("Chaque adresse ne sert qu’une fois."),
        _l(
            "Si l’outil manque encore dans votre plateforme, demandez une nouvelle adresse à la personne qui administre ce service."
        ),
    ),
    "invitation_expired": Text(
        _l("Cette adresse d’enregistrement est périmée"),
        _l("Elle n’a pas été utilisée à temps."),
        _l("Demandez-en une nouvelle à la personne qui administre ce service."),
    ),
    "configuration_unreachable": Text(
        _l("Votre plateforme ne répond pas à ce service"),
        _l("L’outil n’a pas pu lire la configuration que votre plateforme annonce."),
        _l(
            "Vérifiez que votre plateforme est joignable depuis Internet en https, puis recommencez."
        ),
    ),
    "configuration_invalid": Text(
        _l("La configuration annoncée par votre plateforme ne convient pas"),
        _l("Il y manque une information, ou une adresse n’est pas celle de la plateforme."),
        _l(
            "Ouvrez cette adresse depuis la page d’enregistrement de votre plateforme. Sinon, transmettez la référence à la personne qui administre ce service."
        ),
    ),
    "registration_refused": Text(
        _l("Votre plateforme a refusé l’enregistrement"),
        _l(
            "Elle a répondu, mais par un refus. Dans Moodle, cela arrive quand la page est restée ouverte plus d’une heure."
        ),
        _l("Recommencez depuis la page « Gérer les outils » de Moodle, avec la même adresse."),
    ),
    "registration_invalid": Text(
        _l("Votre plateforme a donné une réponse incomplète"),
        _l("Il y manque l’identifiant que l’outil doit utiliser."),
        _l(
            "Déclarez l’outil à la main dans votre plateforme, puis ici avec « competences platform add »."
        ),
    ),
    "client_id_taken": Text(
        _l("L’identifiant donné par votre plateforme est déjà pris"),
        _l(
            "Une autre plateforme est enregistrée ici sous le même identifiant client. Ici, rien n’a été changé."
        ),
        _l(
            "Supprimez l’outil dans votre plateforme et recommencez avec la même adresse : elle donnera un autre identifiant. Sinon, transmettez la référence à la personne qui administre ce service."
        ),
    ),
    "platform_registered": Text(
        _l("Votre plateforme est déjà enregistrée ici"),
        _l(
            "Un nouvel enregistrement remplacerait ses adresses et ses clés : la personne qui administre ce service doit l’approuver d’avance. Ici, rien n’a été changé."
        ),
        _l(
            "Si l’outil s’ouvre dans vos cours, il n’y a rien à faire. Sinon, demandez à la personne qui administre ce service une adresse qui approuve aussitôt (« competences platform invite --approve »)."
        ),
    ),
}
"""By the codes of ``LtiError``."""
