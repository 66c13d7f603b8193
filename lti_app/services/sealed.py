"""Short values that leave us and come back as we gave them: JSON, dated and signed, as URL-safe text.

Time and signature are written and read by itsdangerous. Its serializers would also compress, and build a signer, for
each value; what is sealed here is short and mostly random.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from itsdangerous import TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import SigningAlgorithm

_encode = json.JSONEncoder(separators=(",", ":")).encode


class KeyedBlake2b(SigningAlgorithm):
    """BLAKE2b with a key (RFC 7693 §2.9), which is a message authentication code by itself: one call, where HMAC
    looks up its hash each time."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hashlib.blake2b(value, key=key, digest_size=32).digest()


class Seal:
    """The seal of one purpose; no other one opens what it closed."""

    def __init__(self, secret: str | bytes, purpose: str) -> None:
        secret = secret.encode() if isinstance(secret, str) else secret
        self._signer = TimestampSigner(
            hashlib.sha256(purpose.encode() + b":" + secret).digest(),
            key_derivation="none",
            algorithm=KeyedBlake2b(),
        )

    def dumps(self, value: Any) -> str:
        return self._signer.sign(base64_encode(_encode(value))).decode("ascii")

    def loads(self, text: str, max_age: int | None = None) -> Any:
        """The value. ``max_age`` is in seconds.

        Raises itsdangerous' ``BadSignature`` for what is not ours, and its ``SignatureExpired`` for what is older.
        """
        return json.loads(base64_decode(self._signer.unsign(text, max_age=max_age)).decode())
