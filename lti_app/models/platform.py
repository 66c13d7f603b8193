"""Who may launch us and with which keys we answer: LTI 1.3 Core §3, Security Framework 1.0 §6."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base


class PlatformStatus(enum.StrEnum):
    """``pending``: registered, not yet approved by our administrator. ``inactive``: switched off."""

    PENDING = "pending"
    ACTIVE = "active"
    INACTIVE = "inactive"


class Platform(Base):
    """An LMS that launches us: one issuer and one client_id, with its deployments."""

    __tablename__ = "platforms"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(Text)
    auth_login_url: Mapped[str] = mapped_column(Text)
    auth_token_url: Mapped[str] = mapped_column(Text)
    auth_audience: Mapped[str | None] = mapped_column(Text)
    jwks_url: Mapped[str] = mapped_column(Text)
    product_family: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(Text, default=PlatformStatus.ACTIVE.value)
    refused_deployment: Mapped[str | None] = mapped_column(Text)
    """The deployment that a genuine launch named and that is not registered here: see the self-test."""
    origins: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Further origins of its pages and services, space-separated: see ``services.lti.origins``."""
    created_at: Mapped[datetime]

    deployments: Mapped[list[Deployment]] = relationship(
        back_populates="platform", cascade="all, delete-orphan", order_by="Deployment.id"
    )


class Deployment(Base):
    """One placing of the tool in a platform; ``deployment_id`` is the platform's word for it."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id", ondelete="CASCADE"))
    deployment_id: Mapped[str] = mapped_column(Text)

    platform: Mapped[Platform] = relationship(back_populates="deployments")


class ToolKey(Base):
    """One of our RSA key pairs. It signs until ``retired_at``, which is set ahead when the next one is made, and stays
    in the JWKS until that is so long ago that nothing it signed can still be in use."""

    __tablename__ = "tool_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(Text, unique=True)
    private_pem_encrypted: Mapped[str] = mapped_column(Text)
    public_jwk: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class PlatformKeySet(Base):
    """A platform's JWKS as last fetched: shared by every process, so a warm launch calls nobody."""

    __tablename__ = "platform_key_sets"

    url: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[datetime]


class AccessToken(Base):
    """A platform's OAuth token for our services, shared by every process until shortly before expiry.

    ``scopes`` is what was asked for, ``granted`` what the platform gave. Until ``fetching_until`` one
    process is asking for it; the others wait for its answer. ``token_encrypted`` is empty before.
    """

    __tablename__ = "access_tokens"

    platform_id: Mapped[int] = mapped_column(
        ForeignKey("platforms.id", ondelete="CASCADE"), primary_key=True
    )
    scopes: Mapped[str] = mapped_column(Text, primary_key=True)
    token_encrypted: Mapped[str] = mapped_column(Text)
    granted: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime]
    fetching_until: Mapped[datetime | None]


class Invitation(Base):
    """A one-time admission to dynamic registration; only a hash of its secret is kept.

    ``used_at`` is set in the transaction that stores the platform: of two uses one wins.
    """

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(Text, unique=True)
    approve: Mapped[bool] = mapped_column(default=False)
    origins: Mapped[str] = mapped_column(Text, default="", server_default="")  # of its platform
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platforms.id", ondelete="SET NULL"))
