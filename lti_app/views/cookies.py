"""The cookies that live in an LMS's frame: ``Secure; SameSite=None; Partitioned`` where browsers allow it, else ``Lax``.

Werkzeug writes the attributes, once for each kind of cookie. Names, values and paths are our own tokens: nothing in them
needs quoting (RFC 6265 §4.1.1).
"""

from __future__ import annotations

from functools import lru_cache

from werkzeug.http import dump_cookie


def cookie(name: str, value: str, path: str, *, secure: bool, seconds: int | None = None) -> str:
    """A ``Set-Cookie`` header's value. The browser keeps the cookie for ``seconds``, or until it closes (None)."""
    return f"{name}={value}; Path={path}{_attributes(secure, seconds)}"


@lru_cache(maxsize=16)
def _attributes(secure: bool, seconds: int | None) -> str:
    whole = dump_cookie(
        "name",
        "value",
        max_age=seconds,
        path=None,
        secure=secure,
        httponly=True,
        samesite="None" if secure else "Lax",
        partitioned=secure,
        sync_expires=False,  # Max-Age wins over it wherever it is known (RFC 6265 §5.3)
    )
    return whole.removeprefix("name=value")
