"""What a token's Moodle says of itself: its version, and the functions the token may call."""

from __future__ import annotations

from dataclasses import dataclass

from lti_app.clients.moodle_ws import BATCH, MoodleWs
from lti_app.errors import MoodleRefused


@dataclass(frozen=True, slots=True)
class Site:
    """``functions`` are the names the token's service has; ``release`` reads ``4.5.6 (Build: …)``."""

    name: str
    url: str
    release: str
    functions: frozenset[str]
    competencies: bool

    def missing(self, functions: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the functions that the token may not call, in their order."""
        return tuple(name for name in functions if name not in self.functions)


def read_site(ws: MoodleWs) -> Site:
    """Raises ``MoodleRefused`` when the token is no good or its service has not this function."""
    info = ws.call("core_webservice_get_site_info")
    features = {one["name"]: one["value"] for one in info.get("advancedfeatures", [])}
    return Site(
        name=info["sitename"],
        url=info["siteurl"],
        release=info.get("release") or "",
        functions=frozenset(one["name"] for one in info["functions"]),
        competencies=bool(features.get("enablecompetencies", 1)),
    )


def tuned(ws: MoodleWs) -> MoodleWs:
    """The same door, several calls in one request if this Moodle allows it."""
    try:
        site = read_site(ws)
    except MoodleRefused as error:
        if error.errorcode != "accessexception":
            raise
        return ws  # the service lacks get_site_info: no reason to stop
    ws.batches = BATCH in site.functions
    return ws
