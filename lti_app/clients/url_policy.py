"""Which addresses the product may call: every URL a platform hands us is judged here first.

https only, no user name in the address, and no private, loopback or link-local address after DNS:
a platform (or whoever poses as one) must not make this server read its own network (SSRF). A lab on
a test network (``COMPETENCES_LAB=1``) admits http and private addresses.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from lti_app.errors import AddressRefused, AddressUnknown

UNICAST = ipaddress.IPv6Network("2000::/3")  # all that IANA gives to machines on the Internet
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
PROTOCOLS = ipaddress.IPv4Network("192.0.0.0/24")  # RFC 6890; Python takes some of it for public


def check_url(url: str, *, lab: bool) -> None:
    """Raises ``AddressRefused`` saying which part of the URL is not allowed; ``AddressUnknown`` is the one of a
    host whose address cannot be found out. Their English says the URL as ``bare`` does."""
    shown = bare(url)
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise AddressRefused(
            f"{shown!r} is not a URL", f"« {url} » n’est pas une adresse"
        ) from error
    host = parts.hostname
    if parts.scheme not in ("https", "http") or not host:
        raise AddressRefused(
            f"{shown!r} is not an https URL", f"« {url} » n’est pas une adresse en https"
        )
    if parts.username is not None or parts.password is not None or "\\" in url:
        raise AddressRefused(
            f"{shown!r} holds a user name or a backslash",
            f"« {url} » contient un nom d’utilisateur ou une barre oblique inverse",
        )
    if lab:
        return
    if parts.scheme != "https":
        raise AddressRefused(f"{shown!r} is not https", f"« {url} » n’est pas en https")
    for address in _addresses(host, port):
        if not is_public(address):
            raise AddressRefused(
                f"{host} is at {address}, inside a private network",
                f"{host} est à l’adresse {address}, dans un réseau privé",
            )


def bare(url: str) -> str:
    """The URL without user name, query and fragment, which may hold what a log must not."""
    return re.sub(r"(?<=//)[^/]*@", "", re.split("[?#]", url, maxsplit=1)[0])


def is_public(address: str) -> bool:
    """Whether an IP address stands for one machine out on the Internet."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = _inner(found)
        if inner is None:
            return found.is_global and found in UNICAST
        found = inner
    return found.is_global and not found.is_multicast and found not in PROTOCOLS


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to: mapped, by 6to4 or by NAT64."""
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _addresses(host: str, port: int) -> set[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: what no name may hold
        raise AddressUnknown(
            f"{host} has no address: {error}", f"{host} n’a pas d’adresse : {error}"
        ) from error
    return {str(entry[4][0]).split("%")[0] for entry in found}
