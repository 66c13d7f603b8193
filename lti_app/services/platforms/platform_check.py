"""The self-test of a platform: each registered value tried, and the wrong one named.

A Moodle publishes its own addresses (OpenID Connect Discovery 1.0 §4): what is registered is compared with them. Of
another platform, and of an address that a Moodle may well have elsewhere, what answers there is judged: keys that are
not ours, a page at a login, and a token for an assertion. The token is asked for as the grade service would: whether
the platform answers, knows the client, can read our public keys and grants which services all shows in what it says.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from lti_app.clients.http import Answer, json_of
from lti_app.clients.scopes import MEMBERS_SCOPE
from lti_app.clients.url_policy import check_url
from lti_app.errors import AddressRefused, CircuitOpen, ScopeMissing, ServiceError
from lti_app.models import Course, Deployment, Platform, PlatformStatus
from lti_app.services.lti.addresses import LAUNCH_PATH
from lti_app.services.lti.origins import origin
from lti_app.services.platforms import published
from lti_app.services.platforms.platform_access import connector_for
from lti_app.services.registration.configuration import SCOPES
from lti_app.services.wiring import Wiring

TOLD = {
    "auth-login-url": ("la page de connexion de ce Moodle est", "this Moodle’s login page is"),
    "jwks-url": ("le jeu de clés de ce Moodle est", "this Moodle’s key set is"),
    "auth-token-url": ("ce Moodle donne ses jetons à", "this Moodle gives its tokens at"),
}
TOKEN_ERRORS = frozenset(  # RFC 6749 §5.2
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)
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
    """One value: ``name`` as ``competences platform add`` calls it, whether it is right (None when it was not
    tried), and what was seen, a value or a sentence, in French and English."""

    name: str
    right: bool | None
    french: str
    english: str = ""

    def said(self, language: str) -> str:
        return self.english if language == "en" and self.english else self.french


def check(parts: Wiring, platform: Platform) -> list[Check]:
    """Every check in order; a later one may fail because of an earlier one."""
    told = published.told_by(parts, platform)
    tokens = _token(parts, platform, told)
    given = any(one.name == "auth-token-url" and one.right for one in tokens)
    login = _login(parts, platform, told, given=given)
    known = told.instead(platform, "auth-token-url", platform.auth_token_url)
    if (
        login.right
        and not known
        and published.same(platform.auth_login_url, platform.auth_token_url)
    ):
        tokens = [_taken("auth-token-url", "l’adresse de connexion", "the login address")]
    return [
        _issuer(parts, platform, told),
        login,
        _keys(parts, platform, told),
        *tokens,
        *_deployments(parts, platform),
        *_clock(parts, platform),
    ]


def _own(name: str, told: published.Told) -> Check:
    """An address of ours where the platform's is wanted, which a Moodle tells."""
    meant = told.issuer if name == "issuer" else told.addresses.get(name, "")
    french = "c’est une adresse de cet outil, à donner à la plateforme ; ici va la sienne"
    english = "this is an address of this tool, to be given to the platform; here goes its own"
    return Check(
        name,
        False,
        f"{french} : {meant}" if meant else french,
        f"{english}: {meant}" if meant else english,
    )


def _announced(name: str, value: str, meant: str) -> Check:
    french, english = TOLD[name]
    return Check(name, False, f"{value}, mais {french} {meant}", f"{value}, but {english} {meant}")


def _taken(name: str, french: str, english: str) -> Check:
    return Check(name, False, f"c’est {french}", f"this is {english}")


def _unread(name: str, error: ServiceError) -> Check:
    """A platform that does not answer now, of whose value nothing is known, or an address that is none of its own."""
    if _later(error):
        return Check(name, None, f"non essayée : {error}", f"not tried: {error}")
    if isinstance(error, AddressRefused):
        return Check(name, False, error.french, str(error))
    return Check(name, False, f"illisible : {error}", f"unreadable: {error}")


def _later(error: ServiceError) -> bool:
    """Whether only the moment is wrong: the platform is there, and says that it cannot answer."""
    status = error.status or 0
    return isinstance(error, CircuitOpen) or status >= 500 or status == 429


