"""Which addresses the product may call: every URL a platform hands us is judged here first.

https only, no user name in the address, and no private, loopback or link-local address after DNS:
a platform (or whoever poses as one) must not make this server read its own network (SSRF). A lab on
a test network (``COMPETENCES_LAB=1``) admits http and private addresses.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from lti_app.errors import AddressRefused, AddressUnknown


def check_url(url: str, *, lab: bool) -> None:
    """Raises ``AddressRefused`` saying which part of the URL is not allowed; ``AddressUnknown`` is the one of a
    host whose address cannot be found out."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise AddressRefused(
            f"{url!r} is not a URL: {error}", f"« {url} » n’est pas une adresse"
        ) from error
    host = parts.hostname
    if parts.scheme not in ("https", "http") or not host:
        raise AddressRefused(
            f"{url!r} is not an https URL", f"« {url} » n’est pas une adresse en https"
        )
    if parts.username is not None or parts.password is not None or "\\" in url:
        raise AddressRefused(
            f"{url!r} holds a user name or a backslash",
            f"« {url} » contient un nom d’utilisateur ou une barre oblique inverse",
        )
    if lab:
        return
    if parts.scheme != "https":
        raise AddressRefused(f"{url!r} is not https", f"« {url} » n’est pas en https")
    for address in _addresses(host, port):
        if not is_public(address):
            raise AddressRefused(
                f"{host} is at {address}, inside a private network",
                f"{host} est à l’adresse {address}, dans un réseau privé",
            )


def is_public(address: str) -> bool:
    """Whether an IP address stands for one machine out on the Internet."""
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return found.is_global and not found.is_multicast


def _addresses(host: str, port: int) -> set[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise AddressUnknown(
            f"{host} has no address: {error}", f"{host} n’a pas d’adresse : {error}"
        ) from error
    return {str(entry[4][0]).split("%")[0] for entry in found}
