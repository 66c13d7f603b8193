"""The embedded LMS's signing key, one for a test process: making one takes longer than many a test."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa

from lti_app.demo.keys import new_key


@cache
def lms_key() -> rsa.RSAPrivateKey:
    return new_key()
