"""The platform's keys over HTTP: fetched once by whoever needs them, never from an error, dead when withdrawn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify
from sqlalchemy import select

from lti_app.demo import listen, serve
from lti_app.demo.keys import Signer
from lti_app.errors import ServiceError, ServiceUnavailable
from lti_app.models import Platform, PlatformKeySet
from lti_app.services.platforms.platform_keys import FAILED_FOR, MAX_AGE, PlatformKeys
from lti_app.services.wiring import Wiring
from tests.conftest import Clock
from tests.lti.conftest import ACTIVITY, TEACHER, Browser, code_of

THREADS = 6


class KeySet(Flask):
    """Where the platform publishes its keys. ``fetches`` counts who asked; ``error`` is answered instead of
    the keys, ``delay`` seconds later."""

    def __init__(self) -> None:
        super().__init__("keys")
        self.keys: list[dict[str, str]] = []
        self.error: Response | None = None
        self.delay = 0.0
        self.fetches = 0
        self.url = ""
        self.add_url_rule("/jwks", view_func=self.published)

    def published(self) -> Response:
        self.fetches += 1
        time.sleep(self.delay)
        return self.error or jsonify(keys=self.keys)

    def publish(self, *signers: Signer) -> None:
        self.keys = [jwk for signer in signers for jwk in signer.jwks()["keys"]]


@pytest.fixture
def published(browser: Browser, parts: Wiring) -> Iterator[KeySet]:
    """The keys of the LMS, published at an address of their own."""
    keys = KeySet()
    keys.publish(browser.lms.signer)
    with listen() as door, serve(keys, door):
        keys.url = f"{door.url}/jwks"
        with parts.store.write() as session:
            session.scalars(select(Platform)).one().jwks_url = keys.url
        yield keys


@pytest.fixture(scope="module")
def other() -> Signer:
    """Another key than the one that the LMS began with."""
    return Signer(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def launch(browser: Browser, signer: Signer | None = None, **header: Any):
    """A launch signed by that key."""
    login = browser.begin()
    token = browser.lms.id_token(TEACHER, ACTIVITY, login.nonce)
    if signer is not None:
        claims = browser.lms.signer.verify(token, now=0)
        token = signer.sign(claims, **header)
    return browser.finish(login, token)


def at_once(work: Callable[[], object]) -> list[object]:
    """What it gives, or raises, in each of several threads that begin together."""
    barrier, seen = threading.Barrier(THREADS), []

    def run() -> None:
        barrier.wait()
        try:
            seen.append(work())
        except Exception as error:
            seen.append(error)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def test_first_launches_at_once_wait_for_one_fetch(
    browser: Browser, parts: Wiring, published: KeySet
) -> None:
    published.delay = 0.5
    kid = browser.lms.signer.kid
    found = at_once(lambda: parts.platform_keys.find(published.url, kid))
    assert [getattr(key, "key_size", key) for key in found] == [2048] * THREADS
    assert published.fetches == 1


def test_launches_at_once_after_a_rotation_wait_for_one_fetch(
    browser: Browser, parts: Wiring, published: KeySet, clock: Clock, other: Signer
) -> None:
    assert launch(browser).status_code == 303
    clock.forward(seconds=61)
    published.publish(other)
    published.delay = 0.5
    found = at_once(lambda: parts.platform_keys.find(published.url, other.kid))
    assert [getattr(key, "key_size", key) for key in found] == [2048] * THREADS
    assert published.fetches == 2


def test_a_fetch_that_fails_is_everybodys_failure_for_a_moment(
    browser: Browser, parts: Wiring, published: KeySet, clock: Clock
) -> None:
    """Tokens, bogus or not, must not make us a hammer while the platform is down."""
    published.error, published.delay = Response(status=500), 0.3
    kid = browser.lms.signer.kid
    found = at_once(lambda: parts.platform_keys.find(published.url, kid))
    assert {type(error) for error in found} == {ServiceUnavailable}
    assert published.fetches == 1
    published.error = None
    with pytest.raises(ServiceError):
        parts.platform_keys.find(published.url, "bogus")
    assert published.fetches == 1
    clock.now += FAILED_FOR
    assert launch(browser).status_code == 303
    assert published.fetches == 2


def test_a_launch_without_keys_says_so(browser: Browser, published: KeySet) -> None:
    published.error = Response(status=500)
    answer = launch(browser)
    assert (answer.status_code, code_of(answer)) == (502, "keys_unavailable")


@pytest.mark.parametrize(
    "body",
    ["", "{}", "[]", '{"keys": []}', '{"keys": {}}', '{"error": "no"}', "<html></html>"],
)
def test_an_answer_without_keys_is_not_kept(
    browser: Browser, parts: Wiring, published: KeySet, clock: Clock, body: str
) -> None:
    published.error = Response(body)
    assert code_of(launch(browser)) == "keys_unavailable"
    with parts.store.read() as session:
        assert session.scalars(select(PlatformKeySet)).all() == []
    published.error = None
    clock.now += FAILED_FOR
    assert launch(browser).status_code == 303


def test_a_rotated_key_is_accepted_beside_the_old_one(
    browser: Browser, published: KeySet, clock: Clock, other: Signer
) -> None:
    assert launch(browser).status_code == 303
    clock.forward(seconds=61)
    published.publish(browser.lms.signer, other)
    assert launch(browser, other).status_code == 303
    assert launch(browser).status_code == 303
    assert published.fetches == 2


def test_what_another_process_fetched_is_not_fetched_again(
    browser: Browser, parts: Wiring, published: KeySet, clock: Clock, other: Signer
) -> None:
    assert launch(browser).status_code == 303
    clock.forward(seconds=61)
    published.publish(browser.lms.signer, other)
    elsewhere = PlatformKeys(parts.store, parts.http, clock)
    assert elsewhere.find(published.url, other.kid) is not None
    assert launch(browser, other).status_code == 303
    assert published.fetches == 2


def test_an_unknown_kid_is_looked_up_once_a_minute(
    browser: Browser, published: KeySet, clock: Clock, other: Signer
) -> None:
    assert launch(browser).status_code == 303
    for minute in range(1, 3):
        clock.forward(seconds=61)
        for _ in range(3):
            assert code_of(launch(browser, other)) == "token_signature"
        assert published.fetches == 1 + minute


def test_a_withdrawn_key_dies(
    browser: Browser, published: KeySet, clock: Clock, other: Signer
) -> None:
    """At the latest when the keys are as old as a launch trusts them."""
    published.publish(browser.lms.signer, other)
    assert launch(browser, other).status_code == 303
    published.publish(browser.lms.signer)
    clock.now += MAX_AGE
    assert code_of(launch(browser, other)) == "token_signature"
    assert launch(browser).status_code == 303
    assert published.fetches == 2


def test_of_two_keys_with_one_kid_the_first_counts(
    browser: Browser, published: KeySet, other: Signer
) -> None:
    kid = browser.lms.signer.kid
    published.publish(browser.lms.signer)
    published.keys.append(other.jwks()["keys"][0] | {"kid": kid})
    assert launch(browser).status_code == 303
    assert code_of(launch(browser, other, kid=kid)) == "token_signature"
    assert published.fetches == 1
