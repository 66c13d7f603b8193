"""The self-test of a platform: each registered value tried, and the wrong one named.

An access token is asked for as the grade service would: whether the platform answers, knows the client,
can read our public keys and grants which services all shows in what it says.
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_app.clients.http import json_of
from lti_app.clients.scopes import MEMBERS_SCOPE
from lti_app.clients.url_policy import check_url
from lti_app.errors import AddressRefused, ScopeMissing, ServiceError
from lti_app.models import Platform
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.platforms.registered import MOODLE_PATHS
from lti_app.services.registration.configuration import SCOPES
from lti_app.services.wiring import Wiring

OPENID_CONFIGURATION = "/mod/lti/openid-configuration.php"  # Moodle's
GRADES = (  # the service and the choice in Moodle's form
    "« Services de devoirs et de notes IMS LTI » sur « Utiliser ce service pour la synchronisation des notes "
    "et la gestion des colonnes »",
    "“IMS LTI Assignment and Grade Services” to “Use this service for grade sync and column management”",
)
MEMBERS = (
    "« Noms et approvisionnement de rôles IMS LTI » sur « Utiliser ce service pour obtenir des informations sur "
    "les membres… »",
    "“IMS LTI Names and Role Provisioning” to “Use this service to retrieve members’ information…”",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One value: ``name`` as ``competences platform add`` calls it, whether it is right, and what was
    seen, a value or a sentence, in French and English."""

    name: str
    right: bool
    french: str
    english: str = ""

    def said(self, language: str) -> str:
        return self.english if language == "en" and self.english else self.french


def check(parts: Wiring, platform: Platform) -> list[Check]:
    """Every check in order; a later one may fail because of an earlier one."""
    return [
        _issuer(parts, platform),
        _login(parts, platform),
        _keys(parts, platform),
        *_token(parts, platform),
        _deployment(platform),
        *_clock(parts, platform),
    ]


def _issuer(parts: Wiring, platform: Platform) -> Check:
    """A Moodle tells its own name beside its login address; another platform's is taken as it is."""
    name = "issuer"
    try:
        check_url(platform.issuer, lab=parts.settings.lab)
    except AddressRefused as error:
        return Check(name, False, error.french, str(error))
    site, moodle, rest = platform.auth_login_url.rpartition(MOODLE_PATHS["auth_login_url"])
    if moodle and not rest:
        try:
            told = json_of(parts.http.request("GET", site + OPENID_CONFIGURATION))
        except ServiceError:  # the other checks say what does not answer
            told = None
        own = told.get("issuer") if isinstance(told, dict) else None
        if own and own != platform.issuer:
            return Check(
                name,
                False,
                f"{platform.issuer}, mais ce Moodle se nomme {own}",
                f"{platform.issuer}, but this Moodle calls itself {own}",
            )
    return Check(name, True, platform.issuer)


def _login(parts: Wiring, platform: Platform) -> Check:
    """Whether a page is there. Without a login's parameters any answer will do but « not found »."""
    name, url = "auth-login-url", platform.auth_login_url
    try:
        parts.http.request("GET", url)
    except AddressRefused as error:
        return Check(name, False, error.french, str(error))
    except ServiceError as error:
        if error.status in (None, 404, 410):
            return Check(name, False, f"illisible : {error}", f"unreadable: {error}")
    return Check(name, True, url)


def _keys(parts: Wiring, platform: Platform) -> Check:
    name = "jwks-url"
    try:
        body = json_of(parts.http.request("GET", platform.jwks_url))
    except ServiceError as error:
        return Check(name, False, f"illisible : {error}", f"unreadable: {error}")
    keys = body.get("keys") if isinstance(body, dict) else None
    usable = [key for key in keys or [] if isinstance(key, dict) and key.get("kty") == "RSA"]
    if not usable:
        return Check(name, False, "ne contient aucune clé RSA", "holds no RSA key")
    several = "s" if len(usable) > 1 else ""
    return Check(name, True, f"{len(usable)} clé{several}", f"{len(usable)} key{several}")


def _token(parts: Wiring, platform: Platform) -> list[Check]:
    try:
        connector_for(parts, platform).get_access_token(SCOPES)
    except ScopeMissing as error:
        short = [_not_granted(error.scopes)]
    except ServiceError as error:
        return [_refused(error)]
    else:
        short = []
    return [
        Check("auth-token-url", True, platform.auth_token_url),
        Check("client-id", True, platform.client_id),
        *short,
    ]


def _not_granted(scopes: frozenset[str]) -> Check:
    """Services switched off for this tool, as Moodle's form names them."""
    off = [MEMBERS] if MEMBERS_SCOPE in scopes else []
    if scopes - {MEMBERS_SCOPE}:
        off.insert(0, GRADES)
    french, english = (" ; ".join(said) for said in zip(*off, strict=True))
    return Check(
        "scope",
        False,
        f"à régler dans Moodle, réglages de l’outil, rubrique « Services » : {french}",
        f"to be set in Moodle, the tool’s settings, section “Services”: {english}",
    )


def _deployment(platform: Platform) -> Check:
    """Nothing can be asked about it; a launch that named another one tells."""
    name, refused = "deployment-id", platform.refused_deployment
    known = [deployment.deployment_id for deployment in platform.deployments]
    told = ", ".join(known)
    if not known:
        return Check(
            name,
            False,
            "aucun : il manque à l’enregistrement",
            "none: it is missing from the registration",
        )
    if refused is not None and refused not in known:
        return Check(
            name,
            False,
            f"{told}, mais une activité s’est annoncée avec {refused}",
            f"{told}, but an activity announced itself with {refused}",
        )
    return Check(name, True, told)


def _clock(parts: Wiring, platform: Platform) -> list[Check]:
    """Whether our clock is the platform's, as its answers tell. Grades carry its time all the same."""
    ahead = round(parts.circuits.skew(platform.id).total_seconds())
    if not ahead:
        return []
    late, fast = ("retarde", "behind") if ahead > 0 else ("avance", "ahead of")
    return [
        Check(
            "clock",
            False,
            f"l’horloge de ce service {late} de {abs(ahead)} s sur celle de la plateforme : "
            "mettez-la à l’heure",
            f"this service’s clock is {abs(ahead)} s {fast} the platform’s: set it right",
        )
    ]


def _refused(error: ServiceError) -> Check:
    """Which value a refused token points to; the words are Moodle's and RFC 6749 §5.2's."""
    reason = error.reason.lower()
    if error.status is None or error.status >= 500 or error.status == 404:
        return Check("auth-token-url", False, str(error))
    if "invalid_client" in reason or "unauthorized_client" in reason:
        return Check("client-id", False, "inconnu de la plateforme", "unknown to the platform")
    if "invalid_scope" in reason:
        return Check(
            "scope",
            False,
            "aucun service n’est autorisé pour cet outil",
            "no service is allowed for this tool",
        )
    if "kid" in reason or "signature" in reason or error.status == 400:
        return Check(
            "jwks",
            False,
            "la plateforme n’a pas pu lire nos clés publiques ; vérifiez l’adresse du jeu de clés "
            f"et que la plateforme peut joindre ce service ({error.reason or error.status})",
            "the platform could not read our public keys; check the keyset address and that the "
            f"platform can reach this service ({error.reason or error.status})",
        )
    return Check("auth-token-url", False, str(error))
