"""The files that pages link to: our styles, scripts and icons, and Bootstrap's. Everybody may read them."""

from __future__ import annotations

from flask import request

ENDPOINTS = frozenset({"static", "bootstrap.static"})


def asked_for() -> bool:
    """Whether this request is for one of them."""
    return request.endpoint in ENDPOINTS
