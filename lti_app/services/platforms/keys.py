"""Our own RSA keys: made at first need, sealed at rest, published as a JWKS (RFC 7517).

A platform may keep our JWKS for ``JWKS_KEPT``. A new key is therefore published for somewhat longer before it
signs; until then the one before it goes on. Of the keys that are not retired the oldest signs.

Which key signs is read at each signature: another process may have changed it, and a withdrawn key is good for
nothing. The loaded key object is kept in memory: parsing its PEM costs sixty times the signature itself.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import or_, select, update

from lti_app.models import ToolKey
from lti_app.models.store import Store
from lti_app.services.secrets_box import SecretsBox

KEY_SIZE = 2048
JWKS_KEPT = timedelta(hours=1)
AHEAD = JWKS_KEPT + timedelta(minutes=5)  # of the moment when a new key signs
RETIRED_FOR = timedelta(days=2)  # nothing we sign lives longer than an hour; caches of the JWKS may


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    private: RSAPrivateKey


class KeyRing:
    """The key that signs now, and the public keys that verify what we signed or will sign soon."""

    def __init__(self, store: Store, secret_key: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._box = SecretsBox(secret_key)
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded: SigningKey | None = None

    def signing(self) -> SigningKey:
        """The key that signs now; the first call ever makes one."""
        with self._lock:
            row = self._current()
            if row is None:
                self._loaded = self._make(self._clock())
            elif self._loaded is None or self._loaded.kid != row.kid:
                self._loaded = self._load(row)
            return self._loaded

    def sign(self, claims: dict[str, Any]) -> str:
        """The claims as a JWT, RS256, with our ``kid``."""
        key = self.signing()
        return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})

    def jwks(self) -> dict[str, Any]:
        """Every public key that may still verify something."""
        self.signing()
        oldest = self._clock() - RETIRED_FOR
        with self._store.read() as session:
            rows = session.scalars(select(ToolKey).order_by(ToolKey.id.desc())).all()
        return {
            "keys": [
                json.loads(row.public_jwk)
                for row in rows
                if row.retired_at is None or row.retired_at > oldest
            ]
        }

    def rotate(self) -> str:
        """Makes and publishes the key that will sign ``AHEAD`` from now; its ``kid``."""
        return self._make(self._clock() + AHEAD).kid

    def replace_compromised(self) -> str:
        """Makes a key that signs at once, and withdraws all others: nothing that they signed verifies any
        more. Its ``kid``. A platform that keeps our JWKS refuses us until it has read it again: see ``is_new``."""
        return self._make(self._clock() - RETIRED_FOR).kid

    def is_new(self) -> bool:
        """Whether the key that signs took another's place so lately that a platform which keeps our JWKS may not
        know it yet."""
        row = self._current()
        if row is None or self._clock() - row.created_at >= JWKS_KEPT:
            return False
        return self.listed()[-1].id != row.id

    def listed(self) -> list[ToolKey]:
        """Every key kept, newest first."""
        with self._store.read() as session:
            return list(session.scalars(select(ToolKey).order_by(ToolKey.id.desc())))

    def age(self) -> timedelta:
        """How long ago the newest key was made."""
        self.signing()
        return self._clock() - self.listed()[0].created_at

    def rotate_if_older(self, than: timedelta) -> bool:
        """Rotates a key that has grown old; whether it did. The periodic task calls it."""
        if self.age() < than:
            return False
        self.rotate()
        return True

    def _current(self) -> ToolKey | None:
        with self._store.read() as session:
            return session.scalar(
                select(ToolKey)
                .where(or_(ToolKey.retired_at.is_(None), ToolKey.retired_at > self._clock()))
                .order_by(ToolKey.id)
                .limit(1)
            )

    def _load(self, row: ToolKey) -> SigningKey:
        pem = self._box.open(row.private_pem_encrypted).encode()
        private = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(private, RSAPrivateKey):
            raise TypeError(f"the stored key {row.kid} is not RSA")
        return SigningKey(row.kid, private)

    def _make(self, others_retire: datetime) -> SigningKey:
        """A new key. The others retire at that moment, if they have not by then."""
        private = generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
        public = private.public_key()
        der = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        digest = hashes.Hash(hashes.SHA256())
        digest.update(der)
        kid = digest.finalize().hex()[:20]
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        jwk = RSAAlgorithm.to_jwk(public, as_dict=True)
        jwk.update(kid=kid, alg="RS256", use="sig")
        jwk.pop("key_ops", None)
        now = self._clock()
        with self._store.write() as session:
            sooner = or_(ToolKey.retired_at.is_(None), ToolKey.retired_at > others_retire)
            session.execute(update(ToolKey).where(sooner).values(retired_at=others_retire))
            session.add(
                ToolKey(
                    kid=kid,
                    private_pem_encrypted=self._box.seal(pem.decode()),
                    public_jwk=json.dumps(jwk),
                    created_at=now,
                )
            )
        return SigningKey(kid, private)