def _issuer(parts: Wiring, platform: Platform, told: published.Told) -> Check:
    """A Moodle tells its own name; another platform's is taken as it is."""
    name = "issuer"
    try:
        check_url(platform.issuer, lab=parts.settings.lab)
    except AddressRefused as error:
        return Check(name, False, error.french, str(error))
    if told.issuer and told.issuer != platform.issuer:
        return Check(
            name,
            False,
            f"{platform.issuer}, mais ce Moodle se nomme {told.issuer}",
            f"{platform.issuer}, but this Moodle calls itself {told.issuer}",
        )
    if published.is_ours(parts, platform.issuer):
        return _own(name, told)
    return Check(name, True, platform.issuer)


def _login(parts: Wiring, platform: Platform, told: published.Told, *, given: bool) -> Check:
    """Whether a login may begin there. ``given``: a token was, at the registered token address."""
    name, url = "auth-login-url", platform.auth_login_url
    if published.is_ours(parts, url):
        return _own(name, told)
    if meant := told.instead(platform, name, url):
        return _announced(name, url, meant)
    if url.rstrip("/") in (platform.issuer.rstrip("/"), origin(platform.issuer)):
        return _taken(name, "la page d’accueil de la plateforme", "the platform’s home page")
    if given and published.same(url, platform.auth_token_url):
        return _taken(name, "l’adresse des jetons d’accès", "the access token address")
    seen: list[Answer] = []
    try:
        parts.http.request("GET", url, params=_asked(parts, platform), seen=seen.append)
    except ServiceError as error:
        if error.status in (None, 404, 410) or _later(error):
            return _unread(name, error)
    return _answered(name, url, seen[0], given=given)


def _asked(parts: Wiring, platform: Platform) -> dict[str, str]:
    """An authentication request as at a launch (OpenID Connect Core §3.2.2.1), of nobody: without a session the
    platform has no one to tell about."""
    return {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": parts.settings.public_url + LAUNCH_PATH,
        "login_hint": "self-test",
        "state": uuid.uuid4().hex,
        "nonce": uuid.uuid4().hex,
    }


def _answered(name: str, url: str, answer: Answer, *, given: bool) -> Check:
    """What a login page may answer to nobody: a page, also of an error, or the way to another one. Not data, unless a
    platform says its errors so."""
    try:
        body = json_of(answer)
    except ServiceError:
        body = None
    data = body if isinstance(body, dict) else {}
    if isinstance(data.get("keys"), list):
        return _taken(name, "l’adresse d’un jeu de clés", "the address of a key set")
    if data.get("error") in TOKEN_ERRORS and given:
        return Check(
            name,
            None,
            f"{url} répond par des données et non par une page : ouvrir une activité le dira",
            f"{url} answers with data, not a page: opening an activity will tell",
        )
    if data.get("error") in TOKEN_ERRORS:
        return Check(
            name,
            False,
            f"{url} répond comme une adresse de jetons d’accès, pas comme une page de connexion",
            f"{url} answers as an access token address does, not as a login page",
        )
    if answer.status == 405:
        return Check(
            name,
            False,
            f"{url} ne s’ouvre pas dans un navigateur (405)",
            f"{url} is not for browsers to open (405)",
        )
    return Check(name, True, url)


def _keys(parts: Wiring, platform: Platform, told: published.Told) -> Check:
    name, url = "jwks-url", platform.jwks_url
    if published.is_ours(parts, url):
        return _own(name, told)
    meant = told.instead(platform, name, url)
    try:
        keys = _moduli(parts, url)
    except ServiceError as error:
        return _announced(name, url, meant) if meant else _unread(name, error)
    if meant and not _shared(parts, keys, meant):
        return _announced(name, url, meant)
    if not keys:
        return Check(name, False, "ne contient aucune clé RSA", "holds no RSA key")
    if keys & {str(key["n"]) for key in parts.keys.jwks()["keys"]}:
        return Check(
            name,
            False,
            f"{url} donne les clés de cet outil, pas celles de la plateforme",
            f"{url} gives the keys of this tool, not the platform’s",
        )
    several = "s" if len(keys) > 1 else ""
    return Check(name, True, f"{len(keys)} clé{several}", f"{len(keys)} key{several}")


