"""The OIDC third-party login initiation (Security Framework 1.0 §5.1.1.1) on PyLTI1p3's ``OIDCLogin``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.request import Request

from lti_app.errors import LtiError
from lti_app.services.lti.addresses import LAUNCH_PATH, check_target
from lti_app.services.lti.state import LoginState, StateSigner
from lti_app.services.lti.tool_config import DirectoryToolConf

MAX_TARGET = 200  # characters of a frame's name


class ParamsRequest(Request):
    """The parameters of a request, for PyLTI1p3; it sees neither cookies nor a session of ours."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self._params = params

    @property
    def session(self) -> dict[str, object]:
        return {}

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        return self._params.get(key, "")


class LoginAnswer(NamedTuple):
    """Where to send the browser, and the cookie that will prove it is the same one."""

    url: str
    state_text: str
    state: LoginState
    cookie_value: str


class Login(OIDCLogin):
    """A login initiation whose state is signed and bound to the browser (see ``state``)."""

    def __init__(
        self,
        params: Mapping[str, str],
        tool_conf: DirectoryToolConf,
        signer: StateSigner,
        public_url: str,
    ) -> None:
        super().__init__(ParamsRequest(params), tool_conf, None, None)
        self._params = params
        self._signer = signer
        self._public_url = public_url

    def _get_request_param(self, key: str) -> str:
        return self._params.get(key, "")

    def get_redirect(self, url: str) -> Redirect:
        """Abstract in the library; only its own flow calls it, and ours goes by ``answer``."""
        raise NotImplementedError("the view redirects")  # pragma: no cover

    def answer(self) -> LoginAnswer:
        """The platform's authentication address with our request in its query.

        Raises ``PlatformClosed``, and ``LtiError``: ``missing_parameter``, ``unknown_platform``, ``unknown_client`` or
        ``target_refused``.
        """
        for name in ("iss", "login_hint", "target_link_uri"):
            if not self._get_request_param(name):
                raise LtiError("missing_parameter", name)
        target = self._get_request_param("target_link_uri")
        check_target(target, self._public_url)
        platform = self._tool_config.platform(
            self._get_request_param("iss"), self._get_request_param("client_id") or None
        )
        text, state, browser = self._signer.issue(
            platform.id,
            target,
            self._get_request_param("lti_deployment_id"),
            self._get_request_param("lti_storage_target")[:MAX_TARGET],
        )
        hints = {"login_hint": self._get_request_param("login_hint")}
        if hint := self._get_request_param("lti_message_hint"):
            hints["lti_message_hint"] = hint
        begun = _request(
            platform.auth_login_url, platform.client_id, self._public_url + LAUNCH_PATH
        )
        url = f"{begun}&state={text}&nonce={state.nonce}&{urlencode(hints)}"
        return LoginAnswer(url, text, state, browser)


@lru_cache(maxsize=256)
def _request(url: str, client_id: str, redirect_uri: str) -> str:
    """The authentication request (OpenID Connect Core §3.2.2.1) as far as it is the same for every login: the
    platform's address, with these parameters after whatever query it already has."""
    params = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
    }
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *params.items()])
    return urlunsplit(parts._replace(query=query, fragment=""))
