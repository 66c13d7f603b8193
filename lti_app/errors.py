"""Every failure the product raises on purpose, as one tree.

::

    CompetencesError
    ├── SettingsError              a setting is missing or wrong; names the variable
    ├── LtiError                   a login or launch that must not go on; has a stable ``code``
    │   └── PlatformClosed         its platform is switched off here, or not yet approved
    ├── ServiceError               an LMS's web service did not do what was asked
    │   ├── ServiceUnavailable     no answer, a broken answer, 408, 429 or 5xx: trying again may help
    │   │   └── CircuitOpen        not called: the platform did not answer a moment ago
    │   ├── ServiceRefused         400, 403, 404, 409, 422: the same call will be refused again
    │   │   ├── TokenRefused       no access token: the platform does not accept our key or client
    │   │   │   └── ScopeMissing   a token, but not for what the call needs
    │   │   └── MoodleRefused      a Moodle web service's own error, told inside an HTTP 200
    │   └── AddressRefused         a URL that must never be called (see clients.url_policy)
    │       └── AddressUnknown     its host has no address just now
    ├── InputError                 what a person typed or posted is wrong; has a French sentence
    ├── NotFound                   not in the launch's course
    ├── Forbidden                  not for the launch's roles
    └── SessionExpired             no valid launch session in this browser

``views.errors`` maps them to pages and statuses; nothing else does.
"""

from __future__ import annotations


class CompetencesError(Exception):
    """Base of every exception raised on purpose by the product."""


class SettingsError(CompetencesError):
    """A setting is missing or wrong. The message names the variable, its value and what is right."""


class LtiError(CompetencesError):
    """A login initiation or launch that must not go on.

    ``code`` is the stable key of the page's text (``views.errors``); ``detail`` is for the log and
    holds neither a token nor a name.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class PlatformClosed(LtiError):
    """The platform is switched off here, or not yet approved: its ``status``. Its own pages, of these ``origins``,
    may frame the page that says so, and no other page of ours. ``kept`` is None at a launch; in a session it says
    that what the request brought waits for the next one.
    """

    def __init__(self, platform_id: int, status: str, origins: frozenset[str]) -> None:
        super().__init__(f"platform_{status}", f"platform {platform_id}")
        self.origins = origins
        self.kept: bool | None = None


class InputError(CompetencesError):
    """Something a person sent is wrong. The message is a sentence shown to them as it is, in their language on
    a page; for a command it is French, with ``english`` beside it."""

    def __init__(self, message: str = "", english: str = "") -> None:
        super().__init__(message)
        self.english = english or message


class ServiceError(CompetencesError):
    """An LMS's service did not do what was asked.

    ``status`` is the HTTP status (``None`` without an answer); ``reason`` is the explanation found in
    the body or, at Moodle's score service, in the reason phrase only. ``retry_after`` is in seconds.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        reason: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


class ServiceUnavailable(ServiceError):
    """No answer, a broken one, 401 before a fresh token was tried, 408, 429 or 5xx: a later try may
    succeed."""


class CircuitOpen(ServiceUnavailable):
    """The platform was not called, because it did not answer a moment ago (services.platforms.circuit)."""


class ServiceRefused(ServiceError):
    """A 4xx that the same request would meet again; also a 401 to a fresh token, which may yet pass."""


class TokenRefused(ServiceRefused):
    """The platform's token endpoint refused us; ``reason`` is its OAuth error (RFC 6749 §5.2)."""


class ScopeMissing(TokenRefused):
    """The platform gives us a token, but not for what the call needs: without ``scopes``."""

    def __init__(self, message: str, scopes: frozenset[str]) -> None:
        super().__init__(message, reason="invalid_scope")
        self.scopes = scopes


class MoodleRefused(ServiceRefused):
    """A Moodle web service's error, which it tells inside an HTTP 200.

    ``errorcode`` is Moodle's stable key (``accessexception``, ``nopermissions``…; empty for an error of
    PHP itself), ``function`` the web-service function, ``reason`` Moodle's sentence in the
    language of the token's user.
    """

    def __init__(self, function: str, errorcode: str, reason: str) -> None:
        super().__init__(f"{function}: {errorcode or 'error'}: {reason}", status=200, reason=reason)
        self.function = function
        self.errorcode = errorcode


class AddressRefused(ServiceError):
    """The URL is not one the product may call: scheme, host or address (see ``clients.url_policy``). The
    message is English, for logs; ``french`` says the same."""

    def __init__(self, message: str, french: str = "") -> None:
        super().__init__(message)
        self.french = french or message


class AddressUnknown(AddressRefused):
    """The host of the URL has no address, or nobody tells it: a name server that fails says the same. In what
    somebody typed it is a mistake; a call takes it for a platform that is not there (``clients.http``)."""


class NotFound(CompetencesError):
    """What was asked for does not exist in the launch's course: a 404, whoever else owns it."""


class Forbidden(CompetencesError):
    """The launch's roles do not admit this page: a 403."""


class SessionExpired(CompetencesError):
    """No valid launch session for this address in this browser: launch again from the LMS.

    ``kept`` says that what the request brought waits for that launch; ``return_url`` is where the ended session
    came from, if it is known.
    """

    def __init__(self, sid: str, *, kept: bool = False, return_url: str | None = None) -> None:
        super().__init__(sid)
        self.kept = kept
        self.return_url = return_url