def _moduli(parts: Wiring, url: str) -> set[str]:
    """What tells the RSA keys of a set from others (RFC 7518 §6.3.1)."""
    body = json_of(parts.http.request("GET", url))
    keys = body.get("keys") if isinstance(body, dict) else None
    listed = keys if isinstance(keys, list) else []
    return {
        str(key["n"])
        for key in listed
        if isinstance(key, dict) and key.get("kty") == "RSA" and key.get("n")
    }


def _shared(parts: Wiring, keys: set[str], meant: str) -> bool:
    """Whether they are among those that the platform names, by whatever address; yes when that cannot be read."""
    try:
        return bool(keys & _moduli(parts, meant))
    except ServiceError:
        return bool(keys)


def _token(parts: Wiring, platform: Platform, told: published.Told) -> list[Check]:
    name, url = "auth-token-url", platform.auth_token_url
    if published.is_ours(parts, url):
        return [_own(name, told)]
    meant = told.instead(platform, name, url)
    if platform.status != PlatformStatus.ACTIVE.value:
        near = origin(url) == origin(meant)
        return [_announced(name, url, meant) if near else _not_asked(platform)]
    try:
        connector_for(parts, platform).get_access_token(SCOPES)
    except ScopeMissing as error:
        short = [_not_granted(error.scopes)]
    except CircuitOpen as error:
        return [_announced(name, url, meant) if meant else _reached(parts, url, error)]
    except ServiceError as error:
        return [_announced(name, url, meant) if meant else _refused(error)]
    else:
        short = []
    return [Check(name, True, url), Check("client-id", True, platform.client_id), *short]


def _reached(parts: Wiring, url: str, circuit: CircuitOpen) -> Check:
    """For a platform that is not called because it did not answer a moment ago: whether anybody is there."""
    try:
        parts.http.request("GET", url)
    except ServiceError as error:
        if error.status is None:
            return _unread("auth-token-url", error)
    return _unread("auth-token-url", circuit)


def _not_asked(platform: Platform) -> Check:
    """Only a platform that was approved gets an assertion of ours: see ``platform_access.sign_for``."""
    pending = platform.status == PlatformStatus.PENDING.value
    french = "n’est pas encore approuvée" if pending else "est suspendue"
    english = "not approved yet" if pending else "switched off"
    command = f"competences platform {'approve' if pending else 'activate'} {platform.id}"
    return Check(
        "auth-token-url",
        None,
        f"non essayée : la plateforme {french}, aucun jeton ne lui est demandé (« {command} »)",
        f"not tried: the platform is {english}, so no token is asked of it (“{command}”)",
    )


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


def _deployments(parts: Wiring, platform: Platform) -> list[Check]:
    """Nothing can be asked about them; a launch from one tells, and one that named another."""
    name, refused = "deployment-id", platform.refused_deployment
    known = [deployment.deployment_id for deployment in platform.deployments]
    if not known:
        french = "aucun : il manque à l’enregistrement"
        return [Check(name, False, french, "none: it is missing from the registration")]
    if refused is not None and refused not in known:
        told = ", ".join(known)
        command = f"competences platform add-deployment {platform.id} {refused}"
        french = f"{told}, mais une activité s’est annoncée avec {refused} (« {command} »)"
        english = f"{told}, but an activity announced itself with {refused} (“{command}”)"
        return [Check(name, False, french, english)]
    launched = _launched(parts, platform)
    seen = ", ".join(one for one in known if one in launched)
    rest = ", ".join(one for one in known if one not in launched)
    found = [Check(name, True, seen)] if seen else []
    if rest:
        french = f"{rest} : pas encore essayé, aucune activité ne s’est ouverte par lui"
        found.append(Check(name, None, french, f"{rest}: not tried yet, no launch came from it"))
    return found


def _launched(parts: Wiring, platform: Platform) -> set[str]:
    """The deployments that a genuine launch came from: each left its course here."""
    query = select(Deployment.deployment_id).join(Course, Course.deployment_id == Deployment.id)
    with parts.store.read() as session:
        return set(session.scalars(query.where(Deployment.platform_id == platform.id)))


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
    reason, name = error.reason.lower(), "auth-token-url"
    if _later(error) or isinstance(error, AddressRefused):
        return _unread(name, error)
    no_token = Check(name, False, f"ne donne pas de jeton : {error}", f"gives no token: {error}")
    if error.status in (None, 404):
        return no_token
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
    return no_token
