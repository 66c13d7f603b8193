"""One finding of the doctor, and the pages of Moodle's administration where things are mended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lti_app.errors import MoodleRefused, ServiceError
from lti_app.services.moodle.doctor_texts import advice, title

PAGES: Final[dict[str, str]] = {
    "services": "/admin/settings.php?section=externalservices",
    "features": "/admin/search.php?query=enablewebservices",
    "protocols": "/admin/settings.php?section=webserviceprotocols",
    "tokens": "/admin/webservice/tokens.php",
    "roles": "/admin/roles/manage.php",
    "competencies": "/admin/settings.php?section=competencysettings",
    "outcomes": "/admin/search.php?query=enableoutcomes",
    "tools": "/mod/lti/toolconfigure.php",
    "security": "/admin/settings.php?section=httpsecurity",
}
"""Where each thing is switched on (``admin/settings/*.php``, Moodle 4.5)."""


class State(StrEnum):
    """``advice``: works, but better mended. ``unknown``: nothing shows it from outside."""

    OK = "ok"
    MISSING = "missing"
    ADVICE = "advice"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """``kind`` says what was looked at, ``problem`` what was found: keys of ``doctor_texts``.

    ``url`` is the page where it is mended, ``values`` fill the blanks of the sentence.
    """

    kind: str
    state: State = State.OK
    problem: str = ""
    url: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def title(self, language: str) -> str:
        """What was looked at, in French or English."""
        return title(self.kind, language)

    def advice(self, language: str) -> str:
        """What was found and what to do; empty when there is nothing to say."""
        return advice(self.problem, language, dict(self.values)) if self.problem else ""


def reason(error: ServiceError) -> tuple[tuple[str, str], ...]:
    """What an error says, as values of a sentence; never a token."""
    code = error.errorcode if isinstance(error, MoodleRefused) else str(error.status or "")
    return (("code", code or "—"), ("reason", error.reason or str(error)))
