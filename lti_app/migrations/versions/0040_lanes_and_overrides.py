"""Send through one lane per platform, and tell our grades from those changed in Moodle

Rows that were on their way are sent again: what the platform already holds is recognised by then.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0050"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("wanted_revision > settled_revision")


def upgrade() -> None:
    op.create_table(
        "sync_lanes",
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("openings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skew", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_sync_lanes_platform_id_platforms"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("platform_id", name=op.f("pk_sync_lanes")),
    )
    with op.batch_alter_table("access_tokens") as table:
        table.add_column(sa.Column("fetching_until", sa.DateTime(timezone=True), nullable=True))
    op.execute("DELETE FROM access_tokens")
    with op.batch_alter_table("line_items") as table:
        table.add_column(sa.Column("maximum", sa.Numeric(10, 5), nullable=True))
        table.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_grade_syncs_due", "grade_syncs")
    with op.batch_alter_table("grade_syncs") as table:
        table.drop_column("claimed_until")
        table.add_column(
            sa.Column("settled_revision", sa.Integer(), server_default="0", nullable=False)
        )
        table.add_column(sa.Column("claim", sa.Integer(), nullable=True))
        table.add_column(sa.Column("tried", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("sent_maximum", sa.Numeric(8, 2), nullable=True))
        table.add_column(sa.Column("sent_comment", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("sent_timestamp", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("held_score", sa.Numeric(10, 5), nullable=True))
        table.add_column(sa.Column("held_maximum", sa.Numeric(10, 5), nullable=True))
        table.add_column(sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(
            sa.Column("overridden", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        table.add_column(
            sa.Column("replace", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    op.execute(
        "UPDATE grade_syncs SET settled_revision ="
        " CASE WHEN state = 'failed' THEN wanted_revision ELSE sent_revision END"
    )
    op.execute(
        "UPDATE grade_syncs SET sent_maximum = maximum, sent_comment = comment,"
        " sent_timestamp = last_timestamp WHERE sent_score IS NOT NULL"
    )
    op.create_index(
        "ix_grade_syncs_due",
        "grade_syncs",
        ["next_attempt_at"],
        postgresql_where=UNSETTLED,
        sqlite_where=UNSETTLED,
    )


def downgrade() -> None:
    op.drop_index("ix_grade_syncs_due", "grade_syncs")
    with op.batch_alter_table("grade_syncs") as table:
        for name in (
            "replace",
            "overridden",
            "held_at",
            "held_maximum",
            "held_score",
            "sent_timestamp",
            "sent_comment",
            "sent_maximum",
            "tried",
            "claim",
            "settled_revision",
        ):
            table.drop_column(name)
        table.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_grade_syncs_due", "grade_syncs", ["state", "next_attempt_at"])
    with op.batch_alter_table("line_items") as table:
        table.drop_column("read_at")
        table.drop_column("maximum")
    with op.batch_alter_table("access_tokens") as table:
        table.drop_column("fetching_until")
    op.drop_table("sync_lanes")
