"""Dynamic registration: from a tool's JSON to the settings Moodle keeps, and back.

https://www.imsglobal.org/spec/lti-dr/v1p0. Pure functions; the quirks are Moodle 4.5's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lti_app.demo import vocabulary as v
from lti_app.demo.content_items import strip_tags
from lti_app.demo.model import Tool


class RegistrationError(Exception):
    """A registration is answered with this text and `status`."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def _needed(payload: Mapping[str, Any], name: str) -> Any:
    if not payload.get(name):
        raise RegistrationError(f"missing required attribute {name}")
    return _clean(payload[name])


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return strip_tags(value)
    if isinstance(value, list):
        return [_clean(member) for member in value]
    if isinstance(value, dict):
        return {name: _clean(member) for name, member in value.items()}
    return value


def _address(configuration: Mapping[str, Any]) -> tuple[str, str]:
    """Domain and target of the tool, which must belong together."""
    domain = configuration.get("domain")
    if not domain:
        raise RegistrationError("missing_domain")
    target = str(configuration.get("target_link_uri") or f"https://{domain}")
    if urlsplit(target).netloc != domain:
        raise RegistrationError("domain_targetlinkuri_mismatch")
    return str(domain), target


def _grade_sync(scopes: list[str]) -> int:
    if v.SCOPE_LINEITEM in scopes:
        return 2
    return int(any(s in scopes for s in (v.SCOPE_SCORE, v.SCOPE_RESULT, v.SCOPE_LINEITEM_READ)))


def tool_from(payload: Mapping[str, Any], type_id: int, client_id: str, *, active: bool) -> Tool:
    """The tool a registration describes. Raises `RegistrationError` as Moodle words it."""
    response_types = _needed(payload, "response_types")
    login = _needed(payload, "initiate_login_uri")
    redirects = _needed(payload, "redirect_uris")
    name = _needed(payload, "client_name")
    jwks = _needed(payload, "jwks_uri")
    method = _needed(payload, "token_endpoint_auth_method")
    configuration = _needed(payload, v.TOOL_CONFIGURATION)
    domain, target = _address(configuration)
    if "id_token" not in response_types:
        raise RegistrationError("invalid_response_types")
    if not isinstance(redirects, list):
        raise RegistrationError("invalid_redirect_uris")
    if method != "private_key_jwt":
        raise RegistrationError("invalid_token_endpoint_auth_method")
    if payload.get("application_type") not in (None, "", "web"):
        raise RegistrationError("invalid_application_type")
    scopes = str(payload.get("scope") or "").split()
    claims = configuration.get("claims") or []
    messages = [m for m in configuration.get("messages") or [] if isinstance(m, dict)]
    choosing = [m for m in messages if m.get("type") == v.DEEP_LINKING_REQUEST]
    gradesync = _grade_sync(scopes)
    return Tool(
        id=type_id,
        name=name,
        client_id=client_id,
        tool_url=target,
        initiate_login_uri=login,
        redirect_uris=tuple(redirects),
        jwks_url=jwks,
        deep_linking_url=str(choosing[0].get("target_link_uri") or target) if choosing else "",
        custom={k: str(text) for k, text in (configuration.get("custom_parameters") or {}).items()},
        domain=domain,
        description=str(configuration.get("description") or ""),
        gradesync=gradesync,
        memberships=v.SCOPE_NRPS in scopes,
        toolsettings=v.SCOPE_SETTING in scopes,
        basic_outcomes=gradesync > 0,
        send_name=any(name in claims for name in ("name", "given_name", "family_name")),
        send_email="email" in claims,
        active=active,
    )


