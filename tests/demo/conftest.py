"""An LMS set up as the recorded Moodle was, and a tool's way to call its services."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, jsonify
from jwt.algorithms import RSAAlgorithm
from werkzeug.test import TestResponse

from lti_app.demo import Lms, create_lms, listen, serve
from lti_app.demo import vocabulary as v
from lti_app.demo.claims import permitted_scopes
from tests.demo.recorded import recorded_config


class Clock:
    """Unix time that only the test moves."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lms(clock: Clock) -> Iterator[Lms]:
    """The recorded Moodle's twin, in memory, on a clock of the test's."""
    lms = create_lms(recorded_config(), clock)
    yield lms
    lms.store.close()


class Services:
    """Calls to services.php with a good token, as a tool's HTTP library makes them."""

    def __init__(self, lms: Lms) -> None:
        self.lms = lms
        self.client = lms.test_client()
        self.token = self.grant(*permitted_scopes(lms.store.tools()[0]))

    def grant(self, *scopes: str) -> str:
        """A bearer token for the first tool."""
        return self.lms.store.new_token(1, scopes, int(self.lms.clock()) + 3600)

    def call(
        self,
        method: str,
        path: str,
        *,
        accept: str = "*/*",
        content_type: str | None = None,
        json: Any = None,
        data: str | bytes | None = None,
        token: str | None = None,
    ) -> TestResponse:
        """One call; `path` follows services.php."""
        headers = {"Accept": accept, "Authorization": f"Bearer {token or self.token}"}
        if content_type:
            headers["Content-Type"] = content_type
        if json is not None:
            data = self.lms.json.dumps(json)
        return self.client.open(
            f"/mod/lti/services.php{path}",
            method=method,
            headers=headers,
            data=data,
            base_url=self.lms.issuer,
        )

    def score(self, item: int, **body: Any) -> TestResponse:
        """One score: complete unless a field is given, left out when given as `...`."""
        full = {
            "userId": "5",
            "scoreGiven": 15,
            "scoreMaximum": 20,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": self.at(0),
            **body,
        }
        return self.call(
            "POST",
            f"/2/lineitems/{item}/lineitem/scores?type_id=1",
            content_type=v.SCORE_TYPE,
            json={name: value for name, value in full.items() if value is not ...},
        )

    def at(self, seconds: float) -> str:
        """The LMS's time plus some seconds, as ISO 8601."""
        moment = datetime.fromtimestamp(self.lms.clock() + seconds, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def services(lms: Lms) -> Services:
    return Services(lms)


class ToolKeys:
    """A tool's key pair and its published key set, behind a real HTTP server."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = "tool-key-1"
        self.fetched = 0
        self.url = ""
        self.app = Flask("tool")
        self.app.add_url_rule("/jwks", "jwks", self._jwks)

    def _jwks(self) -> Any:
        self.fetched += 1
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return jsonify(keys=[{**public, "kid": self.kid, "alg": "RS256", "use": "sig"}])

    def sign(self, claims: dict[str, Any], *, header: dict[str, Any] | None = None) -> str:
        """A JWT signed with the tool's key."""
        named = {"kid": self.kid} if header is None else header
        return jwt.encode(claims, self.key, algorithm="RS256", headers=named)


@pytest.fixture(scope="session")
def tool_keys() -> Iterator[ToolKeys]:
    keys = ToolKeys()
    with listen() as door, serve(keys.app, door):
        keys.url = f"{door.url}/jwks"
        yield keys


LogIn = Callable[[int], Any]


@pytest.fixture
def browser(lms: Lms) -> LogIn:
    """A browser (test client) in which a person was chosen on the home page."""

    def log_in(user_id: int) -> Any:
        client = lms.test_client()
        answer = client.post("/login/index.php", data={"user": user_id})
        assert answer.status_code == 302
        return client

    return log_in
