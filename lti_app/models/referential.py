"""Référentiels that were imported: every version whole, which one counts, and imports under review."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_app.models.base import Base
from lti_app.models.course import User


class ImportedReferential(Base):
    """A référentiel that has been imported, for the whole service or, with ``platform_id``, for one LMS.

    ``name`` is what activities call it; where a référentiel of ``config/`` has that name, this one takes its
    place. ``current`` is the number of the version that counts, None for none: then the service's, or the
    one of ``config/``, counts again.
    """

    __tablename__ = "referentials"
    __table_args__ = (
        UniqueConstraint("platform_id", "name"),
        UniqueConstraint("platform_id", "code"),
        # a NULL equals no other, so the service's own need their own uniqueness
        *(
            Index(
                f"uq_referentials_service_{column}",
                column,
                unique=True,
                sqlite_where=text("platform_id IS NULL"),
                postgresql_where=text("platform_id IS NULL"),
            )
            for column in ("name", "code")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platforms.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    current: Mapped[int | None]


class ReferentialVersion(Base):
    """One version, numbered from 1 and never changed. ``document`` is ``referential.document``'s, and
    ``fingerprint`` its SHA-256; ``source`` is the name of the file. ``author`` is the account that ran the
    command, empty when it was ``author_user``, from a page."""

    __tablename__ = "referential_versions"
    __table_args__ = (UniqueConstraint("referential_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    referential_id: Mapped[int] = mapped_column(ForeignKey("referentials.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    nodes: Mapped[int]
    document: Mapped[str] = mapped_column(Text, deferred=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    author_user: Mapped[User | None] = relationship()


class ReferentialDraft(Base):
    """An upload whose plan somebody is looking at. ``base`` is the fingerprint of the version it was
    planned from, empty for none."""

    __tablename__ = "referential_drafts"
    __table_args__ = (Index("ix_referential_drafts_expires_at", "expires_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    platform_id: Mapped[int] = mapped_column(ForeignKey("platforms.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    document: Mapped[str] = mapped_column(Text)
    base: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]
