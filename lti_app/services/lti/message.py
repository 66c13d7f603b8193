"""A genuine message's claims as a plain value, each read with its type checked.

What the platform did not send is empty here; what it sent in the wrong type is as good as not sent,
except what a launch cannot do without (LTI 1.3 Core §5.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from lti_app.errors import LtiError
from lti_app.services.lti import roles

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS_CLAIM = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

MAX_ID = 255  # characters of an identifier (LTI 1.3 Core §5.3 and §5.4)

RESOURCE_LINK = "LtiResourceLinkRequest"
DEEP_LINKING = "LtiDeepLinkingRequest"
SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"
DEEP_LINKING_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"


class LaunchMessage(NamedTuple):
    """What we use of a launch. Texts are raw: they are escaped where they are shown."""

    message_type: str
    deployment_id: str
    sub: str
    given_name: str
    family_name: str
    name: str
    roles: frozenset[str]
    context_id: str
    context_label: str
    context_title: str
    resource_link_id: str
    resource_link_title: str
    custom: Mapping[str, Any]
    locale: str
    return_url: str | None
    line_item_url: str | None
    line_items_url: str | None
    ags_scopes: tuple[str, ...]
    memberships_url: str | None
    for_user: str
    deep_linking: Mapping[str, Any]


def read(claims: Mapping[str, Any]) -> LaunchMessage:
    """Raises ``LtiError``: ``context_missing``, or ``message_invalid`` for a person without ``sub`` and an
    identifier that is too long."""
    context = _object(claims, CLAIM + "context")
    link = _object(claims, CLAIM + "resource_link")
    presentation = _object(claims, CLAIM + "launch_presentation")
    ags = _object(claims, AGS_CLAIM)
    nrps = _object(claims, NRPS_CLAIM)
    sub, context_id = _text(claims, "sub"), _text(context, "id")
    link_id, deployment_id = _text(link, "id"), _text(claims, CLAIM + "deployment_id")
    if not sub or max(map(len, (sub, context_id, link_id, deployment_id))) > MAX_ID:
        raise LtiError("message_invalid", "no sub, or an identifier that is too long")
    if not context_id:
        raise LtiError("context_missing")
    role_claim = claims.get(CLAIM + "roles")
    return LaunchMessage(
        message_type=_text(claims, CLAIM + "message_type"),
        deployment_id=deployment_id,
        sub=sub,
        given_name=_text(claims, "given_name"),
        family_name=_text(claims, "family_name"),
        name=_text(claims, "name"),
        roles=roles.of_launch(role_claim if isinstance(role_claim, list) else ()),
        context_id=context_id,
        context_label=_text(context, "label"),
        context_title=_text(context, "title"),
        resource_link_id=link_id,
        resource_link_title=_text(link, "title"),
        custom=_object(claims, CLAIM + "custom"),
        locale=_text(presentation, "locale") or _text(claims, "locale"),
        return_url=_address(presentation, "return_url"),
        line_item_url=_text(ags, "lineitem") or None,
        line_items_url=_text(ags, "lineitems") or None,
        ags_scopes=_texts(ags.get("scope")),
        memberships_url=_text(nrps, "context_memberships_url") or None,
        for_user=_text(_object(claims, CLAIM + "for_user"), "user_id"),
        deep_linking=_object(claims, DEEP_LINKING_CLAIM),
    )


def language(locale: str) -> str:
    """``en`` for any English, else French. Moodle writes ``fr_ca`` with an underscore and falls back
    to ``en`` where no French pack is installed."""
    return "en" if locale.replace("_", "-").split("-")[0].lower() == "en" else "fr"


def _object(claims: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = claims.get(key)
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _address(claims: Mapping[str, Any], key: str) -> str | None:
    """One that a link may lead to."""
    value = _text(claims, key)
    return value if value.startswith(("https://", "http://")) else None


def _text(claims: Mapping[str, Any], key: str) -> str:
    value = claims.get(key)
    return value if isinstance(value, str) else ""
