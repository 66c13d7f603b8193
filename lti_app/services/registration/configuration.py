"""What a platform says of itself, and what we ask it to register.

OpenID Connect Discovery 1.0 §4 and LTI Dynamic Registration 1.0 §2 and §3. Moodle keeps of our request:
the addresses, the domain, the name, the description, the deep-linking message, scopes, claims and
custom parameters. A custom parameter at this level would win over the activity's own of the same
name, so none of ``services.activities.framing``'s stands here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from lti_app.clients.url_policy import check_url
from lti_app.errors import AddressRefused, LtiError
from lti_app.services.lti.addresses import JWKS_PATH, LAUNCH_PATH, LOGIN_PATH, REVIEW_PATH
from lti_app.services.lti.message import DEEP_LINKING, RESOURCE_LINK, SUBMISSION_REVIEW
from lti_app.services.lti.origins import origin

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
ICON_PATH = "/static/icon.svg"

SCOPES = (
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
    "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
)
CLAIMS = ("iss", "sub", "name", "given_name", "family_name")
CUSTOM = {
    "context_history": "$Context.id.history",
    "group_ids": "$Moodle.Person.userGroupIds",
}
NAME = {"fr": "Compétences", "en": "Competences"}
DESCRIPTION = {
    "fr": "Valider les compétences d’un référentiel et envoyer les notes dans le carnet de notes.",
    "en": "Validate the competences of a framework and send the grades to the gradebook.",
}
OPEN = {"fr": "Ouvrir", "en": "Open"}
CHOOSE = {"fr": "Choisir les compétences", "en": "Choose competences"}
REVIEW = {"fr": "Revoir l’étudiant", "en": "Review the student"}


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """A platform's discovery document, checked: every address on a host that may be the platform's.

    ``auth_audience`` is whom our assertions are for; None, the token endpoint.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    auth_audience: str | None
    product_family: str
    version: str
    scopes: tuple[str, ...]
    messages: tuple[str, ...]


def read(
    document: Any, url: str, *, lab: bool, origins: Collection[str] = ()
) -> PlatformConfiguration:
    """Raises ``LtiError("configuration_invalid")`` naming the member that is missing or wrong.

    The issuer and every address must be at the document's own origin, or at one of ``origins``, which the
    invitation names: else it could be used to register one platform under another one's name. An issuer with a path
    (``https://host/moodle-a``) may have its host in common with others: there every address must be below it,
    unless the invitation names that host.
    """
    if not isinstance(document, Mapping):
        raise LtiError("configuration_invalid", "not a JSON object")
    issuer = _text(document, "issuer")
    homes = {origin(url), *origins} - {""}
    if origin(issuer) not in homes:
        raise LtiError("configuration_invalid", "issuer: not the host that gave the document")
    addresses = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"):
        addresses[name] = value = _text(document, name)
        try:
            check_url(value, lab=lab)
        except AddressRefused as error:
            raise LtiError("configuration_invalid", f"{name}: {error}") from error
        if not _own(value, issuer, homes, origins):
            raise LtiError("configuration_invalid", f"{name}: not one of the platform's addresses")
    about = document.get(PLATFORM)
    about = about if isinstance(about, Mapping) else {}
    audience = _audience(document)
    if audience and not _own(_address(audience, url), issuer, homes, origins):
        raise LtiError("configuration_invalid", "authorization_server: not one of its addresses")
    return PlatformConfiguration(
        issuer=issuer,
        **addresses,
        auth_audience=audience,
        product_family=str(about.get("product_family_code") or "")[:100],
        version=str(about.get("version") or "")[:100],
        scopes=_texts(document.get("scopes_supported")),
        messages=tuple(
            str(entry.get("type"))
            for entry in _list(about.get("messages_supported"))
            if isinstance(entry, Mapping)
        ),
    )


def request_for(platform: PlatformConfiguration, public_url: str, locale: str) -> dict[str, Any]:
    """Our registration as the platform takes it; only scopes that it knows are asked for."""
    launch = public_url + LAUNCH_PATH

    def said(name: str, texts: Mapping[str, str]) -> dict[str, str]:
        """In the administrator's language, and in each by its tag (OpenID Connect Registration 1.0 §2.1)."""
        return {name: texts[locale], **{f"{name}#{tag}": text for tag, text in texts.items()}}

    tool: dict[str, Any] = {
        "domain": urlsplit(public_url).netloc,
        **said("description", DESCRIPTION),
        "target_link_uri": launch,
        "custom_parameters": CUSTOM,
        "claims": list(CLAIMS),
        "messages": [
            {"type": RESOURCE_LINK, "target_link_uri": launch, **said("label", OPEN)},
            {
                "type": DEEP_LINKING,
                "target_link_uri": launch,
                **said("label", CHOOSE),
                "placements": ["ContentArea"],
                "supported_types": ["ltiResourceLink"],
            },
            {
                "type": SUBMISSION_REVIEW,
                "target_link_uri": public_url + REVIEW_PATH,
                **said("label", REVIEW),
            },
        ],
    }
    known = set(platform.scopes)
    scopes = [scope for scope in SCOPES if not known or scope in known]
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": public_url + LOGIN_PATH,
        "redirect_uris": [launch],
        **said("client_name", NAME),
        "client_name": NAME["fr"],  # which an LMS without tags shows to everybody
        "jwks_uri": public_url + JWKS_PATH,
        "logo_uri": public_url + ICON_PATH,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes),
        TOOL: tool,
    }


def _own(address: str, issuer: str, homes: Collection[str], named: Collection[str]) -> bool:
    """Whether the address is the platform's own: at one of its homes, and at its issuer's below the issuer's path,
    unless all of that host was ``named`` for it."""
    home = origin(address)
    whole = home in named or home != origin(issuer)
    return home in homes and (whole or _below(urlsplit(address).path, urlsplit(issuer).path))


def _below(path: str, top: str) -> bool:
    """``/moodle-a/mod/lti/token.php`` is below ``/moodle-a``; what climbs on its way is below nothing."""
    top = top.rstrip("/")
    return not top or (f"{path}/".startswith(f"{top}/") and ".." not in unquote(path))


def _audience(document: Mapping[str, Any]) -> str | None:
    value = document.get("authorization_server")
    return value if isinstance(value, str) and value else None


def _address(audience: str, url: str) -> str:
    """The audience as an address: Canvas tells a host's name alone, without a scheme."""
    return audience if "://" in audience else f"{urlsplit(url).scheme}://{audience}"


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise LtiError("configuration_invalid", f"{name} is missing")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in _list(value) if isinstance(one, str))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
