"""Validation of the id_token (Security Framework 1.0 §5.1.3) on PyLTI1p3's ``MessageLaunch``.

The order matters: state and browser first, then the signature, and only a token that is genuine in
every respect may consume its nonce (``entering`` does so in the launch's own transaction).
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any, cast

import requests
from jwt.algorithms import RSAAlgorithm
from pylti1p3.cookie import CookieService
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.session import SessionService

from lti_app.clients import foreign_json
from lti_app.errors import LtiError, ServiceError
from lti_app.models import Platform
from lti_app.services.lti.addresses import check_target
from lti_app.services.lti.login import ParamsRequest
from lti_app.services.lti.message import CLAIM
from lti_app.services.lti.state import LoginState, StateSigner
from lti_app.services.lti.tool_config import DirectoryToolConf
from lti_app.services.platforms.platform_keys import PlatformKeys

LEEWAY = 60  # seconds two clocks may differ
MAX_AGE = 600  # seconds a token may be old, whatever its exp says
MAX_TOKEN = 64 * 1024  # characters; Moodle's are about 7,000
PLAIN_BASE64 = bytes.maketrans(b"-_+/=", b"+/???")
"""A token's base64 (RFC 7515 §2) as the plain one: 62 and 63 are written otherwise, and padding is none of it."""
PADDING = (b"", b"???", b"==", b"=")
"""By the characters beyond the last four; one alone says no byte."""
RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)
_NO_CALLS = cast(requests.Session, object())
"""PyLTI1p3 calls nobody by itself: keys come from ``PlatformKeys``, through ``clients.http``."""


class BrowserCookies(CookieService):
    """No cookies for PyLTI1p3: ``state`` reads the only one that counts."""

    def get_cookie(self, name: str) -> str | None:
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        return None


_NO_PARAMS = ParamsRequest({})
_NO_SESSION, _NO_COOKIES = SessionService(_NO_PARAMS), BrowserCookies()
"""All that it would read by itself comes from ``Launch``, or from nowhere."""


