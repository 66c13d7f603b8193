"""The token of a Moodle's web services: checked when it is given, sealed while it is kept."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti_app.clients.http import Http
from lti_app.clients.moodle_ws import MoodleWs
from lti_app.clients.url_policy import check_url
from lti_app.errors import AddressRefused
from lti_app.models import MoodleConnection, Platform
from lti_app.services.moodle.errors import MoodleInputError
from lti_app.services.moodle.site import Site, read_site, tuned
from lti_app.services.secrets_box import SecretsBox
from lti_app.services.wiring import Wiring


def connect(parts: Wiring, platform_id: int, token: str, base_url: str = "") -> Site:
    """Keeps the token of a platform's web services, once Moodle has accepted it.

    ``base_url`` is Moodle's address, by default the platform's issuer. Raises ``MoodleInputError``
    for an unknown platform or an empty token, ``MoodleRefused`` when Moodle does not accept it.
    """
    token = token.strip()
    if not token or not token.isalnum():
        raise MoodleInputError("token_malformed")
    with parts.store.read() as session:
        url = (base_url or _platform(session, platform_id).issuer).rstrip("/")
    try:
        check_url(url, lab=parts.settings.lab)
    except AddressRefused as error:
        raise MoodleInputError("address_refused", url=url, reason=error) from error
    site = read_site(MoodleWs(parts.http, url, token))
    box = SecretsBox(parts.settings.secret_key)
    with parts.store.write() as session:
        row = session.scalar(
            select(MoodleConnection).where(MoodleConnection.platform_id == platform_id)
        )
        if row is None:
            row = MoodleConnection(platform_id=platform_id, created_at=parts.clock())
            session.add(row)
        row.base_url = url
        row.token_encrypted = box.seal(token)
    return site


def disconnect(parts: Wiring, platform_id: int) -> None:
    """Forgets the token. Raises ``MoodleInputError`` when there is none."""
    with parts.store.write() as session:
        row = connection(session, platform_id)
        session.execute(delete(MoodleConnection).where(MoodleConnection.id == row.id))


def connection(session: Session, platform_id: int) -> MoodleConnection:
    """Raises ``MoodleInputError`` for an unknown platform, or one without token."""
    row = session.scalar(
        select(MoodleConnection).where(MoodleConnection.platform_id == platform_id)
    )
    if row is None:
        _platform(session, platform_id)
        raise MoodleInputError("not_connected", number=platform_id)
    return row


def door(parts: Wiring, row: MoodleConnection) -> MoodleWs:
    """The web services of this connection; nobody is called yet."""
    return _door(parts.http, row, SecretsBox(parts.settings.secret_key))


def open_ws(parts: Wiring, platform_id: int) -> MoodleWs:
    """The web services of a platform, as fast as its token allows.

    Raises ``MoodleInputError`` without a token, ``MoodleRefused`` when Moodle no longer accepts it.
    """
    with parts.store.read() as session:
        ws = door(parts, connection(session, platform_id))
    return tuned(ws)


def _door(http: Http, row: MoodleConnection, box: SecretsBox) -> MoodleWs:
    return MoodleWs(http, row.base_url, box.open(row.token_encrypted))


def _platform(session: Session, platform_id: int) -> Platform:
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise MoodleInputError("platform_unknown", number=platform_id)
    return platform
