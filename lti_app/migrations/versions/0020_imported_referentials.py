"""Keep imported référentiels, their versions, and imports under review"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referentials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_referentials_platform_id_platforms"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referentials")),
        sa.UniqueConstraint("platform_id", "name", name=op.f("uq_referentials_platform_id_name")),
        sa.UniqueConstraint("platform_id", "code", name=op.f("uq_referentials_platform_id_code")),
    )
    for column in ("name", "code"):
        op.create_index(
            f"uq_referentials_service_{column}",
            "referentials",
            [column],
            unique=True,
            sqlite_where=sa.text("platform_id IS NULL"),
            postgresql_where=sa.text("platform_id IS NULL"),
        )
    op.create_table(
        "referential_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referential_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("nodes", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_referential_versions_author_id_users"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["referential_id"],
            ["referentials.id"],
            name=op.f("fk_referential_versions_referential_id_referentials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referential_versions")),
        sa.UniqueConstraint(
            "referential_id", "number", name=op.f("uq_referential_versions_referential_id_number")
        ),
    )
    op.create_table(
        "referential_drafts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("base", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_referential_drafts_platform_id_platforms"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_referential_drafts_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referential_drafts")),
    )
    op.create_index("ix_referential_drafts_expires_at", "referential_drafts", ["expires_at"])


def downgrade() -> None:
    op.drop_table("referential_drafts")
    op.drop_table("referential_versions")
    op.drop_table("referentials")