class Launch(MessageLaunch):
    """One POST to the launch address. ``validate()`` raises ``LtiError`` or leaves a genuine message in
    ``claims``, ``platform`` and ``state``."""

    platform: Platform
    state: LoginState

    def __init__(
        self,
        form: Mapping[str, str],
        cookies: Mapping[str, str],
        *,
        tool_conf: DirectoryToolConf,
        signer: StateSigner,
        platform_keys: PlatformKeys,
        public_url: str,
        now: float,
    ) -> None:
        super().__init__(
            _NO_PARAMS,
            tool_conf,
            _NO_SESSION,
            _NO_COOKIES,
            requests_session=_NO_CALLS,  # else PyLTI1p3 builds one a launch
        )
        self.set_auto_validation(False)  # ``validate`` is called once, by the view
        self._form = form
        self._cookies = cookies
        self._signer = signer
        self._platform_keys = platform_keys
        self._public_url = public_url
        self._now = now

    @property
    def claims(self) -> dict[str, Any]:
        return cast(dict[str, Any], self._jwt["body"])

    def _get_request_param(self, key: str) -> str:
        return self._form.get(key, "")

    def validate(self) -> Launch:
        """Every check, in order. Raises ``LtiError`` with the code of the first that fails."""
        self.validate_platform_answer()
        self.validate_state()
        self.validate_jwt_format()
        self.validate_registration()
        self.validate_jwt_signature()
        self.validate_times()
        self.validate_nonce()
        self.validate_deployment()
        self.validate_message()
        self._validated = True
        return self

    def validate_platform_answer(self) -> None:
        """An ``error`` instead of a token, as OpenID Connect Core §3.1.2.6 has it."""
        if error := self._form.get("error"):
            code = "access_denied" if error == "access_denied" else "login_error"
            raise LtiError(code, error[:100])

    def validate_state(self) -> Launch:
        self.state = self._signer.read(self._form.get("state", ""), self._cookies)
        return self

    def validate_jwt_format(self) -> Launch:
        token = self._form.get("id_token", "")
        if not token:
            raise LtiError("token_missing")
        raw = token.encode("ascii", "replace")
        parts = raw.translate(PLAIN_BASE64).split(b".")
        if len(parts) != 3 or len(raw) > MAX_TOKEN:
            raise LtiError("token_malformed", f"{len(parts)} parts, {len(raw)} characters")
        try:
            header, body, self._signature = (
                a2b_base64(part + PADDING[len(part) % 4], strict_mode=True) for part in parts
            )
            (header, _), (body, storable) = (
                foreign_json.read(part.decode()) for part in (header, body)
            )
        except (ValueError, RecursionError) as error:
            raise LtiError("token_malformed", type(error).__name__) from error
        self._signed = raw[: raw.rindex(b".")]
        if not isinstance(header, dict) or not isinstance(body, dict):
            raise LtiError("token_malformed", "not JSON objects")
        if not storable:
            raise LtiError("token_malformed", "NUL or half a character in a text")
        self._jwt = {"header": header, "body": body}  # type: ignore[typeddict-item]
        return self

    def validate_registration(self) -> Launch:
        """The token's issuer and audience against the platform that the state was made for.

        OpenID Connect Core §3.1.3.7: several audiences need an ``azp``, and an ``azp`` must be us.
        """
        claims = self._jwt["body"]
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        issuer = claims.get("iss")
        if not isinstance(issuer, str):
            raise LtiError("token_malformed", "iss")
        self.platform = self._tool_config.platform(issuer, platform_id=self.state.platform_id)
        client_id = self.platform.client_id
        if client_id not in audiences:
            raise LtiError("token_audience", "aud is not our client_id")
        azp = claims.get("azp")
        if (len(audiences) > 1 or azp is not None) and azp != client_id:
            raise LtiError("token_audience", "azp is not our client_id")
        return self

    def validate_jwt_signature(self) -> Launch:
        """RS256 with a key that the platform publishes at its registered address, and no other.

        PyJWT's algorithm alone: the parts are split and decoded here already, and its ``decode`` would do
        both again, character by character.
        """
        header = self._jwt["header"]
        kid = header.get("kid")
        if "crit" in header:  # RFC 7515 §4.1.11: we know no extension that could be critical
            raise LtiError("token_signature", "crit")
        if header.get("alg") != "RS256" or not isinstance(kid, str):
            raise LtiError("token_signature", f"alg {header.get('alg')!r}"[:60])
        try:
            key = self._platform_keys.find(self.platform.jwks_url, kid)
        except ServiceError as error:
            raise LtiError("keys_unavailable", str(error)) from error
        if key is None:
            raise LtiError("token_signature", "the platform publishes no such kid")
        if not RS256.verify(self._signed, key, self._signature):
            raise LtiError("token_signature", "not signed by that key")
        return self

    def validate_times(self) -> None:
        """``exp`` and ``iat`` are required, with a minute for clocks that differ."""
        expires, issued = self._time("exp"), self._time("iat")
        if not expires > self._now - LEEWAY:
            raise LtiError("token_expired", f"{self._now - expires:.0f} s ago")
        if not issued <= self._now + LEEWAY:
            raise LtiError("token_not_yet", f"{issued - self._now:.0f} s ahead")
        if not issued > self._now - MAX_AGE - LEEWAY:
            raise LtiError("token_expired", "issued too long ago")

    def _time(self, claim: str) -> float:
        value = self.claims.get(claim)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise LtiError("token_malformed", f"{claim} must be a number")
        try:
            return float(value)
        except OverflowError as error:
            raise LtiError("token_malformed", f"{claim} is out of range") from error

    def validate_nonce(self) -> Launch:
        if self._jwt["body"].get("nonce") != self.state.nonce:
            raise LtiError("token_nonce")
        return self

    @property
    def deployment_id(self) -> Any:
        """What the platform says it is; a text, if it is right."""
        return self._jwt["body"].get(CLAIM + "deployment_id")

    def validate_deployment(self) -> Launch:
        deployment_id = self.deployment_id
        if not isinstance(deployment_id, str) or not deployment_id:
            raise LtiError("message_invalid", "deployment_id is missing")
        if self.state.deployment_id and deployment_id != self.state.deployment_id:
            raise LtiError("unknown_deployment", "not the one of the login")
        known = {item.deployment_id for item in self.platform.deployments}
        if not known:
            return self  # registered without one: ``entering`` keeps the first that it signs for
        if deployment_id not in known:
            raise LtiError("unknown_deployment", repr(deployment_id)[:80])
        return self

    def validate_message(self) -> Launch:
        """PyLTI1p3's own checks by message type, and that the target is one of our addresses."""
        claims = self._jwt["body"]
        try:
            super().validate_message()
        except (LtiException, AttributeError, TypeError) as error:
            code = "message_unsupported" if "Unrecognized" in str(error) else "message_invalid"
            raise LtiError(code, str(error)[:200]) from error
        target = claims.get(CLAIM + "target_link_uri")
        if not isinstance(target, str):
            raise LtiError("message_invalid", "target_link_uri is missing")
        check_target(target, self._public_url)
        if target != self.state.target_link_uri:
            raise LtiError("target_refused", "not the one of the login")
        return self
