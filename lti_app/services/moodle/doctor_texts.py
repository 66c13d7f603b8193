"""The doctor's sentences, French and English: what was looked at, what was found, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from referential.findings import french

TITLES: Final[dict[str, tuple[str, str]]] = {
    "reachable": ("Moodle répond", "Moodle answers"),
    "address": ("Adresse de Moodle", "Moodle's address"),
    "webservices": ("Services web activés", "Web services enabled"),
    "rest": ("Protocole REST", "REST protocol"),
    "token": ("Jeton", "Token"),
    "version": ("Version de Moodle", "Moodle's version"),
    "functions_push": ("Fonctions pour envoyer un référentiel", "Functions to push a framework"),
    "functions_course": ("Fonctions pour lier un cours", "Functions to link a course"),
    "functions_template": (
        "Fonctions pour un modèle de plan de formation",
        "Functions for a learning-plan template",
    ),
    "functions_ratings": (
        "Fonctions pour échanger les évaluations",
        "Functions to exchange ratings",
    ),
    "fast": ("Appels groupés", "Grouped calls"),
    "competencies": ("Compétences activées", "Competencies enabled"),
    "may_read": ("Droit de lire les référentiels", "Right to read frameworks"),
    "may_manage": ("Droit de modifier les référentiels", "Right to manage frameworks"),
    "may_make_templates": ("Droit de créer des modèles de plan", "Right to make templates"),
    "may_link": ("Droit de lier des compétences au cours", "Right to link competencies"),
    "outcomes": ("Objectifs activés", "Outcomes enabled"),
    "registered": ("Plateforme enregistrée ici", "Platform registered here"),
    "own_address": ("Adresse publique de l'outil", "The tool's public address"),
    "issuer": ("Émetteur annoncé par Moodle", "Issuer announced by Moodle"),
    "clock": ("Horloges", "Clocks"),
    "known": ("Outil déclaré dans Moodle", "Tool declared in Moodle"),
    "jwks": ("Moodle atteint l'outil", "Moodle reaches the tool"),
    "scopes": ("Notes et liste de classe autorisées", "Grades and class list granted"),
}

ADVICE: Final[dict[str, tuple[str, str]]] = {
    "site": ("{name}", "{name}"),
    "unreachable": (
        "Moodle ne répond pas à cette adresse ({code}) : {reason}. Vérifiez l'adresse, le pare-feu et le certificat.",
        "Moodle does not answer at this address ({code}): {reason}. Check the address, the firewall "
        "and the certificate.",
    ),
    "address_differs": (
        "Moodle se connaît sous l'adresse {wwwroot}, pas {url}. Donnez la première avec --url.",
        "Moodle knows itself as {wwwroot}, not {url}. Give the former with --url.",
    ),
    "not_https": (
        "Sans https, le jeton et les notes voyagent en clair. Mettez Moodle en https.",
        "Without https the token and the grades travel unprotected. Put Moodle on https.",
    ),
    "webservices_off": (
        "Les services web sont désactivés. Cochez « Activer les services web » dans les fonctions avancées.",
        "Web services are disabled. Tick “Enable web services” in the advanced features.",
    ),
    "rest_off": (
        "Le protocole REST est désactivé. Activez-le dans la gestion des protocoles.",
        "The REST protocol is disabled. Enable it under “Manage protocols”.",
    ),
    "rest_broken": (
        "Les services web répondent mal ({code}) : {reason}.",
        "Web services answer badly ({code}): {reason}.",
    ),
    "no_token_given": (
        "Aucun jeton n'est gardé ici : competences moodle connect {number} --token-file FICHIER "
        "(nécessaire seulement pour envoyer un référentiel par service web).",
        "No token is kept here: competences moodle connect {number} --token-file FILE (only needed to push a "
        "référentiel over web services).",
    ),
    "token_invalid": (
        "Moodle ne connaît pas ce jeton. Créez-en un pour le service, puis donnez-le de nouveau.",
        "Moodle does not know this token. Make one for the service, then give it again.",
    ),
    "token_refused": (
        "Moodle refuse le jeton ({code}) : {reason}. Vérifiez que le service est activé et contient "
        "core_webservice_get_site_info, que le jeton n'a pas expiré et n'est pas réservé à une autre adresse IP, "
        "et que son utilisateur a la capacité webservice/rest:use.",
        "Moodle refuses the token ({code}): {reason}. Check that the service is enabled and has "
        "core_webservice_get_site_info, that the token has not expired and is not kept for another IP "
        "address, and that its user has the capability webservice/rest:use.",
    ),
    "version": ("Moodle {release}", "Moodle {release}"),
    "version_unknown": (
        "Moodle ne dit pas sa version.",
        "Moodle does not tell its version.",
    ),
    "version_old": (
        "Moodle {release} est trop ancien : mettez-le à jour (4.1 au moins, essayé avec {tried}).",
        "Moodle {release} is too old: upgrade it (4.1 at least, tried with {tried}).",
    ),
    "version_new": (
        "Moodle {release} est plus récent que la version essayée ({tried}) : regardez le plan avant d'envoyer.",
        "Moodle {release} is newer than the one tried ({tried}): look at the plan before pushing.",
    ),
    "functions_missing": (
        "Ajoutez ces fonctions au service : {names}.",
        "Add these functions to the service: {names}.",
    ),
    "fast_missing": (
        "Avec la fonction {names} dans le service, un envoi est cinq fois plus rapide.",
        "With the function {names} in the service a push is five times faster.",
    ),
    "competencies_off": (
        "Les compétences sont désactivées. Activez-les dans les réglages des compétences.",
        "Competencies are disabled. Enable them in the competencies settings.",
    ),
    "capability_missing": (
        "Donnez la capacité {capability} à un rôle de l'utilisateur du jeton ({code} : {reason}).",
        "Give the capability {capability} to a role of the token's user ({code}: {reason}).",
    ),
    "outcomes_unknown": (
        "Rien ne le montre de l'extérieur : vérifiez la case « Activer les objectifs » si vous importez des objectifs.",
        "Nothing shows it from outside: check the box “Enable outcomes” if you import outcomes.",
    ),
    "platform_not_active": (
        "La plateforme n° {number} est « {status} ». Activez-la : competences platform activate {number}.",
        "Platform {number} is “{status}”. Activate it: competences platform activate {number}.",
    ),
    "own_address_silent": (
        "L'outil ne répond pas à {url}. Lancez-le (competences serve) et vérifiez COMPETENCES_PUBLIC_URL.",
        "The tool does not answer at {url}. Start it (competences serve) and check "
        "COMPETENCES_PUBLIC_URL.",
    ),
    "own_keys_differ": (
        "À {url} répond un autre outil, ou une autre base de données : les clés ne sont pas celles d'ici.",
        "At {url} another tool answers, or another database: the keys are not those kept here.",
    ),
    "own_not_https": (
        "{url} n'est pas en https : les navigateurs n'y gardent aucune session dans le cadre de Moodle.",
        "{url} is not https: browsers keep no session there within Moodle's frame.",
    ),
    "no_configuration": (
        "Moodle ne donne pas sa description LTI ({code}) : {reason}.",
        "Moodle does not give its LTI description ({code}): {reason}.",
    ),
    "issuer_differs": (
        "Moodle s'annonce comme {issuer} ; ici la plateforme s'appelle {ours}. Enregistrez-la de nouveau.",
        "Moodle announces itself as {issuer}; here the platform is called {ours}. Register it again.",
    ),
    "clock_unknown": ("Moodle ne dit pas l'heure qu'il est.", "Moodle does not tell the time."),
    "clock_ahead": (
        "L'horloge d'ici avance de {seconds} s sur celle de Moodle, qui refusera des notes. Réglez-la par NTP.",
        "The clock here is {seconds} s ahead of Moodle's, which will refuse grades. Set it by NTP.",
    ),
    "clock_behind": (
        "L'horloge d'ici retarde de {seconds} s sur celle de Moodle, qui refusera des notes. Réglez-la par NTP.",
        "The clock here is {seconds} s behind Moodle's, which will refuse grades. Set it by NTP.",
    ),
    "client_unknown": (
        "Moodle ne connaît pas d'outil avec le client_id {client_id}. Enregistrez l'outil de nouveau.",
        "Moodle knows no tool with the client_id {client_id}. Register the tool again.",
    ),
    "jwks_unreachable": (
        "Moodle n'a pas pu lire les clés à {url} ({reason}). Si l'outil est sur le même réseau, retirez son adresse "
        "des hôtes bloqués par cURL et ajoutez son port aux ports autorisés.",
        "Moodle could not read the keys at {url} ({reason}). If the tool is on the same network, take its "
        "address out of cURL's blocked hosts and add its port to the allowed ones.",
    ),
    "no_scope": (
        "Moodle n'accorde aucun service à l'outil : dans ses réglages, autorisez la synchronisation des notes et la "
        "liste des participants.",
        "Moodle grants the tool no service: in its settings, allow grade sync and membership sharing.",
    ),
    "no_token": (
        "Moodle refuse un jeton d'accès à l'outil : {reason}.",
        "Moodle refuses the tool an access token: {reason}.",
    ),
}


def title(kind: str, language: str) -> str:
    """What was looked at, in French (``"fr"``, also ``fr_CA``) or else English."""
    in_french, in_english = TITLES[kind]
    return french(in_french) if language.lower().startswith("fr") else in_english


def advice(problem: str, language: str, values: Mapping[str, str]) -> str:
    """What was found and what to do."""
    in_french, in_english = ADVICE[problem]
    text = french(in_french) if language.lower().startswith("fr") else in_english
    return text.format_map(values)
