"""The administrator's page on their own platform: what is registered, a self-test, an invitation.

Only the platform of the launch is shown: whoever administers one school's LMS has no business with
another's.
"""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from lti_app.errors import InputError
from lti_app.models import Platform
from lti_app.services.platforms import platform_check
from lti_app.services.platforms import registered as platforms
from lti_app.services.platforms.keys import AHEAD
from lti_app.services.registration import invitations
from lti_app.services.wiring import wiring
from lti_app.views.filters import language
from lti_app.views.guard import ADMINISTRATOR, allow
from lti_app.views.keeping import Typed

bp = Blueprint("platform_admin", __name__, url_prefix="/s/<sid>/platform")


@bp.get("")
@allow(ADMINISTRATOR)
def show(sid: str) -> ResponseReturnValue:
    """What is registered here of this platform, and what hangs on it."""
    return _page()


@bp.post("/check")
@allow(ADMINISTRATOR)
def check(sid: str) -> ResponseReturnValue:
    """Tries each registered value and names the wrong one."""
    return _page(checks=platform_check.check(wiring(), _platform()))


@bp.post("/origins")
@allow(ADMINISTRATOR, typed=Typed(_l("Autres adresses de la plateforme")))
def set_origins(sid: str) -> ResponseReturnValue:
    """Names where else the platform has pages and services, in place of what was named before."""
    parts = wiring()
    typed = request.form.get("origins", "")
    try:
        with parts.store.write() as session:
            platforms.set_origins(
                session, g.launch.platform_id, typed.split(), lab=parts.settings.lab
            )
    except InputError as error:
        flash(error.english if language() == "en" else str(error), "error")
        return _page(origins=typed)
    flash(_("Les autres adresses de la plateforme sont enregistrées."), "success")
    return redirect(url_for(".show", sid=sid), code=303)


@bp.post("/invite")
@allow(ADMINISTRATOR)
def invite(sid: str) -> ResponseReturnValue:
    """A one-time address for another platform; it stays pending until somebody approves it here."""
    parts = wiring()
    with parts.store.write() as session:
        secret = invitations.invite(session, parts.clock(), approve=False)
    return _page(invitation=invitations.address(parts.settings.public_url, secret))


@bp.post("/rotate")
@allow(ADMINISTRATOR)
def rotate(sid: str) -> ResponseReturnValue:
    """A new signing key, at once published; it signs once no platform can still hold the list without it. Not before
    the last one does: it is everybody's, and whoever administers one school's LMS may press the button."""
    if not wiring().keys.rotate_if_older(AHEAD):
        flash(_("La dernière clé vient d’être publiée : il n’y a rien à changer."), "info")
        return redirect(url_for(".show", sid=sid), code=303)
    flash(
        _(
            "La nouvelle clé est publiée. Elle signera dans une heure environ : d’ici là, chaque plateforme aura relu nos clés. L’ancienne reste publiée deux jours de plus."
        ),
        "success",
    )
    return redirect(url_for(".show", sid=sid), code=303)


def _platform() -> Platform:
    with wiring().store.read() as session:
        return session.get_one(
            Platform, g.launch.platform_id, options=[selectinload(Platform.deployments)]
        )


def _named(addresses: dict[str, str]) -> dict[str, str]:
    """The values by the names that Moodle's form gives them in the person's language (mod_lti's language
    packs); the one that is a choice in a list as that list words it."""
    names = {
        "Tool name": _("Nom de l’outil"),
        "Tool URL": _("URL de l’outil"),
        "LTI version": _("Version LTI"),
        "Public key type": _("Type de clef publique"),
        "Public keyset": _("Jeu de clefs public"),
        "Initiate login URL": _("URL d’initiation de connexion"),
        "Redirection URI(s)": _("URIs de redirection"),
        "Content selection URL": _("URL de sélection de contenu"),
    }
    said = addresses | {"Public key type": _("URL jeu de clefs")}
    return {names[name]: value for name, value in said.items()}


def _checked() -> dict[str, str]:
    """The values of the self-test in words, by the names that ``competences platform add`` gives them."""
    return {
        "issuer": _("Adresse de la plateforme"),
        "auth-login-url": _("Adresse de connexion"),
        "jwks-url": _("Jeu de clés de la plateforme"),
        "auth-token-url": _("Adresse des jetons d’accès"),
        "client-id": _("ID client"),
        "deployment-id": _("ID de déploiement"),
        "scope": _("Services autorisés"),
        "jwks": _("Nos clés publiques"),
        "clock": _("Horloge"),
    }


def _page(*, origins: str | None = None, **more: object) -> str:
    parts = wiring()
    platform = _platform()
    with parts.store.read() as session:
        held = platforms.holdings(session, platform.id)
    return render_template(
        "administration/platform.html",
        platform=platform,
        held=held,
        origins=platform.origins.replace(" ", "\n") if origins is None else origins,
        key_age=parts.keys.age().days,
        checked=_checked(),
        addresses=_named(platforms.own_addresses(parts.settings.public_url)),
        **more,
    )