def registration_of(tool: Tool, logo: str = "") -> dict[str, Any]:
    """What the platform answers: a tool as a client registration.

    Two of Moodle's defects are kept: `lineitem` is listed as soon as any gradebook scope was
    granted, and a custom value is cut at its second `=` sign.
    """
    scopes: list[str] = []
    if tool.gradesync:
        scopes += [v.SCOPE_SCORE, v.SCOPE_RESULT, v.SCOPE_LINEITEM_READ, v.SCOPE_LINEITEM]
    if tool.memberships:
        scopes.append(v.SCOPE_NRPS)
    if tool.toolsettings:
        scopes.append(v.SCOPE_SETTING)
    claims = ["sub", "iss"]
    if tool.send_name:
        claims += ["name", "family_name", "given_name"]
    if tool.send_email:
        claims.append("email")
    configuration: dict[str, Any] = {
        "version": "1.3.0",
        "deployment_id": str(tool.id),
        "target_link_uri": tool.tool_url,
        "domain": tool.domain,
        "description": tool.description,
        "claims": claims,
    }
    if tool.deep_linking_url:
        configuration["messages"] = [
            {"type": v.DEEP_LINKING_REQUEST, "target_link_uri": tool.deep_linking_url}
        ]
    if tool.custom:
        configuration["custom_parameters"] = {
            key: text.split("=", 1)[0] for key, text in tool.custom.items()
        }
    return {
        "client_id": tool.client_id,
        "response_types": ["id_token"],
        "jwks_uri": tool.jwks_url,
        "initiate_login_uri": tool.initiate_login_uri,
        "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": list(tool.redirect_uris),
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "client_name": tool.name,
        "logo_uri": logo,
        "scope": " ".join(scopes),
        v.TOOL_CONFIGURATION: configuration,
    }


VARIABLES = [
    "basic-lti-launch-request",
    "ContentItemSelectionRequest",
    "ToolProxyRegistrationRequest",
    "Context.id",
    "Context.title",
    "Context.label",
    "Context.id.history",
    "Context.sourcedId",
    "Context.longDescription",
    "Context.timeFrame.begin",
    "CourseSection.title",
    "CourseSection.label",
    "CourseSection.sourcedId",
    "CourseSection.longDescription",
    "CourseSection.timeFrame.begin",
    "CourseSection.timeFrame.end",
    "ResourceLink.id",
    "ResourceLink.title",
    "ResourceLink.description",
    "User.id",
    "User.username",
    "Person.name.full",
    "Person.name.given",
    "Person.name.family",
    "Person.email.primary",
    "Person.sourcedId",
    "Person.name.middle",
    "Person.address.street1",
    "Person.address.locality",
    "Person.address.country",
    "Person.address.timezone",
    "Person.phone.primary",
    "Person.phone.mobile",
    "Person.webaddress",
    "Membership.role",
    "Result.sourcedId",
    "Result.autocreate",
    "BasicOutcome.sourcedId",
    "BasicOutcome.url",
    "Moodle.Person.userGroupIds",
]


def openid_configuration(issuer: str) -> dict[str, Any]:
    """The platform's self-description (OpenID Connect discovery with LTI's additions)."""
    lti = f"{issuer}/mod/lti"
    return {
        "issuer": issuer,
        "token_endpoint": f"{lti}/token.php",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": f"{lti}/certs.php",
        "authorization_endpoint": f"{lti}/auth.php",
        "registration_endpoint": f"{lti}/openid-registration.php",
        "scopes_supported": [
            v.SCOPE_OUTCOME,
            v.SCOPE_LINEITEM_READ,
            v.SCOPE_RESULT,
            v.SCOPE_SCORE,
            v.SCOPE_LINEITEM,
            v.SCOPE_NRPS,
            v.SCOPE_SETTING,
            "openid",
        ],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        v.PLATFORM_CONFIGURATION: {
            "product_family_code": "moodle",
            "version": v.MOODLE_RELEASE,
            "messages_supported": [
                {"type": v.RESOURCE_LINK},
                {"type": v.DEEP_LINKING_REQUEST, "placements": ["ContentArea"]},
            ],
            "variables": list(VARIABLES),
        },
    }
