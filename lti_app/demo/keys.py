"""The LMS's signing key: RS256, one key, kept in its store so that restarts keep the `kid`."""

from __future__ import annotations

import hashlib
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from lti_app.demo.store import Store

ALGORITHM = "RS256"
_SETTING = "signing_key"


class Signer:
    """Signs what the LMS says and publishes the public half."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.kid = hashlib.sha256(public).hexdigest()[:20]

    @property
    def private_key(self) -> rsa.RSAPrivateKey:
        """The key itself: tests forge with it."""
        return self._key

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A compact JWT. `header` replaces or adds header members; None takes one away."""
        merged = {"kid": self.kid, **header}
        kept = {name: value for name, value in merged.items() if value is not None}
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers=kept)

    def verify(self, token: str, *, now: float) -> dict[str, Any]:
        """Claims of a token this LMS signed that has not expired. Raises `jwt.PyJWTError`."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self._key.public_key(),
            algorithms=[ALGORITHM],
            options={"verify_aud": False, "verify_exp": False, "verify_iat": False},
        )
        if claims.get("exp", 0) <= now:
            raise jwt.ExpiredSignatureError("Expired token")
        return claims

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The key set as certs.php shows it."""
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {
            "keys": [
                {
                    "kty": "RSA",
                    "alg": ALGORITHM,
                    "kid": self.kid,
                    "e": str(public["e"]),
                    "n": str(public["n"]),
                    "use": "sig",
                }
            ]
        }


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signer_of(store: Store) -> Signer:
    """The store's signer; makes its key at the first call."""
    with store.transaction():
        kept = store.get(_SETTING)
        if kept is None:
            key = new_key()
            pem = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            store.set(_SETTING, pem.decode())
            return Signer(key)
    loaded = serialization.load_pem_private_key(kept.encode(), password=None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError("the store's signing key is not an RSA key")
    return Signer(loaded)
