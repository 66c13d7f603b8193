"""Origins of addresses that others hand us, as a content policy lists them (CSP 3 §2.3.1)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

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
