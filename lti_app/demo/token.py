"""The access token endpoint, token.php (1EdTech Security Framework 1.0, section 4.1).

Moodle's answers to the letter: JSON under the content type text/html, no leeway on times,
`iss`, `aud` and `jti` unchecked, unknown scopes dropped in silence, and an invalid JSON body
for an unknown key.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import jwt
import requests
from flask import Blueprint, Response, request

from lti_app.demo.claims import permitted_scopes
from lti_app.demo.lms import ACCESS_TOKEN_LIFE, Lms
from lti_app.demo.model import Tool

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FETCH_TIMEOUT = (2, 5)


class RefusedError(Exception):
    """The request is answered with this `error`."""


class KeySets:
    """The tools' public keys, kept by client; fetched again whenever a check fails."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}

    def verified(self, tool: Tool, token: str, now: float) -> dict[str, Any]:
        """Claims of a tool's JWT. Raises `RefusedError` with Moodle's wording."""
        kept = self._kept.get(tool.client_id)
        if kept is not None:
            try:
                return _checked(token, kept, now)
            except RefusedError:
                pass
        try:
            answer = requests.get(tool.jwks_url, timeout=FETCH_TIMEOUT)
            answer.raise_for_status()
            fresh: dict[str, Any] = answer.json()
        except (requests.RequestException, ValueError) as exception:
            raise RefusedError("Failed to fetch the tool's keys") from exception
        self._kept[tool.client_id] = fresh
        return _checked(token, fresh, now)


def blueprint(lms: Lms, key_sets: KeySets) -> Blueprint:
    """The token endpoint of one LMS."""
    routes = Blueprint("token", __name__)

    @routes.route("/mod/lti/token.php", methods=["GET", "POST"])
    def token() -> Response:
        try:
            tool = _client(lms, key_sets)
            wanted = request.form["scope"].split(" ")
            granted = [scope for scope in wanted if scope in permitted_scopes(tool)]
            if not granted:
                raise RefusedError("invalid_scope")
        except RefusedError as refusal:
            # Moodle pastes the message between quotes without escaping it
            return _answer(f'{{\r\n  "error" : "{refusal}"\r\n}}', 400)
        expires = int(lms.clock()) + ACCESS_TOKEN_LIFE
        body = {
            "access_token": lms.store.new_token(tool.id, granted, expires),
            "token_type": "Bearer",
            "expires_in": ACCESS_TOKEN_LIFE,
            "scope": " ".join(granted),
        }
        return _answer(json.dumps(body), 200)

    return routes


def _answer(body: str, status: int) -> Response:
    return Response(body, status, content_type="text/html; charset=utf-8")


def _client(lms: Lms, key_sets: KeySets) -> Tool:
    names = ("client_assertion", "client_assertion_type", "grant_type", "scope")
    if request.method != "POST" or not all(request.form.get(name) for name in names):
        raise RefusedError("invalid_request")
    if (
        request.form["client_assertion_type"] != ASSERTION_TYPE
        or request.form["grant_type"] != "client_credentials"
    ):
        raise RefusedError("unsupported_grant_type")
    assertion = request.form["client_assertion"]
    try:
        subject = jwt.decode(assertion, options={"verify_signature": False}).get("sub")
    except jwt.PyJWTError as exception:
        raise RefusedError("invalid_request") from exception
    if not subject:
        raise RefusedError("invalid_request")
    tool = lms.store.tool_of_client(str(subject))
    if tool is None:
        raise RefusedError("invalid_client")
    key_sets.verified(tool, assertion, lms.clock())
    return tool


def _checked(token: str, key_set: dict[str, Any], now: float) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as exception:
        raise RefusedError("Wrong number of segments") from exception
    kid = header.get("kid")
    if not kid:
        raise RefusedError("error/Error: kid must be provided in JWT header.")
    key = next((key for key in key_set.get("keys", []) if key.get("kid") == kid), None)
    if key is None:
        raise RefusedError('"kid" invalid, unable to lookup correct key')
    if header.get("alg") != "RS256":
        raise RefusedError("Incorrect key for this algorithm")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK.from_dict(key).key,
            algorithms=["RS256"],
            options={
                "verify_aud": False,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "verify_sub": False,
                "verify_jti": False,
                "verify_iss": False,
            },
        )
    except jwt.PyJWTError as exception:
        raise RefusedError("Signature verification failed") from exception
    issued, expires = claims.get("iat"), claims.get("exp")
    if isinstance(issued, int | float) and issued > now:
        moment = datetime.fromtimestamp(issued, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        raise RefusedError(f"Cannot handle token with iat prior to {moment}")
    if isinstance(expires, int | float) and now >= expires:
        raise RefusedError("Expired token")
    return claims
