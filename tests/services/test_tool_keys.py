"""Our own keys: sealed at rest, renewed by age, and published until nothing that they signed can be in use."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select

from lti_app.errors import SettingsError
from lti_app.models import ToolKey
from lti_app.services import worker
from lti_app.services.platforms.keys import RETIRED_FOR, KeyRing
from lti_app.services.secrets_box import SecretsBox
from lti_app.services.wiring import Wiring
from tests.conftest import SECRET, Clock

MOMENT = timedelta(seconds=1)


def kids(keys: KeyRing) -> list[str]:
    return [key["kid"] for key in keys.jwks()["keys"]]


def test_private_keys_are_sealed_at_rest(parts: Wiring) -> None:
    """What the database holds opens with the service's secret only."""
    parts.keys.signing()
    with parts.store.read() as session:
        sealed = session.scalars(select(ToolKey.private_pem_encrypted)).one()
    opened = SecretsBox(SECRET).open(sealed)
    assert opened.startswith("-----BEGIN PRIVATE KEY-----")
    assert [line for line in opened.splitlines() if line in sealed] == []
    with pytest.raises(SettingsError):
        SecretsBox("another secret, just as long as the one").open(sealed)


def test_the_public_set_holds_nothing_private(parts: Wiring) -> None:
    (key,) = parts.keys.jwks()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


def test_a_key_is_renewed_when_it_is_old(parts: Wiring, clock: Clock) -> None:
    first = parts.keys.signing().kid
    clock.now += worker.KEY_AGE - MOMENT
    assert parts.keys.rotate_if_older(worker.KEY_AGE) is False
    clock.now += MOMENT
    assert parts.keys.rotate_if_older(worker.KEY_AGE) is True
    assert parts.keys.rotate_if_older(worker.KEY_AGE) is False
    assert parts.keys.signing().kid != first


def test_the_old_key_verifies_until_it_can_no_longer_be_in_use(parts: Wiring, clock: Clock) -> None:
    signed = parts.keys.sign({"sub": "us"})
    old = jwt.get_unverified_header(signed)["kid"]
    new = parts.keys.rotate()
    assert kids(parts.keys) == [new, old]
    published = jwt.PyJWKSet.from_dict(parts.keys.jwks())[old]
    assert jwt.decode(signed, published, algorithms=["RS256"]) == {"sub": "us"}
    assert jwt.get_unverified_header(parts.keys.sign({}))["kid"] == new
    clock.now += RETIRED_FOR - MOMENT
    assert kids(parts.keys) == [new, old]
    clock.now += MOMENT
    assert kids(parts.keys) == [new]


def test_another_process_signs_with_the_new_key_a_minute_later(parts: Wiring, clock: Clock) -> None:
    other = KeyRing(parts.store, SECRET, clock)
    assert other.signing().kid == parts.keys.signing().kid
    new = parts.keys.rotate()
    clock.forward(seconds=61)
    assert other.signing().kid == new
