"""One-time tickets: a launch that was proven in a frame without cookies goes on in a new tab.

A ticket names a launch session and holds its first secret; using it gives the session another one, in the
same statement that checks the first, so it serves once. It never travels in an address: whoever could
make somebody open one would log them in as somebody else (login CSRF). See ``views.lti_storage``.
"""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadSignature, SignatureExpired

from lti_app.errors import LtiError
from lti_app.services.sealed import Seal

LIFETIME = 600  # seconds between the launch and the click that opens the tab


@dataclass(frozen=True, slots=True)
class Ticket:
    """A session, its first secret, and the page to open: a path of ours."""

    session_id: str
    secret: str
    path: str


class TicketSigner:
    """Makes tickets and reads them back."""

    def __init__(self, secret_key: str) -> None:
        self._seal = Seal(secret_key, "lti-ticket")

    def issue(self, ticket: Ticket) -> str:
        return self._seal.dumps([ticket.session_id, ticket.secret, ticket.path])

    def read(self, text: str) -> Ticket:
        """Raises ``LtiError``: ``ticket_expired`` or ``ticket_invalid``."""
        try:
            return Ticket(*self._seal.loads(text, max_age=LIFETIME))
        except SignatureExpired as error:
            raise LtiError("ticket_expired") from error
        except (BadSignature, TypeError) as error:
            raise LtiError("ticket_invalid") from error
