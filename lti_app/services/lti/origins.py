"""Origins of addresses that others hand us, as a content policy lists them (CSP 3 §2.3.1).

A platform's own origin is its issuer's. Some have their pages or services elsewhere (Canvas: one issuer for every
school); an administrator of ours names those, in ``Platform.origins``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from lti_app.clients.url_policy import check_url
from lti_app.errors import AddressRefused, InputError
from lti_app.models import Platform

NETLOC = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")


def origin(url: str) -> str:
    """Scheme, host and port; empty for what is no address in http or https, or would say more in a policy."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    netloc = parts.netloc.lower()
    if parts.scheme not in ("https", "http") or not NETLOC.fullmatch(netloc):
        return ""
    return f"{parts.scheme}://{netloc}"


def of_platform(platform: Platform) -> frozenset[str]:
    """Where the platform's own pages may be."""
    return frozenset({origin(platform.issuer), *platform.origins.split()} - {""})


def told(addresses: Iterable[str], *, lab: bool) -> str:
    """The origins of these addresses as they are stored. Raises ``InputError`` naming one that may not be called."""
    found: dict[str, None] = {}
    for address in addresses:
        try:
            check_url(address, lab=lab)
        except AddressRefused as error:
            raise InputError(error.french, str(error)) from error
        if not (home := origin(address)):
            raise InputError(
                f"« {address} » n’est pas une adresse", f"{address!r} is not an address"
            )
        found[home] = None
    return " ".join(found)
