"""Our own keys: sealed at rest, renewed by age, and signing only when every platform that obeys our cache header has
seen them."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
from sqlalchemy import select

from lti_app.errors import SettingsError
from lti_app.models import ToolKey
from lti_app.services import worker
from lti_app.services.platforms.keys import AHEAD, JWKS_KEPT, RETIRED_FOR, KeyRing
from lti_app.services.secrets_box import SecretsBox
from lti_app.services.wiring import Wiring
from tests.conftest import SECRET, Clock

MOMENT = timedelta(seconds=1)


@pytest.fixture
def another(parts: Wiring, clock: Clock) -> KeyRing:
    """The keys as another process of the service holds them."""
    return KeyRing(parts.store, parts.settings.secret_key, clock)


def signer(keys: KeyRing) -> str:
    return str(jwt.get_unverified_header(keys.sign({}))["kid"])


def published(keys: KeyRing) -> list[str]:
    return [key["kid"] for key in keys.jwks()["keys"]]


def verifies(keys: KeyRing, signed: str) -> bool:
    """Whether somebody who reads our keys now takes that for ours."""
    kid = jwt.get_unverified_header(signed)["kid"]
    known = {key.key_id: key for key in jwt.PyJWKSet.from_dict(keys.jwks()).keys}
    return kid in known and jwt.decode(signed, known[kid], algorithms=["RS256"]) is not None


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


def test_the_first_key_signs_at_once(parts: Wiring) -> None:
    assert published(parts.keys) == [signer(parts.keys)]


def test_a_new_key_is_published_before_it_signs(
    parts: Wiring, another: KeyRing, clock: Clock
) -> None:
    old = signer(parts.keys)
    assert signer(another) == old
    new = parts.keys.rotate()
    clock.now += JWKS_KEPT
    for keys in (parts.keys, another):
        assert (signer(keys), published(keys)) == (old, [new, old])
    clock.now += AHEAD - JWKS_KEPT + timedelta(minutes=1)
    for keys in (parts.keys, another):
        assert (signer(keys), published(keys)) == (new, [new, old])
    clock.now += RETIRED_FOR
    assert published(parts.keys) == [new]


def test_the_old_key_verifies_until_it_can_no_longer_be_in_use(parts: Wiring, clock: Clock) -> None:
    signed = parts.keys.sign({"sub": "us"})
    parts.keys.rotate()
    clock.now += AHEAD + RETIRED_FOR - MOMENT
    assert verifies(parts.keys, signed)
    clock.now += MOMENT
    assert not verifies(parts.keys, signed)


def test_a_compromised_key_signs_and_verifies_nothing_any_more(
    parts: Wiring, another: KeyRing, clock: Clock
) -> None:
    signed = parts.keys.sign({})
    another.signing()
    parts.keys.rotate()  # one that waits for its turn was kept in the same place
    new = parts.keys.replace_compromised()
    assert (signer(parts.keys), published(parts.keys)) == (new, [new])
    assert not verifies(another, signed)
    assert signer(another) == new


def test_a_key_is_new_while_a_platform_may_know_the_one_before_it_only(
    parts: Wiring, another: KeyRing, clock: Clock
) -> None:
    assert not another.is_new(), "none yet"
    parts.keys.signing()
    assert not another.is_new(), "the first one"
    parts.keys.rotate()
    clock.now += AHEAD + MOMENT
    assert not another.is_new(), "it was published long before it signed"
    parts.keys.replace_compromised()
    clock.now += JWKS_KEPT - MOMENT
    assert another.is_new()
    clock.now += MOMENT
    assert not another.is_new()


def test_a_key_is_loaded_once(parts: Wiring) -> None:
    assert parts.keys.signing() is parts.keys.signing()


def test_each_of_two_quick_rotations_waits_its_turn(parts: Wiring, clock: Clock) -> None:
    first = signer(parts.keys)
    second = parts.keys.rotate()
    clock.forward(minutes=30)
    third = parts.keys.rotate()
    signed = []
    for _ in range(6):
        signed.append(signer(parts.keys))
        clock.forward(minutes=20)
    assert signed == [first, first, second, second, third, third]


def test_a_key_is_renewed_at_its_age_and_not_before(parts: Wiring, clock: Clock) -> None:
    parts.keys.signing()
    clock.now += worker.KEY_AGE - MOMENT
    assert not parts.keys.rotate_if_older(worker.KEY_AGE)
    clock.now += MOMENT
    assert parts.keys.rotate_if_older(worker.KEY_AGE)
    assert not parts.keys.rotate_if_older(worker.KEY_AGE)


def test_what_grew_old_is_changed_once(parts: Wiring, another: KeyRing, clock: Clock) -> None:
    parts.keys.signing()
    clock.forward(days=180)
    assert parts.keys.rotate_if_older(timedelta(days=180))
    assert not another.rotate_if_older(timedelta(days=180))
