"""How the embedded LMS is set up, and when it refuses to start.

It has no passwords (whoever opens it chooses who to be), so it may only ever be reached
from the machine it runs on, and only when someone asked for a demo or a test.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from lti_app.demo.model import Seed, Tool
from lti_app.demo.seed import DEMO_SEED


class StartRefusedError(RuntimeError):
    """The embedded LMS was asked to run where it must not."""


def is_loopback(host: str | None) -> bool:
    """Whether `host` (a name or an address, no port) can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class LmsConfig:
    """Settings of one embedded LMS.

    `issuer` is its own URL, without a slash at the end; `tool_url` the tool's, on another
    site (`localhost`) so that frames are cross-site as in real life. The three tool
    addresses follow from `tool_url` when left empty. `deployment_id` is a number written
    as text, as Moodle's. `deep_linking_url` is the tool's address for choosing content (empty:
    the course page offers no « Ajouter une activité »), `registration_url` the one suggested
    to the administrator. `with_tool=False` starts without any tool known. `database` is an SQLite file, None for memory. `timezone` is the
    site's: times without a zone are read in it. `signing_key` is used instead of one of its own.

    Raises `StartRefusedError` unless `enabled`, `purpose` is « demo » or « tests », and both
    URLs are on the loopback interface.
    """

    issuer: str
    tool_url: str
    client_id: str = "DemoClient00001"
    deployment_id: str = "1"
    database: Path | None = None
    enabled: bool = False
    purpose: Literal["demo", "tests", ""] = ""
    initiate_login_uri: str = ""
    redirect_uris: tuple[str, ...] = ()
    tool_jwks_url: str = ""
    target_link_uri: str = ""
    deep_linking_url: str = ""
    registration_url: str = ""
    tool_name: str = "Compétences"
    custom_parameters: Mapping[str, str] = field(default_factory=dict)
    gradesync: int = 2
    memberships: bool = True
    toolsettings: bool = False
    send_name: bool = True
    send_email: bool = True
    with_tool: bool = True
    site_shortname: str = "demo"
    site_fullname: str = "Lycée de démonstration"
    guid: str = ""
    locale: str = "fr"
    timezone: str = "Europe/Paris"
    launch_container: Literal[2, 3, 4, 5] = 3
    signing_key: rsa.RSAPrivateKey | None = None
    seed: Seed = DEMO_SEED

    def __post_init__(self) -> None:
        if not self.enabled or self.purpose not in ("demo", "tests"):
            raise StartRefusedError(
                "The embedded LMS has no passwords. It starts only for a demo or for tests: "
                "enabled=True and purpose='demo' or 'tests'."
            )
        for name, url in (("issuer", self.issuer), ("tool_url", self.tool_url)):
            if not is_loopback(urlsplit(url).hostname):
                raise StartRefusedError(f"{name} must be on this machine (127.0.0.1): {url}")

    def tool(self) -> Tool:
        """The tool the LMS knows from the start."""
        base = self.tool_url.rstrip("/")
        target = self.target_link_uri or f"{base}/lti/launch"
        return Tool(
            id=int(self.deployment_id),
            name=self.tool_name,
            client_id=self.client_id,
            tool_url=target,
            initiate_login_uri=self.initiate_login_uri or f"{base}/lti/login",
            redirect_uris=self.redirect_uris or (target,),
            jwks_url=self.tool_jwks_url or f"{base}/lti/jwks",
            deep_linking_url=self.deep_linking_url,
            custom=self.custom_parameters,
            domain=urlsplit(base).netloc,
            gradesync=self.gradesync,
            memberships=self.memberships,
            toolsettings=self.toolsettings,
            send_name=self.send_name,
            send_email=self.send_email,
        )

    def site_guid(self) -> str:
        """The `tool_platform.guid`: as in Moodle, an MD5 that identifies the site."""
        if self.guid:
            return self.guid
        return hashlib.md5(self.issuer.encode(), usedforsecurity=False).hexdigest()
