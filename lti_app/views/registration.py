"""Dynamic registration, opened by an LMS with the address that its administrator pasted.

The invitation's secret in the address stands in for a login and for a CSRF token: who does not know it
can post nothing here.
"""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from lti_app.models import Invitation
from lti_app.services.lti.origins import origin
from lti_app.services.registration import configuration, invitations, registering
from lti_app.services.wiring import wiring
from lti_app.views.guard import PUBLIC, allow

bp = Blueprint("registration", __name__, url_prefix=invitations.REGISTER_PATH)


@bp.get("/<secret>")
@allow(PUBLIC)
def show(secret: str) -> ResponseReturnValue:
    """Who is asking, and what will be registered. Nothing is changed yet."""
    parts = wiring()
    url = request.args.get("openid_configuration", "")
    invitation = _invited(secret, url)
    platform = registering.discover(parts, url, invitation)
    wanted = configuration.request_for(platform, parts.settings.public_url, _locale())
    return render_template(
        "register/show.html",
        platform=platform,
        wanted=wanted,
        tool=wanted[configuration.TOOL],
        approve=invitation.approve,
        openid_configuration=url,
        registration_token=request.args.get("registration_token", ""),
    )


@bp.post("/<secret>")
@allow(PUBLIC)
def register(secret: str) -> ResponseReturnValue:
    """Registers, and says what is left to do on both sides."""
    url = request.form.get("openid_configuration", "")
    _invited(secret, url)
    platform, done = registering.register(
        wiring(), secret, url, request.form.get("registration_token", ""), _locale()
    )
    return render_template("register/done.html", platform=platform, done=done)


def _invited(secret: str, url: str) -> Invitation:
    """The invitation. Its platform frames this page before it is a known one, and the page of a refusal too."""
    g.csp_frame_ancestors = f"'self' {origin(url)}".strip()
    parts = wiring()
    with parts.store.read() as session:
        invitation = invitations.check(session, secret, parts.clock())
    g.csp_frame_ancestors = f"{g.csp_frame_ancestors} {invitation.origins}".strip()
    return invitation


def _locale() -> str:
    return "en" if str(get_locale()) == "en" else "fr"
