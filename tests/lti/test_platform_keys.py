"""The platform's keys over HTTP: fetched once by whoever needs them, never from an error, dead when withdrawn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify
from sqlalchemy import select

from lti_app.demo import listen, serve
from lti_app.demo.keys import Signer
from lti_app.errors import ServiceError, ServiceUnavailable
from lti_app.models import Platform, PlatformKeySet
from lti_app.services.platforms import platform_keys
from lti_app.services.platforms.platform_keys import (
    FAILED_FOR,
    LAST_AGE,
    MAX_AGE,
    PlatformKeys,
)
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


@pytest.fixture
def hanging(published: KeySet, monkeypatch: pytest.MonkeyPatch) -> KeySet:
    """The keys, at a host that takes its time over them: longer than a fetch may last, which is longer than
    another thread waits for it."""
    published.delay = 3.0
    monkeypatch.setattr(platform_keys, "LONGEST_FETCH", 1.5)
    monkeypatch.setattr(platform_keys, "LONGEST_WAIT", 0.5)
    return published


@contextmanager
def fetching(parts: Wiring, keys: KeySet) -> Iterator[threading.Thread]:
    """While a thread asks the host for its keys: that thread."""

    def fetch() -> None:
        with pytest.raises(ServiceUnavailable):
            parts.platform_keys.find(keys.url, "bogus")

    before, thread = keys.fetches, threading.Thread(target=fetch)
    thread.start()
    while keys.fetches == before:
        time.sleep(0.01)
    yield thread
    thread.join()


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes to fail for want of the platform."""
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        work()
    return time.monotonic() - began


def test_a_host_that_hangs_holds_one_thread_and_the_others_hardly(
    browser: Browser, parts: Wiring, hanging: KeySet, clock: Clock
) -> None:
    """Else a few tokens with a bogus kid take all the threads from all platforms."""
    kid = browser.lms.signer.kid
    took = at_once(lambda: seconds_of(lambda: parts.platform_keys.find(hanging.url, kid)))
    assert max(took) < 2.5
    assert sorted(took)[-2] < 1.2  # all but the one that fetched
    assert hanging.fetches == 1
    with pytest.raises(ServiceUnavailable):
        parts.platform_keys.find(hanging.url, kid)
    assert hanging.fetches == 1
    hanging.delay = 0.0
    clock.now += FAILED_FOR
    assert launch(browser).status_code == 303


def test_who_comes_while_a_fetch_hangs_does_not_wait_for_it_again(
    browser: Browser, parts: Wiring, hanging: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    kid = browser.lms.signer.kid
    with fetching(parts, hanging) as fetcher:
        assert seconds_of(lambda: parts.platform_keys.find(hanging.url, kid)) >= 0.5
        monkeypatch.setattr(platform_keys, "LONGEST_WAIT", 30.0)
        assert code_of(launch(browser)) == "keys_unavailable"
        assert fetcher.is_alive()


def test_keys_that_are_known_are_not_waited_for(
    browser: Browser, parts: Wiring, hanging: KeySet, clock: Clock
) -> None:
    hanging.delay = 0.0
    assert launch(browser).status_code == 303
    clock.forward(seconds=61)
    hanging.delay = 3.0
    with fetching(parts, hanging) as fetcher:
        assert launch(browser).status_code == 303
        assert fetcher.is_alive()


def test_keys_that_another_process_brings_meanwhile_are_taken(
    browser: Browser, parts: Wiring, hanging: KeySet, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_keys, "LONGEST_WAIT", 1.0)
    kid = browser.lms.signer.kid
    elsewhere = PlatformKeys(parts.store, parts.http, clock)
    with fetching(parts, hanging):
        hanging.delay = 0.0
        bringing = threading.Timer(0.2, elsewhere.find, (hanging.url, kid))
        bringing.start()
        assert parts.platform_keys.find(hanging.url, kid) is not None
        bringing.join()


def test_a_fetch_that_others_gave_up_and_that_succeeds_is_nobodys_failure(
    browser: Browser, parts: Wiring, hanging: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_keys, "LONGEST_FETCH", 5.0)
    hanging.delay = 1.0
    kid = browser.lms.signer.kid
    found = at_once(lambda: parts.platform_keys.find(hanging.url, kid))
    assert sorted(type(each).__name__ for each in found)[1:] == ["ServiceUnavailable"] * 5
    assert launch(browser).status_code == 303
    assert hanging.fetches == 1


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


def test_keys_that_grew_old_serve_while_the_platform_gives_none(
    browser: Browser, published: KeySet, clock: Clock
) -> None:
    assert launch(browser).status_code == 303
    clock.now += MAX_AGE
    published.error = Response(status=503)
    assert launch(browser).status_code == 303
    assert launch(browser).status_code == 303, "and in the moment for which the failure is kept"
    clock.now += LAST_AGE - MAX_AGE
    assert code_of(launch(browser)) == "keys_unavailable"


def test_of_two_keys_with_one_kid_the_first_counts(
    browser: Browser, published: KeySet, other: Signer
) -> None:
    kid = browser.lms.signer.kid
    published.publish(browser.lms.signer)
    published.keys.append(other.jwks()["keys"][0] | {"kid": kid})
    assert launch(browser).status_code == 303
    assert code_of(launch(browser, other, kid=kid)) == "token_signature"
    assert published.fetches == 1
