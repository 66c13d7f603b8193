"""A key signs only when every platform that obeys our cache header has seen it."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest

from lti_app.services.platforms.keys import AHEAD, JWKS_KEPT, RETIRED_FOR, KeyRing
from lti_app.services.wiring import Wiring
from tests.conftest import Clock


@pytest.fixture
def another(parts: Wiring, clock: Clock) -> KeyRing:
    """The keys as another process of the service holds them."""
    return KeyRing(parts.store, parts.settings.secret_key, clock)


def signer(keys: KeyRing) -> str:
    return str(jwt.get_unverified_header(keys.sign({}))["kid"])


def published(keys: KeyRing) -> list[str]:
    return [key["kid"] for key in keys.jwks()["keys"]]


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


def test_what_grew_old_is_changed_once(parts: Wiring, another: KeyRing, clock: Clock) -> None:
    parts.keys.signing()
    clock.forward(days=180)
    assert parts.keys.rotate_if_older(timedelta(days=180))
    assert not another.rotate_if_older(timedelta(days=180))
