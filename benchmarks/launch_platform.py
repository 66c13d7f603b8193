"""The platform of the launch table: publishes its keys, after a delay if wanted, and signs Moodle's messages."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from lti_app.demo import LmsConfig, create_lms

KID = "platform-1"
TOOL_URL = "http://localhost:9"
PEOPLE = range(3, 38)
ACTIVITY = 1


class Platform:
    """An issuer with one key. ``delay`` is in seconds; ``fetches`` counts who asked for the keys."""

    def __init__(self, url: str, delay: float) -> None:
        self.url = url
        self.delay = delay
        self.fetches = 0
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        config = LmsConfig(
            issuer=url,
            tool_url=TOOL_URL,
            enabled=True,
            purpose="tests",
            initiate_login_uri=TOOL_URL + "/lti/login",
            redirect_uris=(TOOL_URL + "/lti/launch",),
            target_link_uri=TOOL_URL + "/lti/launch",
        )
        self.lms = create_lms(config)
        self.client_id = config.client_id
        self.deployment_id = config.deployment_id

    @property
    def jwks(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": KID, "alg": "RS256", "use": "sig"}]}

    def about(self) -> dict[str, Any]:
        """What a tool has to know of it."""
        return {
            "url": self.url,
            "client_id": self.client_id,
            "deployment_id": self.deployment_id,
            "jwks": self.jwks,
        }

    def login_form(self, person: int) -> dict[str, str]:
        return self.lms.launch_form(person, ACTIVITY)

    def token(self, person: int, nonce: str) -> str:
        """An id_token as Moodle's, about 4 kB."""
        claims = self.lms.launch_claims(person, ACTIVITY, nonce)
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KID})


@contextmanager
def serving(delay: float) -> Iterator[Platform]:
    """A platform whose keys are served over HTTP until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            platform.fetches += 1
            time.sleep(platform.delay)
            body = json.dumps(platform.jwks).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform = Platform(f"http://127.0.0.1:{server.server_port}", delay)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
