"""Deep Linking 2.0: what a teacher chose becomes the activities that the platform creates.

Only ``ltiResourceLink`` items are sent (Moodle would turn any other type into a broken activity). The choice
travels in each item's custom parameters, so it survives a course's duplication and restore.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem as PyltiLineItem

from lti_app.clients.url_policy import check_url
from lti_app.errors import InputError, LtiError
from lti_app.services.activities.framing import LinkSettings, resolve, settings_to_custom
from lti_app.services.lti.addresses import LAUNCH_PATH, REVIEW_PATH
from lti_app.services.lti.message import CLAIM
from lti_app.services.referentials.catalogue import Finder
from referential.model import Node

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
RESPONSE_LIFE = timedelta(minutes=10)
MAX_ITEMS = 60  # Moodle makes them one by one, a second each
MAX_TITLE = 250  # characters; Moodle keeps 255
TAG = "competences"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the teacher picked. ``each``: one activity for each chosen part instead of one for all.
    ``graded``: with a gradebook column, except those whose ``PlannedActivity.key`` is in ``ungraded``.
    ``title`` names a single activity; empty takes the parts'."""

    settings: LinkSettings
    each: bool = False
    graded: bool = True
    title: str = ""
    ungraded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlannedActivity:
    """One activity that will be created, as the picker shows it beforehand."""

    title: str
    text: str
    competences: int
    graded: bool
    settings: LinkSettings

    @property
    def key(self) -> str:
        """What the picker calls this activity: the codes of its parts; empty for the whole référentiel."""
        return " ".join(self.settings.scope)


def check_settings(settings: Mapping[str, Any] | None) -> str:
    """The platform's return address. Raises ``LtiError`` when it cannot take what we send."""
    url = (settings or {}).get("deep_link_return_url")
    types = (settings or {}).get("accept_types")
    if not isinstance(url, str) or not isinstance(types, list) or "ltiResourceLink" not in types:
        raise LtiError("message_invalid", "deep linking settings")
    return url


def plan(choice: Choice, catalogue: Finder, accept_multiple: bool = True) -> list[PlannedActivity]:
    """The activities in the référentiel's order. Raises ``InputError`` for a choice that makes none, more
    than ``MAX_ITEMS``, or several where the platform takes one."""
    framing = resolve(choice.settings, catalogue)
    codes = _outermost(framing.referential, choice.settings.scope)
    if choice.each:
        parts = codes or [node.code for node in framing.referential.roots]
        settings = [replace(choice.settings, scope=(code,)) for code in parts]
    else:
        settings = [replace(choice.settings, scope=tuple(codes))]
    if len(settings) > MAX_ITEMS:
        raise InputError(
            _(
                "Cela ferait %(count)s activités ; au plus %(most)s à la fois. Choisissez des "
                "parties plus grandes.",
                count=len(settings),
                most=MAX_ITEMS,
            )
        )
    if len(settings) > 1 and not accept_multiple:
        raise InputError(
            _(
                "Cette plateforme n’accepte qu’une activité à la fois : choisissez « une seule "
                "activité »."
            )
        )
    return [_planned(choice, one, catalogue) for one in settings]


def content_items(activities: Sequence[PlannedActivity], public_url: str) -> list[dict[str, Any]]:
    """The items as the platform takes them (Deep Linking 2.0 §3.2)."""
    return [_item(activity, public_url) for activity in activities]


def response_claims(
    deployment_id: str,
    issuer: str,
    client_id: str,
    settings: Mapping[str, Any],
    items: list[dict[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    """The claims of the answer (Deep Linking 2.0 §4.4.5). ``data`` is echoed only if it was sent."""
    claims: dict[str, Any] = {
        "iss": client_id,
        "aud": [issuer],
        "iat": int(now.timestamp()) - 5,
        "exp": int((now + RESPONSE_LIFE).timestamp()),
        "nonce": uuid.uuid4().hex,
        CLAIM + "deployment_id": deployment_id,
        CLAIM + "message_type": "LtiDeepLinkingResponse",
        CLAIM + "version": "1.3.0",
        DL + "content_items": items,
    }
    if settings.get("data") is not None:
        claims[DL + "data"] = settings["data"]
    return claims


def check_return(url: str, *, lab: bool) -> None:
    """The address the browser will post to: the platform's own, judged like any other."""
    check_url(url, lab=lab)


def _outermost(referential: Any, codes: Sequence[str]) -> list[str]:
    """The chosen codes without those that stand under another chosen one, in order."""
    chosen = set(codes)
    kept = [
        node
        for node in referential.nodes
        if node.code in chosen
        and not any(above.code in chosen for above in referential.ancestors(node.code))
    ]
    return [node.code for node in kept]


def _planned(choice: Choice, settings: LinkSettings, catalogue: Finder) -> PlannedActivity:
    framing = resolve(settings, catalogue)
    nodes = framing.scope_nodes
    title = "" if choice.each else choice.title.strip()
    if not title:
        title = _title(nodes) if nodes else f"Compétences · {framing.referential.title}"
    if len(title) > MAX_TITLE:
        title = title[: MAX_TITLE - 1].rstrip() + "…"
    text = ", ".join(f"{node.code} {node.label}" for node in nodes) or framing.referential.title
    graded = choice.graded and " ".join(settings.scope) not in choice.ungraded
    return PlannedActivity(title, text, len(framing.competences), graded, settings)


def _title(nodes: Sequence[Node]) -> str:
    if len(nodes) == 1:
        return f"{nodes[0].code} {nodes[0].label}".strip()
    return "Compétences · " + ", ".join(node.code for node in nodes)


def _item(activity: PlannedActivity, public_url: str) -> dict[str, Any]:
    resource = (
        DeepLinkResource()
        .set_url(public_url + LAUNCH_PATH)
        .set_title(activity.title)
        .set_custom_params(settings_to_custom(activity.settings))
    )
    if activity.graded:
        line_item = (
            PyltiLineItem()
            .set_score_maximum(float(activity.settings.maximum))
            .set_label(activity.title)
            .set_tag(TAG)
            .set_resource_id(resource_id(activity.settings))
        )
        resource.set_lineitem(line_item)
    item: dict[str, Any] = dict(resource.to_dict())
    item["text"] = activity.text[:2000]
    item["icon"] = {"url": f"{public_url}/static/icon.svg", "width": 64, "height": 64}
    if activity.graded:
        item["lineItem"]["submissionReview"] = {
            "reviewableStatus": ["InProgress", "Completed"],
            "url": public_url + REVIEW_PATH,
        }
    return item


def resource_id(settings: LinkSettings) -> str:
    """How we find an activity's column again: référentiel and parts, at most 200 characters."""
    text = "/".join((settings.referential, *settings.scope))
    if len(text) <= 200:
        return text
    return f"{settings.referential}/{uuid.uuid5(uuid.NAMESPACE_URL, text)}"
