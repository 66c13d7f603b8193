"""From a posted launch to the first page of its session, for both ways in which a browser proves itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import url_for

from lti_app.errors import LtiError
from lti_app.services.launches import entering
from lti_app.services.lti import message
from lti_app.services.lti.launch import Launch
from lti_app.services.lti.state import state_signer
from lti_app.services.lti.tool_config import tool_conf
from lti_app.services.platforms import registered
from lti_app.services.wiring import Wiring
from lti_app.views.guard import LEARNER
from lti_app.views.sessions import path_of


class FirstPage(NamedTuple):
    """A new session, its secret, and the path of the page that it begins with."""

    session_id: str
    secret: str
    path: str


def validated(parts: Wiring, form: Mapping[str, str], cookies: Mapping[str, str]) -> Launch:
    """The launch, checked in every respect. Raises ``LtiError``."""
    launch = Launch(
        form,
        cookies,
        tool_conf=tool_conf(parts.directory),
        signer=state_signer(parts.settings.secret_key),
        platform_keys=parts.platform_keys,
        public_url=parts.settings.public_url,
        now=parts.clock().timestamp(),
    )
    try:
        return launch.validate()
    except LtiError as error:
        if error.code == "unknown_deployment":  # checked when signature and times were found right
            with parts.store.write() as session:
                registered.note_refused(session, launch.platform.id, str(launch.deployment_id))
        raise


def enter(parts: Wiring, checked: Launch) -> FirstPage:
    """Makes the session of a checked launch. Raises ``LtiError``."""
    said = message.read(checked.claims)
    entered = entering.enter(
        parts.store,
        checked.platform,
        said,
        checked.state.nonce,
        parts.clock(),
        parts.directory.hosts(checked.platform),
    )
    return FirstPage(entered.session_id, entered.secret, _path(said, entered))


def _path(said: message.LaunchMessage, entered: entering.Entered) -> str:
    sid = entered.session_id
    if entered.choose_again:
        return url_for("choose_again.show", sid=sid)
    if said.message_type == message.DEEP_LINKING:
        return url_for("deep_linking.choose", sid=sid)
    if said.message_type == message.SUBMISSION_REVIEW and LEARNER not in said.roles:
        if entered.review_id is None:
            return url_for("pupils.absent", sid=sid, sub=said.for_user)
        return url_for("classroom.student", sid=sid, learner_id=entered.review_id)
    return path_of(sid)
