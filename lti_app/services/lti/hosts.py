"""Which hosts are a platform's own: those of its registered addresses and of its further origins.

A launch hands us addresses of services. One on another host would send our access token, and our
requests, to whoever wrote it there (SSRF), so it counts as not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from lti_app import logs
from lti_app.models import Platform


@dataclass(frozen=True, slots=True)
class OwnHosts:
    """Host and port of every registered address."""

    netlocs: frozenset[str]

    def own(self, url: str | None) -> str | None:
        """The URL if it is on one of the hosts, else None, with a line in the log."""
        if not url:
            return None
        try:
            netloc = urlsplit(url).netloc.lower()
        except ValueError:
            netloc = ""
        if netloc in self.netlocs:
            return url
        logs.event("service address on a foreign host", host=netloc[:200])
        return None


def own_hosts(platform: Platform) -> OwnHosts:
    """The platform's hosts."""
    urls = [platform.issuer, platform.auth_login_url, platform.auth_token_url, platform.jwks_url]
    urls += platform.origins.split()
    return OwnHosts(frozenset(urlsplit(url).netloc.lower() for url in urls))
